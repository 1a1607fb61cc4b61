"""The real Terraform and an export into a root that people have: only imports, then nothing."""

from pathlib import Path

import pytest

from tests.acceptance.conftest import Account
from tests.acceptance.person import EMPTY, ROOT, TEAM, Person, imports
from tests.support import Engines, Terraform, tree

pytestmark = pytest.mark.engine("terraform")


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


TOPIC = """\
resource "aws_sns_topic" "bounces" {
  name = "WORD-bounces"
  tags = {}
}

import {
  to = aws_sns_topic.bounces
  id = "ARN"
}
"""


def test_a_root_with_a_provider_default_tags_and_a_topic(
    terraform: Terraform, changing_account: Account, tmp_path: Path
) -> None:
    root = tmp_path / "infra"
    anna = Person(terraform, changing_account, root, root, "anna")
    anna.account.client("sns").tag_resource(ResourceArn=anna.topic, Tags=[TEAM])
    anna.makes_set("orders", "bounces")
    anna.makes_set("news", tags=[TEAM, {"Key": "list", "Value": "weekly"}])
    anna.writes("versions.tf", ROOT)
    anna.writes("imports.tf", TOPIC.replace("WORD", "anna").replace("ARN", anna.topic))
    mapped = tmp_path / "map.toml"
    mapped.write_text('[terraform]\n"*:anna-bounces" = "aws_sns_topic.bounces.arn"\n')
    theirs = tree(root)
    ran = anna.exports_first("--map", str(mapped))
    assert "3 to import, 0 to add, 0 to change" in ran.err
    anna.verifies()
    anna.runs("init", "-input=false")
    anna.applies(imports(4))
    assert "team" not in (root / "configuration_sets.tf").read_text()
    assert not (root / "providers.tf").exists()
    assert terraform.run(root, "fmt", "-check", "-diff").out == ""
    (root / "ses_imports.tf").unlink()
    anna.verifies()

    anna.makes_set("receipts", "bounces")
    anna.exports("--map", str(mapped))
    anna.applies(imports(2))
    assert "up to date" in anna.exports("--map", str(mapped)).err

    anna.renames("anna_news", "newsletter")
    anna.exports("--map", str(mapped), "--exclude", "anna-receipts")
    said = anna.runs("plan", "-input=false")
    assert "anna_news has moved to" in " ".join(said.split()), said
    assert "0 to add, 0 to change, 0 to destroy" in said
    anna.runs("apply", "-input=false", "-auto-approve")
    assert EMPTY in anna.runs("plan", "-input=false")
    assert anna.account.sesv2.get_configuration_set(ConfigurationSetName="anna-receipts")
    assert {path: data for path, data in tree(root).items() if path in theirs} == theirs


def test_a_set_that_lacks_a_default_tag_is_announced(
    terraform: Terraform, changing_account: Account, tmp_path: Path
) -> None:
    root = tmp_path / "infra"
    dora = Person(terraform, changing_account, root, root, "dora")
    dora.makes_set("bare", tags=())
    dora.makes_set("other", tags=[{"Key": "team", "Value": "shop"}])
    dora.writes("main.tf", ROOT)
    ran = dora.exports_first()
    assert 'default_tags has team = "mail", which dora-bare lacks in SES' in ran.err
    expected = "2 to import, 0 to add, 1 to change, 0 to destroy"
    assert expected in ran.err
    dora.runs("init", "-input=false")
    dora.applies(expected)


def test_a_provider_with_an_alias_for_the_region(
    terraform: Terraform, changing_account: Account, tmp_path: Path
) -> None:
    root = tmp_path / "infra"
    bert = Person(terraform, changing_account, root, root, "bert")
    bert.makes_set("orders", "bounces")
    bert.writes(
        "main.tf",
        'provider "aws" {\n  region = "us-east-1"\n}\n\n'
        'provider "aws" {\n  alias  = "ireland"\n  region = "eu-west-1"\n}\n',
    )
    bert.exports_first("--references", "data")
    bert.runs("init", "-input=false")
    bert.applies(imports(2))
    assert (root / "configuration_sets.tf").read_text().count("provider = aws.ireland") == 1
    (root / "imports.tf").unlink()
    bert.makes_set("news")
    bert.exports()
    bert.applies(imports(1))
    assert terraform.run(root, "fmt", "-check", "-diff").out == ""


def test_a_fragment(terraform: Terraform, changing_account: Account, tmp_path: Path) -> None:
    root = tmp_path / "infra"
    cleo = Person(terraform, changing_account, root, root, "cleo")
    cleo.makes_set("orders", "bounces")
    cleo.exports_first("--fragment")
    assert not {"versions.tf", "providers.tf"} & set(tree(root))
    cleo.runs("init", "-input=false")
    cleo.applies(imports(2))
    assert "up to date" in cleo.exports().err
