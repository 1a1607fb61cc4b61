"""Compare, and pass the report and the result on to the next steps.

The inputs of the action are in the environment (see action.yml). The exit code is always 0: the
last step of the action sets the result of the job, after the comment.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from base_commit import NoAncestorError, base_of

_NO_ANCESTOR = "drift and pending changes are not told apart"
_ROLE = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")


def main() -> None:
    """Compare, and write the outputs of the step and the summary of the job."""
    folder = os.environ["RUNNER_TEMP"]
    report, document = f"{folder}/ses2iac-report.md", f"{folder}/ses2iac-report.json"
    Path(report).write_bytes(b"")
    Path(document).unlink(missing_ok=True)
    try:
        options = shlex.split(os.environ.get("OPTIONS", ""))
    except ValueError as error:
        _log("error", f"the input 'options' cannot be split into words: {error}")
        result = "failed"
    else:
        base = _ancestor(os.environ["OLD"])
        code = _compare(base, options, report, document)
        result = result_of(code, document, is_told_apart=base is not None)
    _append("GITHUB_OUTPUT", f"result={result}\nreport={report}\n")
    _append("GITHUB_STEP_SUMMARY", Path(report).read_text(encoding="utf-8"))


def _compare(base: str | None, options: list[str], report: str, document: str) -> int:
    """Run `ses2iac diff` once, so that the account is read once, and return its exit code."""
    old, new, region = (os.environ[name] for name in ("OLD", "NEW", "REGION"))
    command = ["ses2iac", "diff", old, new, "--region", region, "--output", "markdown"]
    command += ["--json-file", document, *(["--base", base] if base else []), *options]
    with Path(report).open("wb") as stream:
        return subprocess.run(command, stdout=stream, env=_environment(), check=False).returncode


def _ancestor(old: str) -> str | None:
    """Return the value of `--base`: the input, otherwise the code in the base commit."""
    chosen, commit = os.environ.get("BASE", ""), os.environ.get("BASE_SHA", "")
    if chosen or not commit:
        return None if chosen == "none" else chosen or None
    try:
        base = base_of(old, commit)
    except NoAncestorError as error:
        _log("notice", f"{_NO_ANCESTOR}: {error}")
        return None
    # Compare it with itself, without reading an account, to find out whether it can be read.
    tried = subprocess.run(
        ["ses2iac", "diff", base, base], capture_output=True, text=True, check=False
    )
    if tried.returncode not in (0, 3, 4):
        _log("notice", f"{_NO_ANCESTOR}: the base commit's {old} cannot be read: {tried.stderr}")
        return None
    return base


def _environment() -> dict[str, str]:
    """Return the job's environment, with the credentials of the role if one was assumed."""
    keys = {f"AWS_{name}": os.environ.get(f"ROLE_{name}", "") for name in _ROLE}
    return {**os.environ, **(keys if all(keys.values()) else {})}


def result_of(code: int, document: str, *, is_told_apart: bool) -> str:
    """Return the most serious result.

    Args:
        code: The exit code, which is not enough: 4 has two meanings.
        document: The file with the comparison as JSON.
        is_told_apart: Whether the origins of changes count.
    """
    if code not in (0, 3, 4) or not Path(document).exists():
        return "failed"
    comparison: dict[str, Any] = json.loads(Path(document).read_text(encoding="utf-8"))
    changes = [change for scope in comparison["Scopes"] for change in scope["Changes"]]
    origins = [
        origin if is_told_apart else None for change in changes for origin in _origins(change)
    ]
    worst = [
        ("partial", bool(comparison["Unread"])),
        ("conflict", "conflict" in origins),
        ("drift", "drift" in origins),
        ("different", None in origins),
        ("not-compared", bool(comparison["Coverage"]["NotCompared"])),
        ("pending", "pending" in origins),
        # With --strict, values that the code leaves open.
        ("different", code == 3),
    ]
    return next((result for result, is_so in worst if is_so), "same")


def _origins(change: dict[str, Any]) -> list[str | None]:
    """Return the origin of a change; for a changed resource, that of each value."""
    if "Paths" in change:
        return [path.get("Origin") for path in change["Paths"]]
    return [change.get("Origin")]


def _append(variable: str, text: str) -> None:
    """Append to one of the files that the runner reads after the step."""
    with Path(os.environ.get(variable, os.devnull)).open("a", encoding="utf-8") as stream:
        stream.write(text)


def _log(level: str, message: str) -> None:
    """Annotate the job; a line break would end the annotation."""
    print(f"::{level}::{' '.join(message.split())}", file=sys.stderr)


if __name__ == "__main__":
    main()
