"""Somebody with code of their own, into which ses2iac exports: what tests of it share.

Each test has sets of its own in one account, whose names begin with the test's own word.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import Account
from tests.support import Ran, Terraform, ses2iac_process

EMPTY = "No changes. Your infrastructure matches the configuration."
TEAM = {"Key": "team", "Value": "mail"}


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

    def verifies(self, *options: str, **more: str) -> None:
        """Let the export be judged: nothing fails, and all is looked at."""
        environment = {**self.environment, **self.terraform.environment, **more}
        ran = ses2iac_process(
            "verify", str(self.out), "--require", "all", *options, env=environment, timeout=600
        )
        assert ran.code == 0, ran.out + ran.err
        assert "not run" not in ran.out, ran.out

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
