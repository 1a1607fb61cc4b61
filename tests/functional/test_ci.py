"""The GitHub action's steps, run by a shell as far as they can without GitHub."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from exporter import __version__
from exporter.demo.account import seed
from exporter.demo.emulator import Emulator
from tests.support import ROOT, SAMPLES, Ran, ses2iac

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="the action's steps are for bash"),
    pytest.mark.slow,
]

GH = """#!/usr/bin/env bash
# A stand-in: lists one comment where FOUND is set, and keeps what it is called with.
printf '%s\\n' "$*" >>"$CALLS"
case "$*" in
  *--paginate*) [ -z "${FOUND:-}" ] || echo "$FOUND" ;;
  *)
    for word in "$@"; do
      case "$word" in body=@*) cat "${word#body=@}" >"$CALLS.body" ;; esac
    done ;;
esac
"""


def _steps() -> dict[str, Any]:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return {step["name"]: step for step in action["runs"]["steps"] if "name" in step}


@pytest.fixture
def bench(tmp_path: Path) -> "Bench":
    return Bench(tmp_path)


class Bench:
    """A runner's folder, variables and programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        programs = folder / "bin"
        programs.mkdir()
        (programs / "gh").write_text(GH, encoding="utf-8")
        (programs / "gh").chmod(0o755)
        ours = Path(sys.executable).parent
        self.env = {
            "PATH": f"{programs}{os.pathsep}{ours}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(folder),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_REPOSITORY": "shop/mail",
            "CALLS": str(folder / "calls"),
        }

    def step(self, name: str, **variables: str) -> Ran:
        """Run one step of the action with the inputs that it would get."""
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", _steps()[name]["run"]],
            cwd=self.folder,
            env={**self.env, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps left for later ones."""
        lines = (self.folder / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def calls(self) -> list[str]:
        """What `gh` was asked."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []


def _variables(name: str) -> set[str]:
    return set(_steps()[name].get("env", {}))


def test_each_step_gets_the_variables_that_its_script_needs() -> None:
    role = {"ROLE_ACCESS_KEY_ID", "ROLE_SECRET_ACCESS_KEY", "ROLE_SESSION_TOKEN"}
    compared = {"OLD", "NEW", "REGION"}
    assert _variables("Install") == {"PYTHON"}
    assert _variables("Compare") == {
        *compared, *role, "OPTIONS", "BASE", "BASE_SHA", "HEAD_SHA", "TOKEN"
    }  # fmt: skip
    assert _variables("Comment") == {
        *compared, "GH_TOKEN", "PULL_REQUEST", "REPORT", "RESULT", "NAME"
    }  # fmt: skip
    assert _variables("Judge") == {"FAIL_ON", "RESULT"}


def test_the_role_is_for_one_step() -> None:
    steps = _steps()
    assert steps["Assume the role"]["with"]["output-env-credentials"] is False
    with_role = [name for name, step in steps.items() if "steps.role." in str(step)]
    assert with_role == ["Compare"]


@pytest.mark.parametrize("page", [*(ROOT / ".github/workflows").iterdir(), ROOT / "action.yml"])
def test_actions_are_pinned_by_commit_with_their_version(page: Path) -> None:
    used = re.findall(r"uses: (.*)", page.read_text(encoding="utf-8"))
    assert used
    for each in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each), each


SHOP = str(SAMPLES / "shop/terraform")


@pytest.mark.parametrize(
    ("options", "result"),
    [("", "same"), ("--exclude nothing --strict", "different"), ("--no-such-option", "failed")],
)
def test_the_result_is_what_the_command_says(
    bench: Bench, options: str, result: str, tmp_path: Path
) -> None:
    # Without its manifest it is anybody's code, whose format can't hold everything: --strict.
    code = str(tmp_path / "infra")
    shutil.copytree(SHOP, code, ignore=shutil.ignore_patterns(".ses2iac.json"))
    with Emulator() as emulator:
        seed(emulator)
        env = emulator.environment()
        ran = bench.step(
            "Compare", OLD=code, NEW="live", REGION="eu-west-1", OPTIONS=options, **env
        )
    assert ran.code == 0, ran.err
    assert bench.outputs["result"] == result
    report = Path(bench.outputs["report"]).read_text()
    assert (bench.folder / "summary").read_text() == report
    assert bool(report) == (result != "failed")


# Comparing, with a stand-in for the command
# --------------------------------------------------------------------------------------

SES2IAC = """#!/usr/bin/env python3
# A stand-in: keeps what it is called with, and says what it is told to say.
import json, os, sys
from pathlib import Path

words = sys.argv[1:]
folder = Path(os.environ["RUNNER_TEMP"])
if "--json-file" not in words:
    sys.exit(int(os.environ.get("BASE_CODE", "0")))
keys = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
base = words[words.index("--base") + 1] if "--base" in words else None
files = {}
if base:
    files = {str(each.relative_to(base)): each.read_text() for each in Path(base).rglob("*.tf")}
(folder / "told.json").write_text(json.dumps({"words": words, "keys": keys, "base": files}))
Path(words[words.index("--json-file") + 1]).write_text(os.environ["DOCUMENT"])
print("the report")
sys.exit(int(os.environ["CODE"]))
"""


def _document(*origins: str | None, unread: int = 0, gaps: int = 0) -> str:
    said = [{"Origin": each} if each else {} for each in origins]
    # The first is a resource that was removed, the rest are values of one that was changed.
    changes = [*said[:1], *([{"Paths": said[1:]}] if said[1:] else [])]
    coverage = {"NotCompared": gaps + unread}
    scopes = [{"Changes": changes}]
    return json.dumps({"Scopes": scopes, "Unread": [{}] * unread, "Coverage": coverage})


def _compare(bench: Bench, **variables: str) -> dict[str, Any]:
    """Run the step with a stand-in for the command; returns what that was told."""
    stand_in = bench.folder / "bin/ses2iac"
    stand_in.write_text(SES2IAC, encoding="utf-8")
    stand_in.chmod(0o755)
    given = {"OLD": "infra", "NEW": "live", "REGION": "eu-west-1", "DOCUMENT": _document()}
    ran = bench.step("Compare", **{**given, "CODE": "0", **variables})
    assert ran.code == 0, ran.err
    told = bench.folder / "told.json"
    found: dict[str, Any] = json.loads(told.read_text()) if told.exists() else {}
    return {**found, "log": ran.err}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", []),
        ("--include 'order*'", ["--include", "order*"]),
        ("--include order*", ["--include", "order*"]),
        ("--include=o?der* --exclude '*/x y'", ["--include=o?der*", "--exclude", "*/x y"]),
        ("--include $HOME `id` $(id) ; id", ["--include", "$HOME", "`id`", "$(id)", ";", "id"]),
        ("--strict\n  --unmanaged ignore\n", ["--strict", "--unmanaged", "ignore"]),
        ('--include ""', ["--include", ""]),
    ],
)
def test_options_reach_the_command_as_written(bench: Bench, options: str, words: list[str]) -> None:
    for name in ("orders", "order-pages", "oxders"):
        (bench.folder / name).mkdir()
    told = _compare(bench, OPTIONS=options)["words"]
    document = f"{bench.folder}/ses2iac-report.json"
    assert told == [
        "diff", "infra", "live", "--region", "eu-west-1", "--output", "markdown",
        "--json-file", document, *words,
    ]  # fmt: skip


def test_options_without_their_last_quote_are_a_failure(bench: Bench) -> None:
    told = _compare(bench, OPTIONS="--include 'order*")
    assert "::error::the input 'options' cannot be split into words: No closing" in told["log"]
    assert bench.outputs["result"] == "failed"


@pytest.mark.parametrize(
    ("code", "document", "result"),
    [
        (0, _document(), "same"),
        (0, _document("pending"), "pending"),
        (3, _document("pending", "pending"), "pending"),
        (3, _document("pending", "drift"), "drift"),
        (3, _document("pending", "drift", "conflict"), "conflict"),
        (3, _document("pending", None), "different"),
        (3, _document(None), "different"),
        (3, _document(), "different"),
        (4, _document(gaps=1), "not-compared"),
        (3, _document("pending", gaps=1), "not-compared"),
        (3, _document("drift", gaps=1), "drift"),
        (4, _document(unread=1), "partial"),
        (4, _document("drift", unread=1), "partial"),
        (1, "", "failed"),
        (2, "", "failed"),
        (130, _document("drift"), "failed"),
    ],
)
def test_the_result_is_the_worst(bench: Bench, code: int, document: str, result: str) -> None:
    _compare(bench, CODE=str(code), DOCUMENT=document, BASE="state.json")
    assert bench.outputs["result"] == result
    assert (bench.folder / "summary").read_text() == "the report\n"


@pytest.mark.parametrize("origin", ["drift", "pending", "conflict", None])
def test_without_a_base_every_difference_is_one(bench: Bench, origin: str | None) -> None:
    # An untouched export tells whose change it is by itself; on a schedule that counts for nothing.
    _compare(bench, CODE="3", DOCUMENT=_document(origin))
    assert bench.outputs["result"] == "different"


def test_only_the_comparison_has_the_credentials_of_the_role(bench: Bench) -> None:
    job = {"AWS_ACCESS_KEY_ID": "job", "AWS_SECRET_ACCESS_KEY": "job"}
    assert _compare(bench, **job, ROLE_ACCESS_KEY_ID="")["keys"] == job
    role = {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "SESSION_TOKEN": "c"}
    told = _compare(bench, **job, **{f"ROLE_{name}": value for name, value in role.items()})
    assert told["keys"] == {f"AWS_{name}": value for name, value in role.items()}
    assert not (bench.folder / "output").read_text().count("AWS_")


# The common ancestor
# --------------------------------------------------------------------------------------


def _git(folder: Path, *words: str) -> str:
    names = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *names, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository: main at A and B, a branch from A, and GitHub's merge of it into B."""
    folder = tmp_path / "origin"
    (folder / "infra").mkdir(parents=True)
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    # GitHub serves any commit, and so must this.
    _git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    for name, branch, text in (("a", "main", "A"), ("head", "branch", "head"), ("b", "main", "B")):
        _git(folder, "checkout", "--quiet", "-B", branch, *(["a"] if name == "head" else []))
        if name == "b":
            _git(folder, "reset", "--quiet", "--hard", "a")
        file = folder / ("infra/main.tf" if branch == "main" else "infra/new.tf")
        file.write_text(text)
        _git(folder, "add", ".")
        _git(folder, "commit", "--quiet", "--message", name)
        _git(folder, "tag", name)
    _git(folder, "checkout", "--quiet", "--detach", "b")
    _git(folder, "merge", "--quiet", "--no-ff", "--message", "merge", "head")
    _git(folder, "tag", "merge")
    return folder


def _checkout(origin: Path, folder: Path, tag: str, *, deep: bool = False) -> None:
    """As actions/checkout does it: one commit alone, unless all are wanted."""
    folder.mkdir(exist_ok=True)
    _git(folder, "init", "--quiet")
    _git(folder, "remote", "add", "origin", origin.as_uri())
    depth = () if deep else ("--depth=1",)
    _git(folder, "fetch", "--quiet", "--no-tags", *depth, "origin", f"refs/tags/{tag}")
    _git(folder, "checkout", "--quiet", "--detach", "FETCH_HEAD")


def _sha(origin: Path, tag: str) -> str:
    return _git(origin, "rev-parse", f"{tag}^{{commit}}")


@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.parametrize(
    ("checked_out", "base"),
    [
        # What was merged into counts, also when the event is older than it.
        ("merge", "B"),
        # Somebody's own choice of the branch itself.
        ("head", "A"),
    ],
)
def test_the_base_commit_is_the_ancestor(
    bench: Bench, origin: Path, checked_out: str, base: str, deep: bool
) -> None:
    _checkout(origin, bench.folder, checked_out, deep=deep)
    before = _git(bench.folder, "status", "--porcelain", "--untracked-files=no")
    shas = {"BASE_SHA": _sha(origin, "a"), "HEAD_SHA": _sha(origin, "head")}
    told = _compare(bench, **shas)
    assert told["base"] == {"main.tf": base}
    assert told["words"][-2:] == ["--base", f"{bench.folder}/ses2iac-base/infra"]
    assert _git(bench.folder, "status", "--porcelain", "--untracked-files=no") == before
    assert "::" not in told["log"]


def test_the_ancestor_is_the_whole_tree_of_a_checkout_anywhere(bench: Bench, origin: Path) -> None:
    (origin / "modules").mkdir()
    (origin / "modules/m.tf").write_text("M")
    _git(origin, "add", ".")
    _git(origin, "commit", "--quiet", "--message", "module")
    _git(origin, "tag", "c")
    (bench.folder / "src").mkdir()
    _checkout(origin, bench.folder / "src", "c")
    told = _compare(bench, OLD="src/infra/main.tf", BASE_SHA=_sha(origin, "c"))
    assert told["words"][-1] == f"{bench.folder}/ses2iac-base/infra/main.tf"
    assert (bench.folder / "ses2iac-base/modules/m.tf").read_text() == "M"


@pytest.mark.parametrize(
    ("old", "variables", "said"),
    [
        ("infra", {"BASE_SHA": "0" * 40}, "the base commit 000000000000 cannot be fetched"),
        ("cdk.out", {}, "has no cdk.out"),
        ("stack:mail", {}, "stack:mail is no path"),
        ("infra", {"BASE_CODE": "1"}, "the base commit's infra cannot be read"),
        ("..", {}, "not a git repository"),
    ],
)
def test_without_an_ancestor_the_log_says_why(
    bench: Bench, origin: Path, old: str, variables: dict[str, str], said: str
) -> None:
    _checkout(origin, bench.folder, "merge")
    (bench.folder / "cdk.out").mkdir()
    told = _compare(bench, **{"OLD": old, "BASE_SHA": _sha(origin, "a"), **variables})
    assert "--base" not in told["words"]
    assert "::notice::" in told["log"]
    assert said in told["log"]


@pytest.mark.parametrize(
    ("given", "base"), [("none", None), ("state.json", "state.json"), ("", None)]
)
def test_the_ancestor_may_be_given(bench: Bench, given: str, base: str | None) -> None:
    words = _compare(bench, BASE=given)["words"]
    assert ("--base" in words) == (base is not None)
    assert base is None or words[words.index("--base") + 1] == base


def _switch_off_by_hand(emulator: Emulator) -> None:
    client = boto3.client(
        "sesv2",
        region_name="eu-west-1",
        endpoint_url=emulator.url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    client.put_configuration_set_sending_options(
        ConfigurationSetName="newsletter", SendingEnabled=False
    )


def test_a_pull_request_is_not_failed_by_what_it_changes(bench: Bench, tmp_path: Path) -> None:
    """The whole way, with the command itself: the code is ahead of the account, then both are."""
    _git(tmp_path, "init", "--quiet")
    code = tmp_path / "infra"
    shutil.copytree(SHOP, code, ignore=shutil.ignore_patterns(".ses2iac.json"))
    _git(tmp_path, "add", "infra")
    _git(tmp_path, "commit", "--quiet", "--message", "base")
    base = _git(tmp_path, "rev-parse", "HEAD")
    file = code / "event_destinations.tf"
    file.write_text(file.read_text().replace('types = ["BOUNCE"', 'types = ["REJECT"', 1))
    results = []
    with Emulator() as emulator:
        seed(emulator)
        variables = {**emulator.environment(), "BASE_SHA": base, "REGION": "eu-west-1"}
        inputs = {"OLD": "infra", "NEW": "live", "OPTIONS": ""}
        for by_hand in (False, True):
            if by_hand:
                _switch_off_by_hand(emulator)
            ran = bench.step("Compare", **inputs, **variables)
            assert ran.code == 0, ran.err
            results.append(bench.outputs["result"])
    assert results == ["pending", "drift"]


# Commenting and judging
# --------------------------------------------------------------------------------------


def _comment(bench: Bench, result: str, **more: str) -> Ran:
    report = bench.folder / "report.md"
    report.write_text("**1 changed**\n")
    given = {"OLD": "infra", "NEW": "live", "REGION": "eu-west-1", "NAME": "", **more}
    shared = {"GH_TOKEN": "token", "PULL_REQUEST": "7", "REPORT": str(report), "RESULT": result}
    ran = bench.step("Comment", **shared, **given)
    assert ran.code == 0, ran.err
    return ran


def _body(bench: Bench) -> str:
    return (bench.folder / "calls.body").read_text()


def test_a_difference_is_a_comment(bench: Bench) -> None:
    _comment(bench, "different")
    assert bench.calls[0].startswith("api --paginate repos/shop/mail/issues/7/comments --jq ")
    assert bench.calls[1].startswith("api --method POST repos/shop/mail/issues/7/comments --field")
    assert _body(bench) == "<!-- ses2iac infra live eu-west-1 -->\n**1 changed**\n"


def test_the_comment_that_stands_is_kept_up_to_date(bench: Bench) -> None:
    _comment(bench, "same", FOUND="99\n100")
    assert bench.calls[1].startswith(
        "api --method PATCH repos/shop/mail/issues/comments/99 --field"
    )


def test_no_difference_is_no_comment(bench: Bench) -> None:
    _comment(bench, "same")
    assert len(bench.calls) == 1


def test_a_failure_says_where_to_look(bench: Bench) -> None:
    _comment(bench, "failed")
    assert "the log of the job says why" in _body(bench)


@pytest.mark.parametrize(
    ("inputs", "other"),
    [
        ({"REGION": "us-east-1"}, {}),
        ({"NEW": "stack:mail"}, {}),
        ({"OLD": "other"}, {}),
        ({"NAME": "strict"}, {}),
        ({"OLD": "a b", "NEW": "c"}, {"OLD": "a", "NEW": "b c"}),
        ({"NAME": "-"}, {}),
    ],
)
def test_what_tells_two_comparisons_apart_is_in_the_marker(
    bench: Bench, inputs: dict[str, str], other: dict[str, str]
) -> None:
    markers = set()
    for given in (inputs, other):
        _comment(bench, "drift", **given)
        markers.add(_body(bench).splitlines()[0])
    assert len(markers) == 2


def test_no_input_ends_the_marker(bench: Bench) -> None:
    _comment(bench, "drift", NAME="x --> <b>\n```")
    marker, name = _body(bench).splitlines()[:2]
    assert marker == "<!-- ses2iac infra live eu-west-1 x%20--%3E%20%3Cb%3E%0A%60%60%60 -->"
    assert name == "**x --> <b>"


def test_a_comment_that_may_not_be_made_decides_nothing(bench: Bench) -> None:
    # As a token that has no rights on the pull request of a fork.
    denied = "#!/bin/sh\necho 'gh: Resource not accessible by integration (HTTP 403)' >&2; exit 1\n"
    (bench.folder / "bin/gh").write_text(denied)
    ran = _comment(bench, "drift")
    assert ran.out == (
        "::warning::no comment on the pull request: "
        "gh: Resource not accessible by integration (HTTP 403)\n"
    )
    assert "No comment on the pull request" in (bench.folder / "summary").read_text()


def test_a_runner_without_gh_decides_nothing(bench: Bench) -> None:
    (bench.folder / "bin/gh").unlink()
    for program in ("bash", "python3", "cat"):
        (bench.folder / "bin" / program).symlink_to(shutil.which(program) or "")
    ran = _comment(bench, "drift", PATH=str(bench.folder / "bin"))
    assert ran.out.startswith("::warning::no comment on the pull request: ")


def test_the_step_that_comments_may_fail() -> None:
    assert _steps()["Comment"]["continue-on-error"] is True


RESULTS = ("same", "pending", "not-compared", "different", "drift", "conflict", "partial", "failed")
_ANY = {"same"}
_DRIFT = {"same", "pending"}
_CONFLICT = {"same", "pending", "drift"}
_ERROR = {"same", "pending", "drift", "conflict", "different", "not-compared"}


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize(
    ("event", "fail_on", "passes"),
    [
        ("schedule", "", _ANY),
        ("push", "", _ANY),
        ("workflow_dispatch", "", _ANY),
        ("pull_request", "", _DRIFT),
        ("merge_group", "", _DRIFT),
        *(
            (event, fail_on, passes)
            for event in ("schedule", "pull_request")
            for fail_on, passes in (
                ("any", _ANY),
                ("different", _ANY),
                ("pending", _ANY),
                ("drift", _DRIFT),
                ("conflict", _CONFLICT),
                ("error", _ERROR),
            )
        ),
    ],
)
def test_the_caller_chooses_what_fails(
    bench: Bench, event: str, fail_on: str, passes: set[str], result: str
) -> None:
    ran = bench.step("Judge", RESULT=result, FAIL_ON=fail_on, GITHUB_EVENT_NAME=event)
    assert ran.code == (0 if result in passes else 1)
    word = "no difference" if result == "same" else f"::{'error' if ran.code else 'warning'}::"
    assert ran.out.startswith(word)


@pytest.mark.parametrize(
    ("result", "fail_on"), [("same", "never"), ("", "error"), ("other", "error"), ("drift", "d*")]
)
def test_what_is_not_known_fails(bench: Bench, result: str, fail_on: str) -> None:
    assert bench.step("Judge", RESULT=result, FAIL_ON=fail_on).code == 1


# GitLab
# --------------------------------------------------------------------------------------


def _gitlab() -> dict[str, Any]:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/ci.md").read_text(), re.DOTALL)
    (block,) = (block for block in blocks if "id_tokens:" in block)
    found: dict[str, Any] = yaml.safe_load(block)
    return found


def _job(name: str, folder: Path, env: dict[str, str]) -> tuple[int, str]:
    """Run a job's script as a runner does: one shell that stops at what fails."""
    script = "\n".join(_gitlab()[name]["script"]).replace("/tmp/base", str(folder.parent / "base"))
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**env, "REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == (folder / "drift.md").read_text(), done.stderr
    return done.returncode, done.stdout


def test_the_jobs_of_gitlab_work_as_they_are_written(bench: Bench, tmp_path: Path) -> None:
    origin, checkout = tmp_path / "origin", tmp_path / "checkout"
    code = origin / "infra"
    shutil.copytree(SHOP, code, ignore=shutil.ignore_patterns(".ses2iac.json"))
    _git(origin, "init", "--quiet")
    _git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    for tag in ("base", "head"):
        file = code / "event_destinations.tf"
        if tag == "head":
            file.write_text(file.read_text().replace('types = ["BOUNCE"', 'types = ["REJECT"', 1))
        _git(origin, "add", ".")
        _git(origin, "commit", "--quiet", "--message", tag)
        _git(origin, "tag", tag)
    _checkout(origin, checkout, "head")
    with Emulator() as emulator:
        seed(emulator)
        env = {**bench.env, **emulator.environment()}
        env["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = _sha(origin, "base")
        assert _job("ses-drift", checkout, env)[0] == 3
        assert _job("ses-merge-request", checkout, env)[0] == 0
        _git(checkout, "worktree", "remove", str(tmp_path / "base"))
        _switch_off_by_hand(emulator)
        code_, said = _job("ses-merge-request", checkout, env)
        assert code_ == 3
        assert "SendingEnabled" in said


def test_the_role_of_gitlab_is_assumed_with_the_token_of_the_job() -> None:
    job = _gitlab()[".ses2iac"]
    (token,) = job["id_tokens"]
    assert f'"${token}" > "$AWS_WEB_IDENTITY_TOKEN_FILE"' in job["before_script"][0]
    assert set(job["variables"]) == {"REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"}


# Before a commit, and a release
# --------------------------------------------------------------------------------------


def test_the_hook_runs_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    words = hook["entry"].split()[1:]
    source, out = str(SAMPLES / "shop/snapshot.json"), str(tmp_path / "infra")
    arguments = ("terraform", "--from", source, "--out", out)
    assert ses2iac(capsys, *words, *arguments).code == 3
    assert not (tmp_path / "infra").exists()
    assert ses2iac(capsys, "export", *arguments).code == 0
    assert ses2iac(capsys, *words, *arguments).code == 0
    file = tmp_path / "infra/event_destinations.tf"
    file.write_text(file.read_text().replace("BOUNCE", "CLICK"))
    ran = ses2iac(capsys, *words, *arguments)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines()[-1] == f"warning: {file}: out of date"
    assert "SuppressionScope" not in ran.err
    ran = ses2iac(capsys, *words, *arguments, "--diff")
    assert ran.code == 3
    assert '-    matching_event_types = ["CLICK"' in ran.out
    assert "CLICK" in file.read_text()


RELEASE = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("tag", "changelog", "code"),
    [
        ("v{version}", "# Changelog\n\n## {version} - 2026-12-01\n", 0),
        ("v{version}", "# Changelog\n\n## Unreleased\n", 1),
        ("v999.0.0", "# Changelog\n\n## {version} - 2026-12-01\n", 1),
    ],
)
def test_a_release_is_of_the_version_that_its_tag_names(
    tmp_path: Path, tag: str, changelog: str, code: int
) -> None:
    (step,) = (each for each in RELEASE["jobs"]["build"]["steps"] if "name" in each)
    package = tmp_path / "exporter"
    package.mkdir()
    (package / "__init__.py").write_text((ROOT / "exporter/__init__.py").read_text())
    (tmp_path / "CHANGELOG.md").write_text(changelog.format(version=__version__))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "GITHUB_REF_NAME": tag.format(version=__version__)},
        check=False,
    )
    assert ran.returncode == code


def test_only_the_job_that_publishes_has_a_token() -> None:
    jobs = RELEASE["jobs"]
    assert RELEASE["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert not any("permissions" in jobs[name] for name in jobs if name != "publish")
