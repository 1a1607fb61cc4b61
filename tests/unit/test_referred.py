"""What verify takes from other people's code: what the export refers to, and nothing that runs."""

from pathlib import Path

import pytest

from exporter.formats.terraform.referred import Referred, referred

TOPIC = 'resource "aws_sns_topic" "mail" {\n  name = local.name\n}'
OURS = "topic_arn = aws_sns_topic.mail.arn\n"


def of(folder: Path, ours: str = OURS, **theirs: str) -> Referred:
    (folder / "ours.tf").write_text(ours)
    for name, text in theirs.items():
        file = folder / f"{name.replace('__', '/')}.tf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return referred(folder, {"ours.tf"})


def test_what_is_referred_to_and_what_that_refers_to(tmp_path: Path) -> None:
    theirs = (
        'terraform {\n  backend "s3" {}\n}\n'
        f"{TOPIC}\n"
        'locals {\n  name  = "${var.prefix}-mail"\n  other = file("/etc/passwd")\n}\n'
        'variable "prefix" {\n  default = "acme"\n}\n'
        'variable "unused" {}\n'
        'resource "aws_s3_bucket" "unused" {}\n'
        'import {\n  to = aws_sns_topic.mail\n  id = "arn"\n}\n'
        'import {\n  to = aws_s3_bucket.unused\n  id = "arn"\n}\n'
    )
    found = of(tmp_path, main=theirs)
    assert [each.partition(":")[0] for each in found.blocks] == [
        "aws_sns_topic.mail",
        "local.name",
        "var.prefix",
        "import.main.tf",
    ]
    assert found.refused == ()
    assert TOPIC in found.text
    assert "passwd" not in found.text
    assert "backend" not in found.text


def test_the_provider_is_always_taken(tmp_path: Path) -> None:
    theirs = 'provider "aws" {\n  region = var.r\n}\nprovider "random" {}\nvariable "r" {}\n'
    found = of(tmp_path, "", main=theirs)
    assert 'provider "aws"' in found.text
    assert "random" not in found.text
    assert 'variable "r"' in found.text


@pytest.mark.parametrize(
    "theirs",
    [
        'data "external" "mail" {\n  program = ["./a"]\n}\n',
        'resource "null_resource" "mail" {}\n',
        'resource "aws_sns_topic" "mail" {\n  provisioner "local-exec" {}\n}\n',
        'module "mail" {\n  source = "git::https://example.com/mail"\n}\n',
        'module "mail" {\n  source = "./nowhere"\n}\n',
        'module "mail" {\n  source = "./m"\n}\n',
        'provider "aws" {\n  shared_config_files = ["a"]\n}\n',
        'provider "aws" {\n  endpoints {\n    ses = "https://example.com"\n  }\n}\n',
    ],
)
def test_what_would_run_programs_is_refused_with_its_line(tmp_path: Path, theirs: str) -> None:
    ours = (
        "a = data.external.mail.result\nb = null_resource.mail.id\nc = aws_sns_topic.mail.arn\n"
        "d = module.mail.arn\n"
    )
    found = of(tmp_path, ours, main=theirs, m__main='data "external" "x" {}\n')
    (line,) = found.refused
    assert line.startswith("main.tf:1: ")
    assert found.blocks == {}
    assert found.folders == ()


def test_a_module_at_hand(tmp_path: Path) -> None:
    theirs = 'module "mail" {\n  source = "./m"\n}\n'
    inner = 'module "n" {\n  source = "./n"\n}\noutput "arn" {\n  value = module.n.arn\n}\n'
    found = of(tmp_path, "a = module.mail.arn\n", main=theirs, m__main=inner, m__n__main=TOPIC)
    assert found.refused == ()
    assert found.folders == ("m",)
    found = of(tmp_path, m__n__more='resource "null_resource" "x" {}\n')
    assert found.folders == ()


def test_what_is_no_code_refers_to_nothing(tmp_path: Path) -> None:
    assert of(tmp_path, main="{").blocks == {}
    assert of(tmp_path, "{", other=TOPIC).blocks == {}
