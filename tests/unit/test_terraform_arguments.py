"""The table of written arguments says exactly what the templates write."""

from collections.abc import Iterator
from typing import Any

import pytest

from exporter.formats.terraform.arguments import WRITTEN, not_written
from exporter.formats.terraform.hcl.syntax import Body, parse
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE
from tests.support import ROOT

Json = Any


_OWN = {"for_each", "provider"}
"""Arguments of any block, which are Terraform's and not the provider's."""


def paths(body: Body, place: str = "") -> Iterator[str]:
    """The arguments in a block, with the blocks that they stand in, but for Terraform's own."""
    yield from (f"{place}{name}" for name in body.attributes if name not in _OWN)
    for block in body.blocks:
        if block.type == "dynamic":
            (content,) = block.body.blocks
            yield from paths(content.body, f"{place}{block.labels[0]}.")
        else:
            yield from paths(block.body, f"{place}{block.type}.")


def test_the_templates_write_what_the_table_says() -> None:
    """All goldens together hold every argument."""
    found: dict[str, set[str]] = {SET_TYPE: set(), DESTINATION_TYPE: set()}
    for path in sorted((ROOT / "tests/golden").rglob("*.tf")):
        for block in parse(path.read_text(encoding="utf-8"), path.name).blocks:
            if block.type == "resource":
                # What a resource says of its life is Terraform's, not the provider's.
                found[block.labels[0]] |= {
                    each for each in paths(block.body) if not each.startswith("lifecycle.")
                }
    assert found == WRITTEN


def schemas(set_block: Json, destination_block: Json) -> Json:
    """The output of ``terraform providers schema -json`` with these resources."""
    return {
        "provider_schemas": {
            "registry.terraform.io/hashicorp/null": {},
            "registry.terraform.io/hashicorp/aws": {
                "resource_schemas": {
                    SET_TYPE: {"block": set_block},
                    DESTINATION_TYPE: {"block": destination_block},
                }
            },
        }
    }


OPTIONAL = {"optional": True}
COMPUTED = {"computed": True}


@pytest.mark.parametrize(
    ("block", "missing"),
    [
        ({}, []),
        ({"attributes": {"arn": COMPUTED, "id": OPTIONAL | COMPUTED}}, []),
        ({"attributes": {"region": OPTIONAL | COMPUTED, "tags_all": OPTIONAL}}, []),
        ({"attributes": {"archive": {"required": True}}}, ["archive"]),
        (
            {"block_types": {"tracking_options": {"block": {"attributes": {"x": OPTIONAL}}}}},
            ["tracking_options.x"],
        ),
        (
            {"block_types": {"tracking_options": {"block": {"attributes": {"x": COMPUTED}}}}},
            [],
        ),
        ({"block_types": {"new": {"block": {"attributes": {"x": OPTIONAL}}}}}, ["new"]),
        (
            {
                "block_types": {
                    "new": {"block": {"block_types": {"inner": {"block": {}}}}},
                    "vdm_options": {"block": {"block_types": {"inner": {"block": {}}}}},
                }
            },
            ["new", "vdm_options.inner"],
        ),
        # An argument of this name that stands elsewhere is another one.
        (
            {"block_types": {"vdm_options": {"block": {"attributes": {"region": OPTIONAL}}}}},
            ["vdm_options.region"],
        ),
    ],
)
def test_what_is_not_written_is_named_once(block: Json, missing: list[str]) -> None:
    assert not_written(schemas(block, {})) == [f"{SET_TYPE}: {each}" for each in missing]


def test_both_resources_are_looked_at() -> None:
    queue: Json = {"block_types": {"sqs_destination": {"block": {}}}}
    destination = {"block_types": {"event_destination": {"block": queue}}}
    assert not_written(schemas({}, destination)) == [
        f"{DESTINATION_TYPE}: event_destination.sqs_destination"
    ]


@pytest.mark.parametrize("said", [{}, [], {"provider_schemas": {}}, {"provider_schemas": []}])
def test_another_shape_is_an_error(said: Json) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError)):
        not_written(said)
