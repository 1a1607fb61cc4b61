"""The real Terraform with the real provider, in the folder of an export."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exporter.model.identities import Identity
from tests.day_two.plans import Action, Change, Planned
from tests.support import Terraform

Json = Any

STATE = "terraform.tfstate"
_PLAN = "day-two.tfplan"


class RealTerraform:
    """Terraform in one folder, which need not exist yet.

    Args:
        terraform: The program.
        folder: The root module.
        environment: What leads it to the account.
    """

    def __init__(self, terraform: Terraform, folder: Path, environment: Mapping[str, str]) -> None:
        self._terraform = terraform
        self._folder = folder
        self._environment = environment

    def plan(self) -> Planned:
        """Plan against the account as it is; the plan is kept for ``apply``."""
        self._terraform.lend_provider(self._folder)
        ran = self._terraform.run(
            self._folder, "plan", "-json", "-input=false", f"-out={_PLAN}", env=self._environment
        )
        messages = [json.loads(line) for line in ran.out.splitlines()]
        errors = [
            each["diagnostic"]["summary"]
            for each in messages
            if each["type"] == "diagnostic" and each["diagnostic"]["severity"] == "error"
        ]
        assert bool(errors) == bool(ran.code), ran.out + ran.err
        found = [_change(m["change"]) for m in messages if m["type"] == "planned_change"]
        return Planned(() if errors else tuple(sorted(found)), tuple(errors))

    def apply(self) -> None:
        """Apply the plan that was made last.

        Raises:
            AssertionError: when Terraform fails.
        """
        # One after the other: ministack is asked to change several things of one set otherwise.
        ran = self._terraform.run(
            self._folder,
            "apply",
            "-input=false",
            "-no-color",
            "-parallelism=1",
            _PLAN,
            env=self._environment,
        )
        assert ran.code == 0, ran.out + ran.err

    def state(self) -> Mapping[str, Identity]:
        """The addresses that state holds, and what each is in SES."""
        file = self._folder / STATE
        if not file.exists():
            return {}
        held = json.loads(file.read_bytes())["resources"]
        return {
            f"{each['type']}.{each['name']}{_key(instance)}": _identity(instance["attributes"])
            for each in held
            if each["mode"] == "managed"
            for instance in each["instances"]
        }


def _change(change: Json) -> Change:
    return Change(
        Action(change["action"]),
        change["resource"]["addr"],
        change.get("previous_resource", {}).get("addr", ""),
        change.get("importing", {}).get("id", ""),
    )


def _key(instance: Json) -> str:
    """The key of an instance as addresses have it."""
    return f'["{instance["index_key"]}"]' if "index_key" in instance else ""


def _identity(attributes: Json) -> Identity:
    return Identity(attributes["configuration_set_name"], attributes.get("event_destination_name"))
