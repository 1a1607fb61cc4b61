"""What Terraform says of an export in a folder that holds other people's code."""

from pathlib import Path

import pytest

from tests.support import ROOT, Engines, ses2iac_process

pytestmark = pytest.mark.engine("terraform")

SOURCE = str(ROOT / "tests/golden/per_set/snapshot.json")
BESIDE = {
    "backend.tf": 'terraform {\n  required_version = ">= 1.5"\n  backend "local" {}\n}\n',
    "queue.tf": 'resource "aws_sqs_queue" "mail" {\n  name = "mail"\n}\n',
    "us.tf": 'provider "aws" {\n  alias  = "us"\n  region = "us-east-1"\n}\n',
    ".gitignore": ".terraform/\n",
}
TWICE = {
    "Duplicate provider configuration": 'provider "aws" {\n  region = "eu-west-1"\n}\n',
    "Duplicate required providers configuration": (
        'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n'
        "    }\n  }\n}\n"
    ),
}


def export(out: Path) -> int:
    return ses2iac_process("export", "terraform", "--from", SOURCE, "--out", str(out)).code


def test_most_code_goes_well_with_an_export(engines: Engines, tmp_path: Path) -> None:
    terraform = engines.terraform()
    for name, text in BESIDE.items():
        (tmp_path / name).write_text(text)
    assert export(tmp_path) == 0
    for command in (("init", "-input=false"), ("validate",)):
        ran = terraform.run(tmp_path, *command)
        assert ran.code == 0, ran.out + ran.err
    assert {name: (tmp_path / name).read_text() for name in BESIDE} == BESIDE


@pytest.mark.parametrize(("error", "code"), TWICE.items(), ids=["provider", "required-providers"])
def test_what_terraform_takes_once_is_left_to_the_person(
    engines: Engines, tmp_path: Path, error: str, code: str
) -> None:
    assert export(tmp_path) == 0
    (tmp_path / "main.tf").write_text(code)
    terraform = engines.terraform()
    ran = terraform.run(tmp_path, "init", "-input=false", "-no-color")
    assert error in ran.err
    assert export(tmp_path) == 0
    assert terraform.run(tmp_path, "init", "-input=false", "-no-color").code == 0
    assert terraform.run(tmp_path, "validate", "-no-color").code == 0
    assert (tmp_path / "main.tf").read_text() == code
