"""The time from an existing account to an empty plan: with ses2iac, and with Terraform alone.

``python -m benchmarks.terraform`` imports the same account in two ways, with ``benchmarks.server``
and its quota and the real AWS provider:

- ses2iac: ``ses2iac export terraform``, a plan with the imports, the apply, and the empty plan;
- Terraform: ``terraform plan -generate-config-out``, the removal of the zeros that the provider
  rejects, and then the same plan, apply and empty plan.

Terraform needs to know what exists: this script writes its import blocks. The time of reading the
account for them is not counted.

``SES2IAC_TF_MIRROR`` may name a folder that was created by ``terraform providers mirror``.
"""

import argparse
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import OURS, Server, Stats, clean, serving
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
_PLAN = ("terraform", "plan", "-input=false", "-no-color")


@dataclass(frozen=True)
class Step:
    """One command on the way to the empty plan.

    Attributes:
        name: The command.
        ended: "done", its exit code, or "not done" at the time limit.
        seconds: The time from start to exit.
        stats: Its calls.
    """

    name: str
    ended: str
    seconds: float
    stats: Stats


@dataclass(frozen=True)
class Way:
    """The steps of one tool, and the number of resource blocks that it wrote."""

    tool: str
    steps: Sequence[Step]
    written: int

    @property
    def seconds(self) -> float:
        """The time of all steps."""
        return sum(step.seconds for step in self.steps)

    @property
    def calls(self) -> int:
        """The number of calls to SES in all steps."""
        return sum(step.stats.ses for step in self.steps)

    @property
    def throttled(self) -> int:
        """The number of throttled calls in all steps."""
        return sum(step.stats.throttled for step in self.steps)


@dataclass(frozen=True)
class Bench:
    """What every step needs: the account, the variables of its processes, and the limits."""

    server: Server
    environment: Mapping[str, str]
    parallelism: int
    time_limit: float

    def run(self, name: str, command: Sequence[str], folder: Path) -> Step:
        """Run a command in a folder; at the time limit, kill it with its child processes."""
        self.server.reset()
        with tempfile.TemporaryFile() as errors:
            began = time.perf_counter()
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={**self.environment, **self.server.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
            try:
                code = process.wait(self.time_limit)
                ended = "done" if code == 0 else f"exit code {code}"
            except subprocess.TimeoutExpired:
                ended = "not done"
            finally:
                seconds = time.perf_counter() - began
                stats = self.server.stats()
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            errors.seek(0)
            stderr = errors.read().decode(errors="replace")
        if stderr:
            print(f"{name} said:", " ".join(stderr.split())[:300])
        return Step(name, ended, seconds, stats)

    def until_empty(self, folder: Path) -> list[Step]:
        """Plan the imports, apply them, and plan again; exit code 0 means an empty plan."""
        at_once = f"-parallelism={self.parallelism}"
        apply = ("terraform", "apply", "-input=false", "-no-color", at_once, "import.tfplan")
        return [
            self.run("terraform plan", (*_PLAN, at_once, "-out=import.tfplan"), folder),
            self.run("terraform apply", apply, folder),
            self.run("terraform plan, empty", (*_PLAN, at_once, "-detailed-exitcode"), folder),
        ]


def import_blocks(settings: Settings) -> str:
    """Return an import block for every set and every destination of the account."""
    sets = [Identity(f"set-{number:05d}") for number in range(settings.sets)]
    destinations = [
        Identity(of.configuration_set, f"to-{number}")
        for of in sets
        for number in range(settings.destinations)
    ]
    return "\n".join(map(_import_block, [*sets, *destinations]))


def _import_block(identity: Identity) -> str:
    label = identity.import_id.replace("-", "_").replace("|", "_")
    return (
        f'import {{\n  to = {resource_type(identity)}.{label}\n  id = "{identity.import_id}"\n}}\n'
    )


@contextmanager
def _terraform() -> Iterator[tuple[Terraform, Path]]:
    """Provide Terraform with its provider, and an empty folder."""
    program = shutil.which("terraform")
    if program is None:
        raise SystemExit("terraform is missing: https://developer.hashicorp.com/terraform")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        yield Terraform(program, home, os.environ.get("SES2IAC_TF_MIRROR")), home


def _init(terraform: Terraform, folder: Path) -> None:
    done = terraform.run(folder, "init", "-input=false", "-no-color")
    if done.code:
        raise SystemExit(f"terraform init: {done.err}")


def _ours(bench: Bench, terraform: Terraform, home: Path) -> Way:
    """Export with ses2iac, then run Terraform until the plan is empty."""
    out = home / "infra"
    export = [*OURS, "export", "terraform", "--quiet", "--out", str(out)]
    first = bench.run("ses2iac export terraform", export, home)
    if first.ended != "done":
        raise SystemExit(f"{first.name}: {first.ended}")
    _init(terraform, out)
    steps = [first, *bench.until_empty(out)]
    return Way("ses2iac", steps, sum(map(_resources, out.rglob("*.tf"))))


def _generation(bench: Bench, terraform: Terraform, home: Path, blocks: str) -> Way:
    """Generate code with Terraform from import blocks, then run it until the plan is empty."""
    code = home / "code"
    code.mkdir()
    (code / "main.tf").write_text(_PROVIDER, encoding="utf-8")
    (code / "imports.tf").write_text(blocks, encoding="utf-8")
    _init(terraform, code)
    generated = code / "generated.tf"
    at_once = f"-parallelism={bench.parallelism}"
    command = (*_PLAN, at_once, f"-generate-config-out={generated.name}")
    first = bench.run("terraform plan -generate-config-out", command, code)
    if not generated.exists():
        return Way("terraform", [first], 0)
    # Terraform writes unset values as zero, which the provider itself rejects.
    lines = generated.read_text(encoding="utf-8").splitlines(keepends=True)
    valid = "".join(line for line in lines if not line.endswith("= 0\n"))
    generated.write_text(valid, encoding="utf-8")
    return Way("terraform", [first, *bench.until_empty(code)], _resources(generated))


def _resources(file: Path) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return sum(line.startswith("resource ") for line in lines)


def _show(way: Way) -> None:
    for step in way.steps:
        print(
            f"{step.name}: {step.ended} after {step.seconds:.1f} s, "
            f"{step.stats.ses} calls of SES, {step.stats.throttled} throttled"
        )
        for action, outcomes in step.stats.calls.items():
            answered, throttled = outcomes["answered"], outcomes["throttled"]
            print(f"  {action:<38}{answered:>6} answered{throttled:>6} throttled")
    print(
        f"{way.tool}, all steps: {way.seconds:.1f} s, {way.written} resources written, "
        f"{way.calls} calls of SES, {way.throttled} throttled"
    )


def main() -> None:
    """Print what both took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=10)
    parser.add_argument("--destinations", type=int, default=3, help="of each set")
    parser.add_argument("--rate", type=float, default=1.0, help="requests/s of each action")
    parser.add_argument("--parallelism", type=int, default=10, help="of Terraform")
    parser.add_argument("--time-limit", type=float, default=TIME_LIMIT, help="seconds a command")
    options = parser.parse_args()
    settings = Settings(
        sets=options.sets, destinations=options.destinations, rate=options.rate, burst=1
    )
    total = settings.sets * settings.destinations
    print(
        f"{settings.sets} sets, {total} destinations, {settings.rate:g} request/s of each action, "
        f"parallelism {options.parallelism}"
    )
    with serving(settings) as server, _terraform() as (terraform, home):
        quiet = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        environment = clean(str(home), {**quiet, **terraform.environment})
        bench = Bench(server, environment, options.parallelism, options.time_limit)
        ours = _ours(bench, terraform, home)
        _show(ours)
        theirs = _generation(bench, terraform, home, import_blocks(settings))
        _show(theirs)
    # No goal: what Terraform takes is not ours to say.
    print(f"seconds, Terraform's generation / ses2iac: {theirs.seconds / ours.seconds:.1f}")
    print(f"calls of SES, Terraform's generation / ses2iac: {theirs.calls / ours.calls:.1f}")


if __name__ == "__main__":
    main()
