"""The provider's own schema against the table of what the templates write."""

import json
from pathlib import Path
from typing import Any

import pytest

from exporter.formats.terraform.arguments import WRITTEN, arguments, not_written
from tests.support import Engines

Json = Any

pytestmark = pytest.mark.engine("terraform")


@pytest.fixture(scope="module")
def schemas(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Json:
    folder: Path = tmp_path_factory.mktemp("schema")
    terraform = engines.terraform()
    terraform.lend_provider(folder)
    (folder / "main.tf").write_text('provider "aws" {}\n')
    ran = terraform.run(folder, "providers", "schema", "-json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_the_table_is_the_schema(schemas: Json) -> None:
    """Of provider 5.100.0: every argument, none that it has not, and all of them written."""
    [provider] = schemas["provider_schemas"].values()
    found = {
        type_: set(arguments(provider["resource_schemas"][type_]["block"])) for type_ in WRITTEN
    }
    assert found == WRITTEN
    assert not_written(schemas) == []
