"""Which Terraform the code in a folder is for, and whether that knows ``removed`` blocks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.code_beside import CodeBeside, VersionConstraint
from exporter.formats.terraform.versions import constraints

NEEDED = (1, 7)

ADMITTED = [
    *("", ">= 1.5", ">= 1.7", ">= 1.7.0", "~> 1.5", "~> 1.7.0", "~> 1.8.3", "> 1.6", "1.7.0"),
    *("= 1.11.4", "v1.8.0", "< 2.0.0", "<2", "<= 1.7", "<= 1.7.0", "!= 1.7.0", ">= 1.5, != 1.6.3"),
    *(">= 1.5, < 1.7.1", "~> 1", "~> 2.0", "< 1.10.0", ">=1.3.0,<1.12.0", "=1.7.5", ">= 0.13"),
]
REFUSED = [
    *("1.6.6", "= 1.5.7", "~> 1.5.0", "~> 1.6.2", "< 1.7", "< 1.7.0", "<= 1.6", "<= 1.6.99"),
    *(">= 1.3, < 1.6", ">= 1.5.0, <= 1.5.7", "~> 0.13", "~> 0.14.0", "v1.5.7", "<1.6.0", "=1.5"),
    *("< 1.7.0, >= 1.5", "1.5.0 , > 1.4", "~>1.6.0"),
]


def refusing(folder: Path) -> VersionConstraint | None:
    return CodeBeside(folder, version_constraints=tuple(constraints(folder))).refusing(NEEDED)


def said_by(folder: Path, **files: str) -> str | None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    found = refusing(folder)
    return found.where.removeprefix(f"{folder}/") if found else None


@pytest.mark.parametrize("text", ADMITTED)
def test_a_constraint_that_admits_it(tmp_path: Path, text: str) -> None:
    root = f'terraform {{\n  required_version = "{text}"\n}}\n'
    assert said_by(tmp_path, **{"main.tf": root}) is None


@pytest.mark.parametrize("text", REFUSED)
def test_a_constraint_that_refuses_it(tmp_path: Path, text: str) -> None:
    root = f'terraform {{\n  required_version = "{text}"\n}}\n'
    assert said_by(tmp_path, **{"main.tf": root}) == "main.tf:2"
    found = refusing(tmp_path)
    assert found is not None
    assert found.text == f'required_version = "{text}"'


@pytest.mark.parametrize(
    ("name", "line", "is_said"),
    [
        ("a.tf", 'terraform { required_version = "~> 1.5.0" }', True),
        ("a.tf", 'terraform {required_version="~> 1.5.0"}', True),
        ("a.tf.json", '{"terraform": {"required_version": "~> 1.5.0"}}', True),
        ("a.tf.json", '  "required_version": "~> 1.5.0"', True),
        ("a.tf", '# required_version = "~> 1.5.0"', False),
        ("a.tf", '  // required_version = "~> 1.5.0"', False),
        ("a.tf", '  name = "x" # required_version = "~> 1.5.0"', False),
        ("a.tf", '  my_required_version = "~> 1.5.0"', False),
        ("a.tf.bak", 'required_version = "~> 1.5.0"', False),
    ],
)
def test_where_a_root_says_it(tmp_path: Path, name: str, line: str, is_said: bool) -> None:
    assert (said_by(tmp_path, **{name: line + "\n"}) is not None) == is_said


@pytest.mark.parametrize(
    ("name", "text", "is_refused"),
    [
        (".terraform-version", "1.6.6\n", True),
        (".terraform-version", "1.6.6", True),
        (".terraform-version", "v1.5.7 # until May\n", True),
        (".terraform-version", "1.6.0-beta1\n", True),
        (".terraform-version", "1.7.0\n", False),
        (".terraform-version", "1.11.4\n", False),
        (".terraform-version", "latest\n", False),
        (".terraform-version", "latest:^1.5\n", False),
        (".terraform-version", "min-required\n", False),
        (".terraform-version", "", False),
        (".tool-versions", "nodejs 20.1.0\nterraform 1.5.7\n", True),
        (".tool-versions", "terraform   1.5.7   # pinned\n", True),
        (".tool-versions", "terraform\t1.5.7\n", True),
        (".tool-versions", "terraform 1.5.7 system\n", True),
        (".tool-versions", "terraform 1.9.0 1.5.7\n", False),
        (".tool-versions", "terraform-docs 0.16.0\n", False),
        (".tool-versions", "# terraform 1.5.7\n", False),
        (".tool-versions", "terraform latest\n", False),
    ],
)
def test_what_version_managers_are_told(
    tmp_path: Path, name: str, text: str, is_refused: bool
) -> None:
    assert (said_by(tmp_path, **{name: text}) is not None) == is_refused


def test_the_nearest_of_them_counts(tmp_path: Path) -> None:
    inner = tmp_path / "team" / "mail"
    inner.mkdir(parents=True)
    (tmp_path / ".terraform-version").write_text("1.5.7\n", encoding="utf-8")
    assert refusing(inner) is not None
    (tmp_path / "team" / ".terraform-version").write_text("1.9.0\n", encoding="utf-8")
    assert refusing(inner) is None


def test_what_stands_outside_the_repository_does_not_count(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "mail"
    inner.mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    (tmp_path / ".terraform-version").write_text("1.5.7\n", encoding="utf-8")
    assert refusing(inner) is None


def test_a_folder_that_is_yet_to_be_made_says_nothing(tmp_path: Path) -> None:
    assert refusing(tmp_path / "infra") is None


# Against an oracle that tries versions one by one
# ------------------------------------------------------------------------------------------

OPERATORS = ("", "=", "!=", ">", ">=", "<", "<=", "~>")
CANDIDATES = [
    (major, minor, patch) for major in (1, 2) for minor in range(12) for patch in range(9)
]
ABOVE = [each for each in CANDIDATES if each >= (1, 7, 0)]


def admits(operator: str, parts: list[int], candidate: tuple[int, int, int]) -> bool:
    """What go-version documents of an operator."""
    bound = (*parts, 0, 0)[:3]
    kept = len(parts) - 1
    return {
        "": candidate == bound,
        "=": candidate == bound,
        "!=": candidate != bound,
        ">": candidate > bound,
        ">=": candidate >= bound,
        "<": candidate < bound,
        "<=": candidate <= bound,
        "~>": candidate >= bound and candidate[:kept] == bound[:kept],
    }[operator]


clauses = st.tuples(
    st.sampled_from(OPERATORS),
    st.tuples(st.integers(1, 2), st.integers(0, 9), st.integers(0, 6)),
    st.integers(1, 3),
).map(lambda drawn: (drawn[0], list(drawn[1][: drawn[2]])))


@given(st.lists(clauses, min_size=1, max_size=3))
def test_nothing_that_can_run_is_refused_and_nothing_too_old_is_let_pass(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, list[int]]]
) -> None:
    texts = [f"{operator} {'.'.join(map(str, parts))}".strip() for operator, parts in drawn]
    folder = tmp_path_factory.mktemp("root")
    (folder / "main.tf").write_text(f'  required_version = "{", ".join(texts)}"\n', "utf-8")

    def runs(candidates: list[tuple[int, int, int]]) -> bool:
        return any(all(admits(*clause, each) for clause in drawn) for each in candidates)

    is_refused = refusing(folder) is not None
    if runs(ABOVE):
        assert not is_refused
    elif runs(CANDIDATES):
        # Some Terraform runs it, and none that knows the blocks.
        assert is_refused
