"""``ses2iac.toml``: what it says is obeyed, what nobody understands is refused with its line."""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model.account_query import FLAGS, KEYS, AccountQuery, check, problems
from exporter.sources.config import CONFIG_FILE, Config, find, load
from exporter.support.errors import ExporterError, UsageError
from exporter.support.toml_text import line_of, lines_of
from tests.strategies import examples

ROLE = "arn:aws:iam::123456789012:role/ses-reader"
SECRET = "planted secret!"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / CONFIG_FILE
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(folder: Path, text: str | bytes) -> ExporterError:
    path = written(folder, text)
    with pytest.raises(ExporterError) as caught:
        load(path)
    assert not isinstance(caught.value, UsageError), "the file is wrong, not the command line"
    assert caught.value.where.startswith(f"{path}:")
    assert SECRET not in str(caught.value) + caught.value.hint
    return caught.value


# What is read
# ------------------------------------------------------------------------------------


def test_every_key(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"""
        [[target]]
        profile = "audit"
        region = ["eu-west-1", "us-east-1"]
        role_arn = "{ROLE}"
        external_id = "shared"
        role_session_name = "nightly"
        endpoint_url = "https://example.com"

        [[target]]
        all_regions = true
        organization_role = "audit/ses-reader"
        include_accounts = ["123456789012", "210987654321"]
        exclude_accounts = "210987654321"
        """,
    )
    one = AccountQuery(
        profile="audit",
        regions=("eu-west-1", "us-east-1"),
        role_arns=(ROLE,),
        external_id="shared",
        role_session_name="nightly",
        endpoint_url="https://example.com",
    )
    other = AccountQuery(
        all_regions=True,
        organization_role="audit/ses-reader",
        include_accounts=("123456789012", "210987654321"),
        exclude_accounts=("210987654321",),
    )
    assert load(path) == Config(path, (one, other))
    fields = {field.name for field in dataclasses.fields(AccountQuery)}
    assert fields == set(KEYS) == set(FLAGS)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\ufeff", "target = []\n"])
def test_a_file_without_a_target(tmp_path: Path, text: str) -> None:
    assert load(written(tmp_path, text)).targets == ()


def test_an_empty_target_leaves_all_to_the_aws_configuration(tmp_path: Path) -> None:
    assert load(written(tmp_path, "[[target]]\n")).targets == (AccountQuery(),)


def test_a_file_as_windows_writes_it(tmp_path: Path) -> None:
    path = written(tmp_path, b'\xef\xbb\xbf[[target]]\r\nregion = "eu-west-1"\r\n')
    assert load(path).targets == (AccountQuery(regions=("eu-west-1",)),)


# What is refused
# ------------------------------------------------------------------------------------

REFUSED = {
    "a typo": ('[[target]]\n\nregoin = "x"\n', 3, "unknown key 'regoin'", "region?"),
    "a plural": ("[[target]]\nroles_arns = 1\n", 2, "unknown key 'roles_arns'", "role_arn?"),
    "capitals": ('[[target]]\nRegion = "x"\n', 2, "unknown key 'Region'", "region?"),
    "nothing alike": ("[[target]]\nzzz = 1\n", 2, "unknown key 'zzz'", "use one of: profile"),
    "of the second": ("[[target]]\n[[target]]\nzzz = 1\n", 3, "unknown key 'zzz'", "use one of"),
    "a table": ("\n[[targets]]\n", 2, "unknown table or key 'targets'", "target?"),
    "a table of others": (
        "[scan]\n",
        1,
        "unknown table or key 'scan'",
        "use one of: target, export",
    ),
    "outside": ('# x\nregion = "x"\n', 2, "'region' is outside a [[target]]", "[[target]]"),
    "one table": ("[target]\n", 1, "'target' is not a list of tables", "two brackets"),
    "a number": ("target = 5\n", 1, "'target' is not a list of tables", "two brackets"),
    "no text": ("[[target]]\nprofile = 5\n", 2, "must be text, not a number", "quotes"),
    "no text in a list": (
        '[[target]]\nregion = [\n  "eu-west-1",\n  # the other\n  2026-01-01,\n]\n',
        5,
        "'region' must contain only text, not a date or time",
        "quotes",
    ),
    "an account without quotes": (
        "[[target]]\norganization_role = 'r'\ninclude_accounts = [123456789012]\n",
        3,
        "must contain only text",
        "quotes",
    ),
    "nothing": (
        '[[target]]\nprofile = ""\n',
        2,
        "'profile' must be text, not empty text",
        "delete the line",
    ),
    "an empty list": (
        "[[target]]\nregion = []\n",
        2,
        "'region' must have at least one value, not an empty list",
        "delete",
    ),
    "quoted true": ('[[target]]\nall_regions = "true"\n', 2, "not text", "without quotes"),
    "both": (
        '[[target]]\nall_regions = true\nregion = "x"\n',
        2,
        "region and all_regions can't be combined",
        "one of the two",
    ),
    "an account": (
        '[[target]]\norganization_role = "r"\nexclude_accounts = [\n"123456789012",\n"12",\n]\n',
        5,
        "exclude_accounts '12' is not the ID of an account",
        "12 digits",
    ),
    "an external id": (
        f'[[target]]\nrole_arn = "{ROLE}"\nexternal_id = "{SECRET}"\n',
        3,
        "external_id is not a valid external ID",
        "2 to 1224",
    ),
    "an external id that is none": (
        f'[[target]]\nexternal_id = ["{SECRET}"]\n',
        2,
        "'external_id' must be text, not a list",
        "quotes",
    ),
    "syntax": ("[[target]]\nregion = eu-west-1\n", 2, "not valid TOML: Invalid value at", "quotes"),
    "no end": ('[[target]]\nregion = [\n"x"\n\n', 2, "not valid TOML: Unclosed array", "fix"),
    "twice": (
        "[[target]]\nprofile = 'a'\nprofile = 'b'\n",
        3,
        "not valid TOML: Cannot overwrite a value at column 14",
        "fix",
    ),
    "a long number": (f"[[target]]\n\nx = {'1' * 5000}\n", 3, "not valid TOML", "fix"),
    "another encoding": (b"[[target]]\nprofile = '\xe9'\n", 2, "not UTF-8", "save it as UTF-8"),
}


@pytest.mark.parametrize(("text", "line", "what", "hint"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(
    tmp_path: Path, text: str | bytes, line: int, what: str, hint: str
) -> None:
    error = refusal(tmp_path, text)
    assert what in error.what
    assert hint in error.hint
    assert error.where == f"{tmp_path / CONFIG_FILE}:{line}"


def test_a_file_that_is_nested_without_end(tmp_path: Path) -> None:
    with pytest.raises(ExporterError, match="nested too deeply"):
        load(written(tmp_path, "x = " + "[" * 100_000))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ExporterError, match="cannot be read: No such file or directory"):
        load(tmp_path / CONFIG_FILE)


# Lines
# ----------------------------------------------------------------------------------------------

Place = tuple[str | int, ...]
Block = tuple[list[str], list[tuple[Place, int]]]
"""Lines, and which places begin on which of them, from 0."""

BARE_KEYS = ("a", "b-1", "1", "_")
QUOTED_KEYS = {'"a b"': "a b", "'a.b'": "a.b", r'"\u0041"': "A", '"#"': "#", '"]"': "]", '""': ""}
PLAIN = ("1", "true", '"x"', "'#'", '"\\""', "[1, [2], {a = ']'}]", "[]", "{ a = 1, b.c = '[x]' }")
LONG = (
    '"""\n[x]\na = 1\n]\n"""',
    "'''\n\\\n]\n'''",
    '"""\\\n   #\n"""',
    "[[\n1\n],[\n2]]",
    '""""\n"""""',
)
NOISE = ("", "  ", "# a = 1", "# [[x]]", '# """', "\t# '''")


@st.composite
def statements(draw: st.DrawFn, place: Place, taken: set[str]) -> Block:
    """A key with its value, over as many lines as it takes."""
    keys = {**{key: key for key in BARE_KEYS}, **QUOTED_KEYS}
    free = sorted(key for key in keys if keys[key] not in taken)
    key = draw(st.sampled_from(free))
    taken.add(keys[key])
    at: Place = (*place, keys[key])
    shown = key
    places: list[tuple[Place, int]] = [(at, 0)]
    if draw(st.integers(0, 4)) == 0:
        shown, at = f"{key} . sub", (*at, "sub")
        places.append((at, 0))
    if draw(st.booleans()):
        value = draw(st.sampled_from((*PLAIN, *LONG)))
        return f"{shown} = {value}".split("\n"), places
    lines = [f"{shown} = [ # the list"]
    for index in range(draw(st.integers(0, 3))):
        lines += draw(st.lists(st.sampled_from(NOISE), max_size=2))
        item = draw(st.sampled_from((*PLAIN, *LONG[:3])))
        places.append(((*at, index), len(lines)))
        lines += f"  {item}, # one".split("\n")
    return [*lines, "]"], places


@st.composite
def documents(draw: st.DrawFn) -> Block:
    """A document with tables of every kind, and where each thing in it begins."""
    lines: list[str] = []
    places: list[tuple[Place, int]] = []

    def add(block: Block) -> None:
        lines.extend(draw(st.lists(st.sampled_from(NOISE), max_size=2)))
        places.extend((place, len(lines) + line) for place, line in block[1])
        lines.extend(block[0])

    def add_statements(place: Place) -> None:
        taken: set[str] = set()
        for _ in range(draw(st.integers(0, 3))):
            add(draw(statements(place, taken)))

    add_statements(())
    for index in range(draw(st.integers(0, 3))):
        top: list[tuple[Place, int]] = [] if index else [(("target",), 0)]
        add((["[[ target ]] # one more"], [*top, (("target", index), 0)]))
        add_statements(("target", index))
        if draw(st.booleans()):
            add((["[target.'in it']"], [(("target", index, "in it"), 0)]))
            add_statements(("target", index, "in it"))
    return lines, places


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@examples(100)
@given(document=documents())
def test_each_thing_is_found_on_its_line(end: str, document: Block) -> None:
    lines, places = document
    text = end.join(lines) + end
    parsed: Any = tomllib.loads(text)
    for place, line in places:
        value = parsed
        for key in place:
            value = value[key]
        assert line_of(text, place) == line + 1, place


def test_a_long_file_is_no_burden() -> None:
    blocks = (f'[[target]]\nregion = [\n{"  # x" * 5}\n"r{number}",\n]\n' for number in range(400))
    text = "".join(blocks)
    assert line_of(text, ("target", 399, "region", 0)) == 399 * 5 + 4


# Finding it
# -----------------------------------------------------------------------------------------


def test_it_is_found_upwards(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    path = written(tmp_path, "")
    assert find(below) == find(tmp_path) == path
    nearer = written(tmp_path / "a", "")
    assert find(below) == nearer
    # A folder of that name is not the file.
    (below / CONFIG_FILE).mkdir()
    assert find(below) == nearer


def test_there_may_be_none(tmp_path: Path) -> None:
    assert find(tmp_path) is None


# Targets
# ----------------------------------------------------------------------------------------------

WRONG = {
    "both kinds of regions": (
        AccountQuery(regions=("r",), all_regions=True),
        "--region and --all-regions",
    ),
    "both kinds of roles": (
        AccountQuery(role_arns=(ROLE,), organization_role="o"),
        "--role-arn and --organization-role",
    ),
    "accounts of no organization": (
        AccountQuery(exclude_accounts=("1",)),
        "--exclude-account needs",
    ),
    "an external id for nobody": (
        AccountQuery(external_id=SECRET),
        "--external-id needs a role",
    ),
    "a session of nobody": (
        AccountQuery(role_session_name="ci"),
        "--role-session-name needs a role",
    ),
    "an account": (
        AccountQuery(organization_role="o", include_accounts=("12345678901２",)),
        "is not the ID of an account",
    ),
    "a role's name for its ARN": (AccountQuery(role_arns=("reader",)), "'reader' is not the ARN"),
    "a user": (AccountQuery(role_arns=("arn:aws:iam::123456789012:user/x",)), "is not the ARN"),
    "a session's ARN": (
        AccountQuery(role_arns=("arn:aws:sts::123456789012:assumed-role/x/y",)),
        "is not the ARN",
    ),
    "a line after the ARN": (AccountQuery(role_arns=(ROLE + "\n",)), "is not the ARN"),
    "an ARN for a role's name": (AccountQuery(organization_role=ROLE), "is not the name of a role"),
    "an empty role": (AccountQuery(organization_role=""), "is not the name of a role"),
    "a long role": (AccountQuery(organization_role="a" * 65), "is not the name of a role"),
    "an external id": (
        AccountQuery(role_arns=(ROLE,), external_id=SECRET),
        "--external-id is not a valid external ID",
    ),
    "a short external id": (
        AccountQuery(role_arns=(ROLE,), external_id="x"),
        "--external-id is not a valid external ID",
    ),
    "a session": (
        AccountQuery(role_arns=(ROLE,), role_session_name="a b"),
        "--role-session-name 'a b' is not a valid",
    ),
}


@pytest.mark.parametrize(("target", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be(target: AccountQuery, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)) as caught:
        check(target, "here")
    assert caught.value.where == "here"
    assert caught.value.hint
    assert SECRET not in str(caught.value) + caught.value.hint + repr(target)
    # In a file the same is said of its keys.
    said_of_keys = [problem.what for problem in problems(target, KEYS)]
    assert said_of_keys
    assert "--" not in "".join(said_of_keys)


RIGHT = (
    AccountQuery(),
    AccountQuery(regions=("eu-west-1", "us-east-1"), profile="x"),
    AccountQuery(all_regions=True, role_arns=(ROLE,), external_id="a:/b", role_session_name="a@b"),
    AccountQuery(role_arns=("arn:aws-us-gov:iam::123456789012:role/a/path/Reader+=,.@-_",)),
    AccountQuery(role_arns=("arn:aws-cn:iam::000000000000:role/r",), external_id="x" * 1224),
    AccountQuery(organization_role="path/to/OrganizationAccountAccessRole", external_id="xy"),
    AccountQuery(organization_role="a" * 64, include_accounts=("000000000001",)),
)


@pytest.mark.parametrize("target", RIGHT)
def test_what_can_be(target: AccountQuery) -> None:
    check(target)


@pytest.mark.parametrize(
    "text",
    [
        'a = 1\n\n[t]\n# b = 2\n"x y" = "z"\nb = 2\n[u]\nb = 3\n',
        '[t]\na = """\nb = 1\n"""\nb = 2\n[u]\nc = 1\n',
        "[t]\na = [\n1]\nb = 2\n",
        "[t]\na = 1\n[t.u]\na = 2\nb = 3\n",
        "[[t]]\na = 1\n[[t]]\na = 2\n",
        "t = {a = 1}\n",
    ],
)
def test_lines_that_are_found_quickly_are_those_that_are_found_with_care(text: str) -> None:
    found = lines_of(text)
    assert found or text.startswith("[[")
    for place, line in found.items():
        assert line_of(text, place) == line
