"""The blocks of ``IMPORT.md`` with stand-ins for the programs: their order, and what they need."""

import os
import subprocess

import pytest

from tests.functional.snapshots import Desk, configuration_set, scope
from tests.import_steps import steps
from tests.support import Ran

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the blocks are of a POSIX shell"),
    pytest.mark.slow,
]

SCOPE = scope(
    *(configuration_set(f"set-{number:02d}", "a", "b", "c") for number in range(60)),
    configuration_set("orders", "bounces"),
)

AWS = """#!/bin/sh
case "$*" in
*detect-stack-drift*) echo id ;;
*describe-stack-drift-detection-status*)
    echo asked >> asked
    case $(wc -l < asked) in
    *1|*2) echo DETECTION_IN_PROGRESS ;;
    *) echo DETECTION_COMPLETE ;;
    esac ;;
*describe-stack-resource-drifts*) cp asked listed ;;
esac
"""
NPX = """#!/bin/sh
echo "npx $* $(command -v python3) $(command -v ses2iac)"
"""
HERE = """#!/bin/sh
echo "ses2iac $*"
"""


def _sh(desk: Desk, block: str, **programs: str) -> Ran:
    place = desk.folder / "bin"
    place.mkdir(exist_ok=True)
    for name, text in programs.items():
        (place / name).write_text(text, encoding="utf-8")
        (place / name).chmod(0o755)
    done = subprocess.run(
        ["sh", "-euc", block],
        cwd=desk.out,
        env={"PATH": f"{place}{os.pathsep}{os.environ['PATH']}", "HOME": str(desk.folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("options", [(), ("--adopt-suffix=-iac",)], ids=["import", "adopt"])
@pytest.mark.parametrize("format_", ["cloudformation", "cdk"])
def test_each_block_is_one_that_a_shell_takes(
    desk: Desk, format_: str, options: tuple[str, ...]
) -> None:
    desk.export(SCOPE, to=format_, options=options)
    found = list(steps(desk.read("IMPORT.md")))
    for step in found:
        ran = _sh(desk, f"sh -n <<'BLOCK'\n{step.block}\nBLOCK\n")
        assert (ran.code, ran.err) == (0, ""), step.block
        assert "`" not in step.block
    assert found[-1].section == "Clean up"
    before = {each.name for each in desk.out.iterdir()}
    assert _sh(desk, found[-1].block).code == 0
    gone = before - {each.name for each in desk.out.iterdir()}
    assert "IMPORT.md" in gone
    # Of both stacks, and all that served the import.
    assert gone == {n for n in before if n.startswith(("IMPORT", "import-", "resource"))}
    ran = desk.export(SCOPE, to=format_, options=(*options, "--check"))
    assert ran.code == 0


def test_drift_is_asked_for_when_it_is_known(desk: Desk) -> None:
    desk.export(scope(configuration_set("orders", "bounces")), to="cloudformation")
    (block,) = (
        each.block for each in steps(desk.read("IMPORT.md")) if each.section == "Check the result"
    )
    ran = _sh(desk, block, aws=AWS, sleep="#!/bin/sh\n")
    assert ran.code == 0, ran.err
    # In progress twice, then complete; once more for its result, and only then the drifts.
    assert (desk.out / "listed").read_text(encoding="utf-8") == "asked\n" * 4


@pytest.mark.parametrize("options", [(), ("--adopt-suffix=-iac",)], ids=["import", "adopt"])
def test_ses2iac_is_reachable_beside_the_environment_of_cdk(
    desk: Desk, options: tuple[str, ...]
) -> None:
    desk.export(scope(configuration_set("orders", "bounces")), to="cdk", options=options)
    desk.put("requirements.txt", "")
    found = [
        each.block for each in steps(desk.read("IMPORT.md")) if each.section == "Before you start"
    ]
    blocks = [block for block in found if not block.startswith("aws cloudcontrol")]
    # One shell for all of them, as a person has it.
    ran = _sh(desk, "\n".join(blocks), npx=NPX, ses2iac=HERE)
    assert ran.code == 0, ran.out + ran.err
    python = desk.out / ".venv/bin/python3"
    ses2iac = desk.folder / "bin/ses2iac"
    asked = "lint --check-targets --region eu-west-1" if options else "verify ."
    lines = [line for line in ran.out.splitlines() if line.startswith(("npx", "ses2iac"))]
    assert lines[0].startswith("npx aws-cdk@2 bootstrap aws://123456789012/eu-west-1 ")
    assert lines[1:] == [
        f"npx aws-cdk@2 synth --quiet {python} {ses2iac}",
        f"ses2iac {asked}",
    ]


def test_the_app_says_nothing_untrue_of_how_it_is_run(desk: Desk) -> None:
    desk.export(SCOPE, to="cdk")
    assert "python app.py" not in desk.read("app.py")
