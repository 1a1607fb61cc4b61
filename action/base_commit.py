"""Get the code in the base commit of a pull request: the common ancestor of code and account."""

import base64
import os
import re
import shutil
import subprocess
from pathlib import Path


class NoAncestorError(Exception):
    """There is no common ancestor; the message says why."""


def base_of(old: str, commit: str) -> str:
    """Write the base commit's files to a folder, and return the path of `old` in it.

    All files, because code may refer to modules in other folders.

    Args:
        old: The code; a path in a checkout.
        commit: The base commit of the event.

    Raises:
        NoAncestorError: if `old` is not a path in a checkout, or the base commit does not have it.
    """
    path = Path(old)
    if not path.exists():
        raise NoAncestorError(f"{old} is no path")
    folder = path if path.is_dir() else path.parent
    checkout = _git(folder, "rev-parse", "--show-toplevel")
    prefix = _git(folder, "rev-parse", "--show-prefix").strip("/")
    inside = "/".join(filter(None, (prefix, "" if path.is_dir() else path.name)))
    top = Path(checkout)
    base = _merged_into(top) or commit
    _fetch(top, base)
    try:
        _git(top, "cat-file", "-e", f"{base}:{inside}")
    except NoAncestorError:
        raise NoAncestorError(f"the base commit {base[:12]} has no {old}") from None
    return str(_tree(top, base) / inside)


def _merged_into(top: Path) -> str | None:
    """Return the commit that the pull request is merged into, if the checkout is GitHub's merge.

    The base commit of the event may be older. A shallow checkout does not have the parents, but
    the commit names them.
    """
    head, _, _ = _git(top, "cat-file", "-p", "HEAD").partition("\n\n")
    parents = re.findall(r"^parent ([0-9a-f]{40,64})$", head, re.MULTILINE)
    pulled = os.environ.get("HEAD_SHA", "")
    return parents[0] if len(parents) == 2 and parents[1] == pulled else None


def _fetch(top: Path, commit: str) -> None:
    """Fetch a commit that the checkout lacks, with the checkout's credentials or the token."""
    tries: list[dict[str, str]] = [{}]
    if token := os.environ.get("TOKEN", ""):
        # In the environment, because every process can see a command line.
        credentials = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        key = f"http.{server}/.extraheader"
        header = f"AUTHORIZATION: basic {credentials}"
        tries.append(
            {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": header}
        )
    for variables in tries:
        if _has(top, commit):
            return
        words = ("fetch", "--quiet", "--no-tags", "--depth=1", "origin", commit)
        _run(top, words, variables)
    if not _has(top, commit):
        raise NoAncestorError(f"the base commit {commit[:12]} cannot be fetched")


def _has(top: Path, commit: str) -> bool:
    return _run(top, ("cat-file", "-e", f"{commit}^{{commit}}")).returncode == 0


def _tree(top: Path, commit: str) -> Path:
    """Write the files of a commit to a folder, without changing the checkout."""
    temporary = Path(os.environ["RUNNER_TEMP"]).absolute()
    folder = temporary / "ses2iac-base"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    index = {"GIT_INDEX_FILE": str(temporary / "ses2iac-base.index")}
    _git(top, "read-tree", commit, **index)
    _git(top, "checkout-index", "--all", "--force", f"--prefix={folder}/", **index)
    return folder


def _git(folder: Path, *words: str, **variables: str) -> str:
    """Run git, and return its output.

    Raises:
        NoAncestorError: with git's own message, if it fails.
    """
    ran = _run(folder, words, variables)
    if ran.returncode != 0:
        raise NoAncestorError(ran.stderr.strip() or f"git {words[0]} failed")
    return ran.stdout.rstrip("\n")


def _run(
    folder: Path, words: tuple[str, ...], variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", **(variables or {})}
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise NoAncestorError("git is missing") from None
