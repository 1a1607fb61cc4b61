"""The provider configurations of a plan and of its resources.

From ``configuration`` in the output of ``terraform show -json PLANFILE`` (JSON output format 1.x).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any

_INDEX = re.compile(r'\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]')


@dataclass(frozen=True)
class PlanProvider:
    """A provider configuration.

    Attributes:
        key: Its key in the plan (``aws.us``).
        region: Its region, if that is a literal or a root variable.
        has_default_tags: Whether it has ``default_tags``.
    """

    key: str
    region: str | None = None
    has_default_tags: bool = False


class PlanProviders:
    """The provider configurations of a plan; the JSON of a state has none.

    Args:
        shown: The output of ``terraform show -json``.
    """

    def __init__(self, shown: Mapping[str, Json]) -> None:
        configuration = _dict(shown.get("configuration"))
        variables = _dict(shown.get("variables"))
        self._keys = dict(_keys(_dict(configuration.get("root_module")), ""))
        self._providers = {
            key: _provider(key, _dict(config), variables)
            for key, config in _dict(configuration.get("provider_config")).items()
        }

    def of(self, address: str) -> PlanProvider | None:
        """Return the provider configuration of a resource, by its address with keys."""
        key = self._keys.get(without_keys(address))
        return None if key is None else self._providers.get(key, PlanProvider(key))


def without_keys(address: str) -> str:
    """Return an address without instance keys, as in the configuration."""
    return _INDEX.sub("", address)


def _keys(module: Mapping[str, Json], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the address of each resource, without keys, and its ``provider_config_key``."""
    for resource in _list(module.get("resources")):
        fields = _dict(resource)
        key, address = fields.get("provider_config_key"), fields.get("address")
        if isinstance(key, str) and isinstance(address, str):
            yield f"{prefix}{address}", key
    for name, call in _dict(module.get("module_calls")).items():
        yield from _keys(_dict(_dict(call).get("module")), f"{prefix}module.{name}.")


def _provider(key: str, config: Mapping[str, Json], variables: Mapping[str, Json]) -> PlanProvider:
    expressions = _dict(config.get("expressions"))
    region = _value(_dict(expressions.get("region")), variables)
    has_tags = bool(expressions.get("default_tags"))
    return PlanProvider(key, region if isinstance(region, str) and region else None, has_tags)


def _value(expression: Mapping[str, Json], variables: Mapping[str, Json]) -> Json:
    if "constant_value" in expression:
        return expression["constant_value"]
    references = _list(expression.get("references"))
    # A plan doesn't contain the text of an expression, so a single reference "var.region" may be
    # part of a longer one. Real code never derives another region from it, except through a map.
    if len(references) == 1 and isinstance(references[0], str):
        return _dict(variables.get(references[0].removeprefix("var."))).get("value")
    return None


def _dict(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
