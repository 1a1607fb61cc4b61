"""The real Terraform and an export as a module of a root: only imports, then nothing."""

from pathlib import Path

import pytest

from tests.acceptance.conftest import Account
from tests.acceptance.person import EMPTY, ROOT, TEAM, Person, imports
from tests.support import Engines, Terraform, ses2iac_process, tree

pytestmark = pytest.mark.engine("terraform")


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


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
    given = {"TF_VAR_topic_arn": emil.topic}
    emil.verifies(**given)
    emil.verifies("--state", str(root / "terraform.tfstate"), **given)
    (root / "ses_mail_imports.tf").unlink()

    emil.makes_set("receipts", "bounces")
    emil.exports()
    emil.applies(imports(2))

    emil.renames("emil_news", "newsletter")
    ran = emil.exports("--exclude", "emil-receipts")
    assert "ses_mail_removed.tf makes Terraform (1.7 or later) forget them" in ran.err
    # What moves and what is forgotten stands in the root, and the state is there too.
    emil.verifies(**given)
    said = emil.runs("plan", "-input=false")
    assert "module.mail.aws_sesv2_configuration_set.emil_news has moved to" in " ".join(
        said.split()
    )
    assert "0 to add, 0 to change, 0 to destroy" in said
    emil.runs("apply", "-input=false", "-auto-approve")
    assert EMPTY in emil.runs("plan", "-input=false")
    assert emil.account.sesv2.get_configuration_set(ConfigurationSetName="emil-receipts")
    assert {path: data for path, data in tree(root).items() if path in theirs} == theirs
    for side in (root, emil.out):
        diff = ses2iac_process(
            "diff", str(side), "live", "--include", "emil-*", env=emil.environment
        )
        assert "emil-receipts" in diff.out, diff.out + diff.err
        assert "emil-news" not in diff.out

    main = root / "main.tf"
    main.write_text(main.read_text().replace('module "mail" {\n', 'module "mail" {\n  count = 1\n'))
    environment = {**emil.environment, **terraform.environment}
    ran = ses2iac_process("verify", str(emil.out), env=environment)
    assert ran.code == 1
    assert "the call creates module.mail[0], not module.mail" in " ".join(ran.out.split())


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
