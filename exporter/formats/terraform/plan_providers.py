"""Which provider configuration each resource of a plan is of, and what the plan says of that.

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
        key: What the plan calls it (``aws.us``).
        region: Its region, where that is a literal or a root variable.
        has_default_tags: Whether it adds tags of its own.
    """

    key: str
    region: str | None = None
    has_default_tags: bool = False


class PlanProviders:
    """The provider configurations of a plan; of a state's JSON, none.

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
        """The provider configuration of a resource, by its address with its keys."""
        key = self._keys.get(without_keys(address))
        return None if key is None else self._providers.get(key, PlanProvider(key))


def without_keys(address: str) -> str:
    """An address as the configuration has it, without the keys of its instances."""
    return _INDEX.sub("", address)


def _keys(module: Mapping[str, Json], prefix: str) -> Iterator[tuple[str, str]]:
    """The address of each resource, without keys, and its ``provider_config_key``."""
    for resource in _list(module.get("resources")):
        of = _dict(resource)
        key, address = of.get("provider_config_key"), of.get("address")
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
    # "var.region" alone may stand within a longer expression, whose text a plan does not hold;
    # nobody makes another region of one, but for that of a map.
    if len(references) == 1 and isinstance(references[0], str):
        return _dict(variables.get(references[0].removeprefix("var."))).get("value")
    return None


def _dict(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
