"""The real Terraform imports what SES answers in every partial form, and changes nothing."""

import re
from pathlib import Path

import pytest

from tests import partial_forms
from tests.fakes import FakeAws, FakeSet
from tests.support import Engines, Terraform, ses2iac_process

pytestmark = pytest.mark.engine("terraform")


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


def test_the_import_of_any_answer_changes_nothing(terraform: Terraform, tmp_path: Path) -> None:
    account = partial_forms.sets()
    # One key twice, as HCL reads them.
    tags = [{"Key": "cafe\u0301", "Value": "1"}, {"Key": "caf\u00e9", "Value": "2"}]
    account["tags"] = FakeSet({"Tags": tags})
    infra = tmp_path / "infra"
    with FakeAws(account) as aws:
        ran = ses2iac_process(
            "export", "terraform", "--out", str(infra), env={**aws.environment(), "LC_ALL": "C"}
        )
        assert ran.code == 0, ran.err
        init = terraform.run(infra, "init", "-backend=false", "-input=false", "-no-color")
        assert init.code == 0, init.err
        plan = terraform.run(
            infra,
            "plan",
            "-input=false",
            "-no-color",
            "-parallelism=20",
            env=aws.environment(),
        )
    found = re.search(r"(\d+) to import, 0 to add, 0 to change, 0 to destroy", ran.err + ran.out)
    assert found is not None
    assert int(found[1]) > len(account)
    changed = re.findall(r"# (\S+) will be (?:updated|created|destroyed)[^\n]*", plan.out)
    assert (plan.code, changed) == (0, []), plan.err
    assert f"Plan: {found[0]}." in plan.out
    fmt = terraform.run(infra, "fmt", "-check", "-diff", "-recursive")
    assert (fmt.code, fmt.out) == (0, "")
