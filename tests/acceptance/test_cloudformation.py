"""cfn-lint, the checker of CloudFormation's own makers, judges every golden template."""

from pathlib import Path

import pytest
from cfnlint.api import lint_file
from cfnlint.config import ManualArgs

from tests.support import ROOT

TEMPLATES = sorted(
    path
    for folder in ("samples", "tests/golden")
    for path in (ROOT / folder).glob("*/cloudformation/**/template*.yaml")
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_finding(template: Path) -> None:
    region = "us-east-1" if "cn-north-1" in template.parts else "eu-west-1"
    found = lint_file(template, config=ManualArgs(regions=[region]))
    assert [str(match) for match in found] == []


def test_there_are_templates() -> None:
    assert len(TEMPLATES) >= 9
