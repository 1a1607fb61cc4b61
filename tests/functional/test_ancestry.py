"""Whose change it is: random changes of the code and of the account, from one ancestor."""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.registry import FormatName
from tests.strategies import examples
from tests.support import ses2iac

Account = dict[str, dict[str, Any]]
"""The leaves of each resource by their paths; a destination is called ``SET/DESTINATION``."""

TOPIC = "arn:aws:sns:eu-west-1:123456789012:{}"
TYPES = ["BOUNCE", "CLICK", "COMPLAINT", "SEND"]


def _set(number: int) -> dict[str, Any]:
    return {
        "Tags[id]": str(number),
        "DeliveryOptions.TlsPolicy": "OPTIONAL",
        "SendingOptions.SendingEnabled": True,
        "ReputationOptions.ReputationMetricsEnabled": True,
    }


def _destination(number: int) -> dict[str, Any]:
    return {
        "Enabled": True,
        "MatchingEventTypes": ("BOUNCE",),
        # No two are alike, so that none is taken for another one renamed.
        "SnsDestination.TopicArn": TOPIC.format(f"topic-{number}"),
    }


BASE: Account = {
    "a": _set(1),
    "a/one": _destination(1),
    "a/two": _destination(2),
    "b": _set(2),
    "b/one": _destination(3),
    "c": _set(3),
}

Edit = tuple[str, str, Any]
"""A resource, a path (empty for the resource itself), and a value or None for its removal."""

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "Tags[id]": st.sampled_from(["7", "8"]),
    "Tags[owner]": st.sampled_from(["x", "y"]),
    "DeliveryOptions.TlsPolicy": st.just("REQUIRE"),
    "SendingOptions.SendingEnabled": st.just(False),
    "Enabled": st.just(False),
    "MatchingEventTypes": st.sets(st.sampled_from(TYPES), min_size=1).map(
        lambda found: tuple(sorted(found))
    ),
    "SnsDestination.TopicArn": st.sampled_from([TOPIC.format("moved"), TOPIC.format("gone")]),
}
OF_A_SET = [path for path in VALUES if path.startswith(("Tags", "Delivery", "Sending"))]
OF_A_DESTINATION = [path for path in VALUES if path not in OF_A_SET]


@st.composite
def _edits(draw: st.DrawFn) -> list[Edit]:
    found: list[Edit] = []
    for name in draw(st.lists(st.sampled_from(sorted(BASE)), max_size=4, unique=True)):
        if draw(st.integers(0, 4)) == 0:
            found.append((name, "", None))
            continue
        paths = OF_A_DESTINATION if "/" in name else OF_A_SET
        for path in draw(st.lists(st.sampled_from(paths), min_size=1, max_size=2, unique=True)):
            found.append((name, path, draw(VALUES[path])))
    for number in draw(st.lists(st.integers(10, 12), max_size=2, unique=True)):
        found.append((f"{draw(st.sampled_from('abc'))}/new-{number}", "", _destination(number)))
    return found


def _edited(edits: list[Edit]) -> Account:
    account = copy.deepcopy(BASE)
    for name, path, value in edits:
        if path:
            account[name][path] = value
    for name in [name for name, path, value in edits if not path and value is None]:
        # A set takes its destinations along.
        for each in [each for each in account if each == name or each.startswith(f"{name}/")]:
            del account[each]
    for name, path, value in edits:
        if not path and value is not None and name.partition("/")[0] in account:
            account[name] = dict(value)
    return account


def _nested(leaves: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"Tags": []}
    for path, value in leaves.items():
        if path.startswith("Tags["):
            found["Tags"].append({"Key": path[5:-1], "Value": value})
            continue
        *above, last = path.split(".")
        below = found
        for name in above:
            below = below.setdefault(name, {})
        below[last] = list(value) if isinstance(value, tuple) else value
    return {name: value for name, value in found.items() if value != []}


def _snapshot(path: Path, account: Account) -> str:
    sets = []
    for name in sorted(each for each in account if "/" not in each):
        destinations = [
            {"Name": each.partition("/")[2], **_nested(leaves)}
            for each, leaves in sorted(account.items())
            if each.startswith(f"{name}/")
        ]
        sets.append(
            {
                "ConfigurationSetName": name,
                **_nested(account[name]),
                "EventDestinations": destinations,
            }
        )
    scope = {
        "AccountId": "123456789012",
        "Partition": "aws",
        "Region": "eu-west-1",
        "ConfigurationSets": sets,
    }
    path.write_text(json.dumps({"FormatVersion": 1, "Scopes": [scope]}), encoding="utf-8")
    return str(path)


# What is right
# --------------------------------------------------------------------------------------


def _expected(code: Account, live: Account) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for name in {*code, *live}:
        if name not in live:
            is_edited = name in BASE and code[name] != BASE[name]
            found[name, ""] = _label(code=name not in BASE or is_edited, live=name in BASE)
        elif name not in code:
            is_edited = name in BASE and live[name] != BASE[name]
            found[name, ""] = _label(code=name in BASE, live=name not in BASE or is_edited)
        else:
            for path in {*code[name], *live[name]}:
                values = [each.get(path) for each in (BASE.get(name, {}), code[name], live[name])]
                if values[1] != values[2]:
                    found[name, path] = _label(
                        code=values[1] != values[0], live=values[2] != values[0]
                    )
    return found


def _label(*, code: bool, live: bool) -> str:
    return "conflict" if code and live else "pending" if code else "drift"


def _found(document: dict[str, Any]) -> dict[tuple[str, str], str]:
    found = {}
    for scope in document["Scopes"]:
        for change in scope["Changes"]:
            name = "/".join(
                change[key] for key in ("ConfigurationSet", "EventDestination") if key in change
            )
            for path in change.get("Paths", [{"Path": "", **change}]):
                found[name, path["Path"]] = path.get("Origin")
    return found


SWAPPED = {"drift": "pending", "pending": "drift", "conflict": "conflict"}


def _edit_by_hand(folder: Path) -> None:
    """Make an export anybody's code: what its manifest remembers counts no more."""
    files = {"terraform": "configuration_sets.tf", "cloudformation": "template.yaml"}
    name = files.get(folder.name, "ses_stack.py")
    path = folder / name
    if path.exists():
        path.write_text(f"{path.read_text(encoding='utf-8')}# edited\n", encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("format_", FormatName)
@pytest.mark.parametrize("base_is", ["snapshot", "code"])
def test_each_change_is_said_to_be_of_whoever_made_it(
    format_: FormatName,
    base_is: str,
    tmp_path_factory: pytest.TempPathFactory,
    capfd_run: Callable[..., tuple[int, str]],
) -> None:
    @examples(8)
    @given(code_edits=_edits(), live_edits=_edits())
    def check(code_edits: list[Edit], live_edits: list[Edit]) -> None:
        folder = tmp_path_factory.mktemp("ancestry")
        code, live = _edited(code_edits), _edited(live_edits)
        paths = {
            name: _snapshot(folder / f"{name}.json", account)
            for name, account in (("base", BASE), ("code", code), ("live", live))
        }
        infra = folder / format_
        capfd_run("export", format_, "--from", paths["code"], "--out", str(infra), "-q")
        _edit_by_hand(infra)
        base = paths["base"]
        if base_is == "code":
            base = str(folder / "before" / format_)
            capfd_run("export", format_, "--from", paths["base"], "--out", base, "-q")
            _edit_by_hand(Path(base))
        sides = (str(infra), paths["live"])
        expected = _expected(code, live)
        exit_code, out = capfd_run("diff", *sides, "--base", base, "--output", "json")
        assert _found(json.loads(out)) == expected
        assert exit_code == (3 if expected else 0)
        _, out = capfd_run("diff", *reversed(sides), "--base", base, "--output", "json")
        assert _found(json.loads(out)) == {at: SWAPPED[label] for at, label in expected.items()}
        for label in SWAPPED:
            exit_code, _ = capfd_run("diff", *sides, "--base", base, "--fail-on", label)
            assert exit_code == (3 if label in expected.values() else 0)

    check()


@pytest.fixture
def capfd_run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*arguments: str) -> tuple[int, str]:
        ran = ses2iac(capsys, *arguments)
        return ran.code, ran.out

    return run
