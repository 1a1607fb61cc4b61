"""The real Terraform and code that people have: only imports, then nothing; their files stay.

Each test has sets of its own in one account, whose names begin with the test's own word.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Account
from tests.support import Engines, Ran, Terraform, ses2iac_process, tree

pytestmark = pytest.mark.engine("terraform")

EMPTY = "No changes. Your infrastructure matches the configuration."
TEAM = {"Key": "team", "Value": "mail"}


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


@dataclass
class Person:
    """Somebody with a folder of code, an account, and Terraform.

    Attributes:
        root: The root module.
        out: Where the exports go.
        word: What the names of the sets begin with.
    """

    terraform: Terraform
    account: Account
    root: Path
    out: Path
    word: str

    @property
    def environment(self) -> dict[str, str]:
        # One provider process has one configuration, and these roots have several.
        return {k: v for k, v in self.account.environment.items() if k.startswith("AWS_")}

    def writes(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def makes_set(self, name: str, *destinations: str, tags: Any = (TEAM,)) -> None:
        client = self.account.sesv2
        client.create_configuration_set(ConfigurationSetName=f"{self.word}-{name}", Tags=[*tags])
        for destination in destinations:
            client.create_configuration_set_event_destination(
                ConfigurationSetName=f"{self.word}-{name}",
                EventDestinationName=destination,
                EventDestination={
                    "Enabled": True,
                    "MatchingEventTypes": ["BOUNCE"],
                    "SnsDestination": {"TopicArn": self.topic},
                },
            )

    @property
    def topic(self) -> str:
        found: str = self.account.client("sns").create_topic(Name=f"{self.word}-bounces")[
            "TopicArn"
        ]
        return found

    def exports(self, *options: str) -> Ran:
        ran = ses2iac_process(
            "export", "terraform", "--out", str(self.out), *options, env=self.environment
        )
        assert ran.code == 0, ran.err
        return ran

    def exports_first(self, *options: str) -> Ran:
        return self.exports("--include", f"{self.word}-*", *options)

    def runs(self, *arguments: str) -> str:
        ran = self.terraform.run(self.root, *arguments, "-no-color", env=self.environment)
        assert ran.code == 0, ran.out + ran.err
        return ran.out

    def applies(self, expected: str) -> None:
        """Plan, which has to say what is expected; apply, after which nothing is left to do."""
        said = self.runs("plan", "-input=false", "-out=t.tfplan")
        assert expected in said, said
        self.runs("apply", "-input=false", "t.tfplan")
        again = self.runs("plan", "-input=false")
        assert EMPTY in again, again

    def renames(self, old: str, new: str) -> None:
        names = self.out / "names.toml"
        text = names.read_text()
        assert f'"{old}"' in text
        names.write_text(text.replace(f'"{old}"', f'"{new}"'))


def imports(number: int) -> str:
    return f"Plan: {number} to import, 0 to add, 0 to change, 0 to destroy."


ROOT = """\
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "local" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

locals {
  tags = { team = "mail" }
}
"""

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
    anna.runs("init", "-input=false")
    anna.applies(imports(4))
    assert "team" not in (root / "configuration_sets.tf").read_text()
    assert not (root / "providers.tf").exists()
    assert terraform.run(root, "fmt", "-check", "-diff").out == ""
    (root / "ses_imports.tf").unlink()

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


MODULE_ROOT = """
resource "aws_sns_topic" "bounces" {
  name = "WORD-bounces"
}

module "mail" {
  source    = "./modules/mail"
  topic_arn = aws_sns_topic.bounces.arn
}
"""


def test_a_module_with_its_blocks_in_the_root(
    terraform: Terraform, changing_account: Account, tmp_path: Path
) -> None:
    root = tmp_path / "live"
    emil = Person(terraform, changing_account, root, root / "modules/mail", "emil")
    emil.makes_set("orders", "bounces")
    emil.makes_set("news")
    emil.account.client("sns").tag_resource(ResourceArn=emil.topic, Tags=[TEAM])
    emil.writes("main.tf", ROOT + MODULE_ROOT.replace("WORD", "emil"))
    emil.writes("topic.tf", f'import {{\n  to = aws_sns_topic.bounces\n  id = "{emil.topic}"\n}}\n')
    emil.writes("modules/mail/variables.tf", 'variable "topic_arn" {\n  type = string\n}\n')
    emil.writes("modules/mail/map.toml", '[terraform]\n"*:emil-bounces" = "var.topic_arn"\n')
    theirs = tree(root)
    mapped = str(emil.out / "map.toml")
    (root / ".git").mkdir()
    emil.exports_first("--module", "mail", "--root", str(root), "--map", mapped)
    emil.runs("init", "-input=false")
    emil.applies(imports(4))
    assert "up to date" in emil.exports().err
    (root / "ses_mail_imports.tf").unlink()

    emil.makes_set("receipts", "bounces")
    emil.exports()
    emil.applies(imports(2))

    emil.renames("emil_news", "newsletter")
    emil.exports("--exclude", "emil-receipts")
    said = emil.runs("plan", "-input=false")
    assert "module.mail.aws_sesv2_configuration_set.emil_news has moved to" in " ".join(
        said.split()
    )
    assert "0 to add, 0 to change, 0 to destroy" in said
    emil.runs("apply", "-input=false", "-auto-approve")
    assert EMPTY in emil.runs("plan", "-input=false")
    assert emil.account.sesv2.get_configuration_set(ConfigurationSetName="emil-receipts")
    assert {path: data for path, data in tree(root).items() if path in theirs} == theirs
    diff = ses2iac_process("diff", str(root), "live", env=emil.environment)
    assert "no difference" in diff.out or diff.code in (0, 3), diff.err


def test_a_module_in_a_module(
    terraform: Terraform, changing_account: Account, tmp_path: Path
) -> None:
    root = tmp_path / "live"
    fred = Person(terraform, changing_account, root, root / "platform/mail", "fred")
    fred.makes_set("orders", "bounces")
    fred.writes("main.tf", ROOT + 'module "platform" {\n  source = "./platform"\n}\n')
    fred.writes("platform/main.tf", 'module "mail" {\n  source = "./mail"\n}\n')
    fred.exports_first("--module", "platform.module.mail", "--root", str(root))
    fred.runs("init", "-input=false")
    fred.applies(imports(2))
