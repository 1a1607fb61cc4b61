"""Several accounts and regions in one CDK app: what they share, what stays, and what joins."""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.functional.snapshots import (
    ACCOUNT,
    Desk,
    Json,
    configuration_set,
    destination,
    scope,
    sns,
)
from tests.support import tree

HERE = scope(configuration_set("orders", destination("bounces")))
THERE = scope(configuration_set("orders", destination("bounces")), region="us-east-1")
OTHER = scope(configuration_set("orders", destination("bounces")), account="210987654321")
PACKAGE = f"account_{ACCOUNT}_us_east_1"
DEFAULT = "ses-configuration-sets"


def stacks(desk: Desk) -> dict[str, tuple[str, str]]:
    """Each stack by its id in the app: its name in the account, and its region."""
    found = {}
    for path in desk.out.rglob("*.py"):
        text = path.read_text()
        places = re.findall(r'region=(?:.* or )?"([^"]+)"', text)
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Call(
                    ast.Name(name), [ast.Name("app"), ast.Constant(str(construct_id))], keywords
                ) if name.startswith("SesStack"):
                    named = {each.arg: each.value for each in keywords}
                    given = named.get("stack_name")
                    own = given.value if isinstance(given, ast.Constant) else construct_id
                    found[construct_id] = (str(own), places[0])
    return found


def logical_ids(desk: Desk) -> dict[tuple[str, str], list[str]]:
    return {
        (each.get("AccountId", ""), each["Region"]): [r["Address"] for r in each["Resources"]]
        for each in desk.manifest()["Scopes"]
    }


def is_same_code(desk: Desk) -> None:
    """Its own code says what the snapshot says, and nothing is out of date."""
    fleet = str(desk.folder / "snapshot.json")
    assert desk.run("diff", str(desk.out), fleet).code == 0
    assert desk.again("--check", to="cdk").code == 0
    edited = desk.folder / "edited"
    shutil.rmtree(edited, ignore_errors=True)
    shutil.copytree(desk.out, edited)
    for path in edited.rglob("*.py"):
        path.write_text(f"# by hand\n{path.read_text()}")
    ran = desk.run("diff", str(edited), fleet)
    assert ran.code == 0, ran.out
    assert "edited since the export" in " ".join(ran.out.split())


@pytest.mark.parametrize("layout", ["resources", "per-set"])
@pytest.mark.parametrize("references", ["literal", "portable", "variables", "data"])
def test_they_are_one_app(desk: Desk, layout: str, references: str) -> None:
    options = ("--layout", layout, "--references", references)
    desk.export(HERE, THERE, OTHER, to="cdk", options=options)
    files = tree(desk.out)
    for name in ("app.py", "cdk.json", "requirements.txt"):
        assert [path for path in files if Path(path).name == name] == [name]
    assert stacks(desk) == {
        f"{DEFAULT}-{ACCOUNT}-eu-west-1": (DEFAULT, "eu-west-1"),
        f"{DEFAULT}-{ACCOUNT}-us-east-1": (DEFAULT, "us-east-1"),
        f"{DEFAULT}-210987654321-eu-west-1": (DEFAULT, "eu-west-1"),
    }
    is_same_code(desk)


def test_the_steps_are_those_of_each_stack(desk: Desk) -> None:
    desk.export(HERE, THERE, to="cdk", options=("--stack-name", "mail"))
    text = desk.read(f"{PACKAGE}/IMPORT.md")
    assert (
        f"npx aws-cdk@2 import mail-{ACCOUNT}-us-east-1 "
        f"--resource-mapping {PACKAGE}/resource-mapping.json\n"
    ) in text
    assert f"npx aws-cdk@2 diff mail-{ACCOUNT}-us-east-1\n" in text
    assert "--region us-east-1 --stack-name mail \\\n" in text
    assert f"rm {PACKAGE}/resource-mapping.json {PACKAGE}/IMPORT.md\n" in text
    assert "Run all commands in the folder that contains `app.py`" in text
    assert "eu-west-1" not in text


@pytest.mark.parametrize("layout", ["resources", "per-set"])
@pytest.mark.parametrize("references", ["literal", "portable", "variables", "data"])
def test_a_second_one_joins_and_leaves(desk: Desk, layout: str, references: str) -> None:
    options = ("--layout", layout, "--references", references)
    desk.export(HERE, to="cdk", options=options)
    alone, ids = tree(desk.out), logical_ids(desk)
    assert stacks(desk) == {DEFAULT: (DEFAULT, "eu-west-1")}
    desk.export(HERE, THERE, to="cdk")
    both = tree(desk.out)
    changed = {path for path in alone if both.get(path) != alone[path]}
    assert changed == {"app.py", ".ses2iac.json"}
    assert stacks(desk) == {
        DEFAULT: (DEFAULT, "eu-west-1"),
        f"{DEFAULT}-{ACCOUNT}-us-east-1": (DEFAULT, "us-east-1"),
    }
    assert logical_ids(desk)[ACCOUNT, "eu-west-1"] == ids[ACCOUNT, "eu-west-1"]
    is_same_code(desk)
    # What is not read stays in the app.
    desk.export(HERE, to="cdk")
    assert tree(desk.out) == both
    # What holds nothing any more leaves it; a person's names are never removed.
    desk.export(HERE, scope(region="us-east-1"), to="cdk")
    (desk.out / PACKAGE / "names.toml").unlink()
    assert tree(desk.out) == alone


def test_the_first_one_leaves(desk: Desk) -> None:
    desk.export(HERE, to="cdk")
    desk.export(HERE, THERE, to="cdk")
    there = {path: text for path, text in tree(desk.out).items() if path.startswith(PACKAGE)}
    desk.export(scope(), THERE, to="cdk")
    assert stacks(desk) == {f"{DEFAULT}-{ACCOUNT}-us-east-1": (DEFAULT, "us-east-1")}
    left = tree(desk.out)
    assert {path: text for path, text in left.items() if path.startswith(PACKAGE)} == there
    assert {path for path in left if not path.startswith(PACKAGE)} == {
        ".ses2iac.json",
        "app.py",
        "cdk.json",
        "requirements.txt",
        *({"names.toml"} & set(left)),
    }
    assert desk.again("--check", to="cdk").code == 0


def test_what_is_imported_stays_so(desk: Desk) -> None:
    """The steps of one are done, and another joins."""
    desk.export(HERE, to="cdk", options=("--stack-name", "mail"))
    for name in ("resource-mapping.json", "IMPORT.md"):
        (desk.out / name).unlink()
    more = scope(configuration_set("orders", "bounces", "late"))
    desk.export(more, THERE, to="cdk")
    assert json.loads(desk.read("resource-mapping.json")) == {
        "OrdersLate": {"Id": "late", "ConfigurationSetName": "orders"}
    }
    assert set(json.loads(desk.read(f"{PACKAGE}/resource-mapping.json"))) == {
        "Orders",
        "OrdersBounces",
    }
    for name in ("resource-mapping.json", "IMPORT.md"):
        (desk.out / PACKAGE / name).unlink()
    desk.export(more, THERE, to="cdk")
    assert not (desk.out / PACKAGE / "IMPORT.md").exists()
    ran = desk.try_export(more, THERE, to="cdk", options=("--stack-name", "post"))
    assert ran.code == 1
    assert "these resources are imported into the stack mail" in ran.err


def old_app(desk: Desk, *scopes: Json) -> None:
    """An export as it was when each account and region was an app of its own."""
    manifest: Json = {"FormatVersion": 2, "Format": "cdk", "Scopes": [], "Files": {}}
    for each in scopes:
        desk.export(each, to="cdk")
        own = desk.manifest()
        folder = f"{each['AccountId']}/{each['Region']}"
        place = desk.folder / "old" / folder
        place.parent.mkdir(parents=True, exist_ok=True)
        (desk.out / ".ses2iac.json").unlink()
        desk.out.rename(place)
        manifest["Scopes"].append({**own["Scopes"][0], "Path": folder})
        for key in ("Editable", "Imports"):
            manifest[key] = [*manifest.get(key, []), *(f"{folder}/{p}" for p in own[key])]
        manifest["Files"] |= {f"{folder}/{path}": hashed for path, hashed in own["Files"].items()}
    (desk.folder / "old").rename(desk.out)
    desk.put_manifest(manifest)


def test_an_app_for_each_becomes_one(desk: Desk) -> None:
    old_app(desk, HERE, THERE)
    (desk.out / ACCOUNT / "us-east-1/resource-mapping.json").unlink()
    (desk.out / ACCOUNT / "us-east-1/IMPORT.md").unlink()
    names = desk.out / ACCOUNT / "us-east-1/names.toml"
    names.write_text(names.read_text().replace("OrdersBounces", "Renamed"))
    desk.export(HERE, THERE, to="cdk")
    # Its names went along, and no file stays behind that nobody obeys.
    assert not (desk.out / ACCOUNT).exists()
    assert stacks(desk) == {
        f"{DEFAULT}-{ACCOUNT}-eu-west-1": (DEFAULT, "eu-west-1"),
        f"{DEFAULT}-{ACCOUNT}-us-east-1": (DEFAULT, "us-east-1"),
    }
    assert logical_ids(desk)[ACCOUNT, "us-east-1"] == ["Orders", "Renamed"]
    assert not (desk.out / PACKAGE / "resource-mapping.json").exists()
    is_same_code(desk)


def test_an_app_for_each_is_read_as_it_is(desk: Desk) -> None:
    old_app(desk, HERE, THERE)
    ran = desk.run("diff", str(desk.out), str(desk.out))
    assert ran.code == 0, ran.err
    desk.export(THERE, to="cdk")
    assert f"{ACCOUNT}/eu-west-1/app.py" in tree(desk.out)
    assert f"{ACCOUNT}/eu-west-1/names.toml" in tree(desk.out)
    assert stacks(desk)[f"{DEFAULT}-{ACCOUNT}-us-east-1"] == (DEFAULT, "us-east-1")


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("app.py", f"{PACKAGE}.add_stacks(app)\n", "", "app.py"),
        (f"{PACKAGE}/__init__.py", "env=environment", "env=None", f"{PACKAGE}/__init__.py"),
        (f"{PACKAGE}/__init__.py", "from .ses_stack", "from ses_stack", "__init__.py"),
        (f"{PACKAGE}/ses_stack.py", "(Stack)", "(Other)", f"{PACKAGE}/ses_stack.py"),
    ],
)
def test_an_edit_that_only_a_synthesis_tells_is_refused(
    desk: Desk, path: str, old: str, new: str, said: str
) -> None:
    desk.export(HERE, THERE, to="cdk")
    text = desk.read(path)
    assert old in text
    desk.put(path, text.replace(old, new))
    ran = desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json"))
    assert ran.code == 1
    assert said in ran.err


def test_an_edited_app_is_not_overwritten(desk: Desk) -> None:
    desk.export(HERE, THERE, to="cdk")
    desk.put("app.py", f"{desk.read('app.py')}print()\n")
    ran = desk.try_export(HERE, THERE, OTHER, to="cdk")
    assert ran.code == 1
    assert "app.py" in ran.err


def test_a_set_may_be_called_app(desk: Desk) -> None:
    desk.export(scope(configuration_set("app", "x")), to="cdk", options=("--layout", "per-set"))
    is_same_code(desk)


@pytest.mark.slow
def test_an_own_template_makes_the_app_of_several(desk: Desk) -> None:
    own = desk.folder / "own/cdk"
    own.mkdir(parents=True)
    text = "{% for each in packages %}\nimport {{ each | label }}\n{% endfor %}\nx = ( 1 )\n"
    (own / "app.py.jinja").write_text(text)
    ran = desk.try_export(HERE, THERE, to="cdk", options=("--templates", str(desk.folder / "own")))
    assert ran.code == 0, ran.err
    assert desk.read("app.py") == (
        f"import account_{ACCOUNT}_eu_west_1\nimport {PACKAGE}\n\nx = 1\n"
    )


def test_several_stacks_of_one_are_numbered(desk: Desk) -> None:
    many = [configuration_set(f"s{number:03d}") for number in range(201)]
    desk.export(HERE, scope(*many, region="us-east-1"), to="cdk")
    name = f"{DEFAULT}-{ACCOUNT}-us-east-1"
    assert set(stacks(desk)) == {f"{DEFAULT}-{ACCOUNT}-eu-west-1", name, f"{name}-02"}
    assert stacks(desk)[f"{name}-02"] == (f"{DEFAULT}-02", "us-east-1")
    is_same_code(desk)


def test_targets_are_those_of_each(desk: Desk) -> None:
    mine = scope(configuration_set("a", destination("x", sns("one"))))
    theirs = scope(configuration_set("a", destination("x", sns("two"))), region="us-east-1")
    desk.export(mine, theirs, to="cdk", options=("--references", "variables"))
    assert "one_topic_arn" in desk.read(f"account_{ACCOUNT}_eu_west_1/ses_targets.py")
    assert "two_topic" in desk.read(f"{PACKAGE}/ses_targets.py")
