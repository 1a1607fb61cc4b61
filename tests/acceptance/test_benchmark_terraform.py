"""The benchmark of both ways to the empty plan runs, on an account of one destination."""

import re
import subprocess
import sys

from tests.support import ROOT, Engines


def test_it_prints_what_both_took(engines: Engines) -> None:
    engines.terraform()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.terraform"),
            *("--sets", "1", "--destinations", "1", "--rate", "100"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ses2iac export terraform: done after" in done.stdout
    # Terraform ends with an error of its own here: see docs/comparison.md.
    assert "terraform plan -generate-config-out: exit code 1 after" in done.stdout
    # Exit code 0 of these is the empty plan.
    assert done.stdout.count("terraform plan, empty: done after") == 2
    for tool in "ses2iac", "terraform":
        assert re.search(rf"{tool}, all steps: .* 2 resources written, 9 calls", done.stdout)
    assert re.search(r"calls of SES, Terraform's generation / ses2iac: \d", done.stdout)
