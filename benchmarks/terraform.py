"""What Terraform's own code generation takes of the same account, beside ours.

``python -m benchmarks.terraform`` runs ``terraform plan -generate-config-out`` with the real AWS
provider against ``benchmarks.server``, then our export. Terraform has to be told what exists: its
import blocks are written here, from what only a reading of the account can know, and that reading
is not in its time.

A folder made by ``terraform providers mirror`` can be named in ``SES2IAC_TF_MIRROR``.
"""

import argparse
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import OURS, Server, Stats, clean, measured, serving
from benchmarks.server import Settings
from exporter.formats.terraform.names import resource_type
from exporter.model.identities import Identity
from tests.support import Terraform

TIME_LIMIT = 600

_PROVIDER = """\
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}
"""


@dataclass(frozen=True)
class Outcome:
    """What one of the two took; ``ended`` says how."""

    ended: str
    seconds: float
    stats: Stats
    written: int


def import_blocks(settings: Settings) -> str:
    """An import block for every set and every destination of the account."""
    sets = [Identity(f"set-{number:05d}") for number in range(settings.sets)]
    destinations = [
        Identity(of.configuration_set, f"to-{number}")
        for of in sets
        for number in range(settings.destinations)
    ]
    return "\n".join(map(_import_block, [*sets, *destinations]))


def _import_block(who: Identity) -> str:
    label = who.import_id.replace("-", "_").replace("|", "_")
    return f'import {{\n  to = {resource_type(who)}.{label}\n  id = "{who.import_id}"\n}}\n'


@contextmanager
def _workspace(settings: Settings) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder that is ready for a plan, and the variables that lead to the provider."""
    program = shutil.which("terraform")
    if program is None:
        raise SystemExit("terraform is missing: https://developer.hashicorp.com/terraform")
    with tempfile.TemporaryDirectory() as name:
        home, code = Path(name), Path(name, "code")
        code.mkdir()
        terraform = Terraform(program, home, os.environ.get("SES2IAC_TF_MIRROR"))
        (code / "main.tf").write_text(_PROVIDER, encoding="utf-8")
        (code / "imports.tf").write_text(import_blocks(settings), encoding="utf-8")
        done = terraform.run(code, "init", "-input=false", "-no-color")
        if done.code:
            raise SystemExit(f"terraform init: {done.err}")
        quiet = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        yield code, clean(str(home), {**quiet, **terraform.environment})


def _plan(server: Server, folder: Path, environment: Mapping[str, str], limit: float) -> Outcome:
    """Run the plan, and end it with its provider at the time limit."""
    command = ("terraform", "plan", "-input=false", "-no-color", "-generate-config-out=made.tf")
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, **server.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        try:
            code = process.wait(limit)
            ended = "done" if code == 0 else f"exit code {code}"
        except subprocess.TimeoutExpired:
            ended = "not done"
        finally:
            seconds = time.perf_counter() - began
            stats = server.stats()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    if said:
        print("terraform said:", " ".join(said.split())[:300])
    made = folder / "made.tf"
    return Outcome(ended, seconds, stats, _resources(made) if made.exists() else 0)


def _resources(file: Path) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return sum(line.startswith("resource ") for line in lines)


def _ours(server: Server) -> Outcome:
    server.reset()
    with tempfile.TemporaryDirectory() as name:
        out = Path(name, "infra")
        command = [*OURS, "export", "terraform", "--quiet", "--out", str(out)]
        seconds = measured(command, server.environment).check().seconds
        return Outcome("done", seconds, server.stats(), sum(map(_resources, out.rglob("*.tf"))))


def _show(who: str, outcome: Outcome) -> None:
    print(
        f"{who}: {outcome.ended} after {outcome.seconds:.1f} s, {outcome.written} resources "
        f"written, {outcome.stats.ses} calls of SES, {outcome.stats.throttled} throttled"
    )
    for action, outcomes in outcome.stats.calls.items():
        answered, throttled = outcomes["answered"], outcomes["throttled"]
        print(f"  {action:<38}{answered:>6} answered{throttled:>6} throttled")


def main() -> None:
    """Print what both took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=10)
    parser.add_argument("--destinations", type=int, default=3, help="of each set")
    parser.add_argument("--rate", type=float, default=1.0, help="requests/s of each action")
    parser.add_argument("--time-limit", type=float, default=TIME_LIMIT, help="seconds")
    options = parser.parse_args()
    settings = Settings(
        sets=options.sets, destinations=options.destinations, rate=options.rate, burst=1
    )
    total = settings.sets * settings.destinations
    print(f"{settings.sets} sets, {total} destinations, {settings.rate:g} request/s")
    with serving(settings) as server:
        ours = _ours(server)
        _show("ses2iac export terraform", ours)
        with _workspace(settings) as (folder, environment):
            server.reset()
            plan = _plan(server, folder, environment, options.time_limit)
        _show("terraform plan -generate-config-out", plan)
    # No goal: what Terraform takes is not ours to say.
    print(f"seconds, terraform plan / ses2iac export: {plan.seconds / ours.seconds:.1f}")
    print(f"calls of SES, terraform plan / ses2iac export: {plan.stats.ses / ours.stats.ses:.1f}")


if __name__ == "__main__":
    main()
