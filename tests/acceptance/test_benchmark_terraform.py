"""The benchmark against Terraform's own generation runs, on an account of one destination."""

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
    assert re.search(r"terraform plan -generate-config-out: .* 2 resources written", done.stdout)
    assert re.search(r"calls of SES, terraform plan / ses2iac export: \d", done.stdout)
