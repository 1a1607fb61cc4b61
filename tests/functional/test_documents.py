"""README and docs say what is true: outputs shown are outputs, options named exist."""

import json
import re
import shlex
from pathlib import Path

import pytest

from exporter.aws.errors import ACTIONS
from exporter.cli.commands import SUMMARIES
from tests import command_docs
from tests.support import ROOT, ses2iac

README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = (ROOT / "docs/tour.md").read_text(encoding="utf-8")


def _blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", _blocks("console"))
def test_the_output_shown_is_what_the_command_prints(
    block: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command, _, shown = block.partition("\n")
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    ran = ses2iac(capsys, *shlex.split(command.removeprefix("$ ses2iac ")))
    printed = "\n".join(line.rstrip() for line in (ran.out + ran.err).splitlines())
    assert printed.strip("\n") == shown.strip("\n")


@pytest.mark.parametrize("language", ["hcl", "yaml", "python"])
def test_the_code_shown_is_in_the_sample(language: str) -> None:
    samples = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "samples/shop").rglob("*")
        if path.is_file()
    ]
    # In an export of less, a target that appears once there stands in its place.
    locals_ = dict(re.findall(r'^  (\w+_arn) += (".*")$', "\n".join(samples), re.MULTILINE))
    samples += [
        sample.replace(f"local.{name}", arn)
        for sample in samples
        for name, arn in locals_.items()
        if f"local.{name}" in sample
    ]
    blocks = [*_blocks(language), *_blocks(language, TOUR)]
    assert blocks
    for block in blocks:
        assert any(block.rstrip() in sample for sample in samples), block


def test_the_readme_is_read_in_a_minute() -> None:
    assert README.count("\n") <= 150


def test_no_command_asks_a_package_index_for_ses2iac() -> None:
    """It is on none yet: a checkout or git is where it comes from."""
    folders = {"docs": "*.md", "exporter": "*.py", "templates": "*.jinja"}
    texts = [path for folder, glob in folders.items() for path in (ROOT / folder).rglob(glob)]
    asks = re.compile(r"(?:pip|pipx|uv)\b[^\n]* install [^\n]*\bses2iac(?!\s*@)\b(?!/)")
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *texts]:
        assert not asks.search(path.read_text(encoding="utf-8")), path


def test_the_picture_shown_is_what_the_command_draws(
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = str(ROOT / "samples/shop/snapshot.json")
    drawn = ses2iac(capsys, "graph", "--from", source, "--output", "svg").out
    assert drawn == (ROOT / "docs/shop.svg").read_text(encoding="utf-8")


def test_the_policy_allows_what_is_called_and_no_more() -> None:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    (policy,) = _blocks("json", page)
    (statement,) = json.loads(policy)["Statement"]
    reading = {action for action in ACTIONS.values() if action.startswith("ses:")}
    assert set(statement["Action"]) == reading
    assert {action for action in ACTIONS.values() if f"`{action}`" not in page} == reading - {
        "ses:GetConfigurationSet"
    }
    scale = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
    assert all(action in scale for action in ("sts:AssumeRole", "organizations:ListAccounts"))


@pytest.mark.parametrize("command", SUMMARIES)
def test_the_options_of_a_command_are_documented(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    help_text = ses2iac(capsys, command, "--help").out
    options = set(re.findall(r"--[a-z][a-z-]+", help_text)) - {"--help"}
    documented = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert options
    assert {option for option in options if option not in documented} == set()


def test_the_list_of_commands_is_that_of_the_code() -> None:
    """``make docs`` writes it."""
    assert command_docs.FILE.read_text(encoding="utf-8") == command_docs.text()


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "CONTRIBUTING.md",
        *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    ],
)
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    missing = [
        target for target in targets if not (ROOT / document).parent.joinpath(target).exists()
    ]
    assert missing == []


def test_every_page_is_listed() -> None:
    """In the site's navigation and in llms.txt."""
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = (ROOT / "docs/llms.txt").read_text(encoding="utf-8")
    assert set(re.findall(r": (\S+\.md)$", site, re.MULTILINE)) == pages
    assert set(re.findall(r"\]\((\S+\.md)\)", listed)) == pages
