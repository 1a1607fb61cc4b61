"""A link where a file of an export, of code or of a configuration should be is not read through."""

import os
from pathlib import Path

import pytest

from tests.functional.snapshots import Desk, orders, snapshot_file
from tests.support import tree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")

FILES = ("versions.tf", "event_destinations.tf", "names.toml", ".ses2iac.json")
SECRET = "planted = secret\n"


@pytest.fixture
def desk(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return Desk(capsys, work)


def saved(desk: Desk) -> Path:
    """A snapshot of what is exported."""
    path = desk.folder / "s.json"
    snapshot_file(path, orders())
    return path


def link(desk: Desk, name: str, *, same: bool) -> Path:
    """Put a link in the place of a file of the export; gives what it leads to."""
    real = desk.folder.parent / f"elsewhere-{name}"
    place = desk.out / name
    if same:
        place.rename(real)
    else:
        place.unlink()
        real.write_text(SECRET)
    place.symlink_to(real)
    return real


@pytest.mark.parametrize("same", [True, False], ids=["same content", "other content"])
@pytest.mark.parametrize("name", FILES)
def test_no_command_reads_through_a_link(desk: Desk, name: str, same: bool) -> None:
    desk.export(orders())
    real = link(desk, name, same=same)
    source = saved(desk)
    before = tree(desk.out), real.read_bytes()
    to = ("export", "terraform", "--from", str(source), "--out", str(desk.out))
    for command in (
        to,
        (*to, "--check"),
        (*to, "--diff"),
        ("diff", str(desk.out), str(source)),
        ("verify", str(desk.out), "--offline"),
    ):
        ran = desk.run(*command)
        assert ran.code == 1, (command, ran)
        assert name in ran.err + ran.out, command
        assert "a link" in ran.err + ran.out, (command, ran)
        assert "planted" not in ran.err + ran.out, command
        assert (tree(desk.out), real.read_bytes()) == before, command


@pytest.mark.parametrize("name", FILES[:2])
def test_force_puts_the_file_in_the_place_of_the_link(desk: Desk, name: str) -> None:
    desk.export(orders())
    before = tree(desk.out)
    real = link(desk, name, same=False)
    desk.export(orders(), options=("--force",))
    assert tree(desk.out) == before
    assert not (desk.out / name).is_symlink()
    assert real.read_text() == SECRET


def test_the_folder_itself_may_be_a_link(desk: Desk) -> None:
    desk.export(orders())
    source = saved(desk)
    (desk.folder / "way").symlink_to(desk.out)
    to = ("export", "terraform", "--from", str(source), "--out", "way")
    assert [desk.run(*to).code, desk.run(*to, "--check").code] == [0, 0]
    assert desk.run("diff", "way", str(source)).code == 0


CODE = """
resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"
}
"""


@pytest.mark.parametrize(
    ("repository", "target", "is_read"),
    [
        ("", "../shared/a.tf", False),
        (".", "../shared/a.tf", True),
        ("root", "../shared/a.tf", False),
        (".", "../../outside.tf", False),
        (".", "{top}/outside.tf", False),
        (".", "../.git/a.tf", False),
        ("", "real.txt", True),
        ("root", "real.txt", True),
    ],
)
def test_code_is_read_through_links_within_one_repository(
    desk: Desk, repository: str, target: str, is_read: bool
) -> None:
    """As Terraform does, and people link what several roots share."""
    root = desk.folder / "root"
    for place in (
        root / "real.txt",
        desk.folder / "shared/a.tf",
        desk.folder.parent / "outside.tf",
    ):
        place.parent.mkdir(exist_ok=True)
        place.write_text(CODE)
    if repository:
        (desk.folder / repository / ".git").mkdir()
        (desk.folder / repository / ".git/a.tf").write_text(CODE)
    (root / "a.tf").symlink_to(target.format(top=desk.folder.parent))
    source = saved(desk)
    ran = desk.run("diff", "root", str(source))
    said = "error: root/a.tf: cannot be read: it is a link to a file outside its repository\n"
    assert (ran.err.startswith(said), ran.code == 1) == (not is_read, not is_read), ran
    # What the command line names is the person's own word.
    assert desk.run("diff", "root/a.tf", str(source)).code != 1


@pytest.mark.parametrize(
    ("link", "target", "said"),
    [
        ("terraform/imports.tf.jinja", "{top}/secret", "a link to a file outside its repository"),
        ("terraform", "{top}/folder", "is a link to a folder, and not followed"),
    ],
)
def test_templates_are_not_read_through_a_link(
    desk: Desk, link: str, target: str, said: str
) -> None:
    top = desk.folder.parent
    (top / "secret").write_text(SECRET)
    (top / "folder").mkdir()
    (top / "folder/imports.tf.jinja").write_text(SECRET)
    place = desk.folder / "own" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(target.format(top=top))
    ran = desk.try_export(orders(), options=("--templates", "own"))
    assert ran.code == 1
    assert said in ran.err
    assert "planted" not in ran.err
    assert not desk.out.exists()


@pytest.mark.slow
def test_a_template_may_be_a_link_within_its_repository(desk: Desk) -> None:
    own = desk.folder / "own"
    (own / ".git").mkdir(parents=True)
    (own / "terraform").mkdir()
    (own / ".shared").write_text("# ours\n")
    (own / "terraform/imports.tf.jinja").symlink_to("../.shared")
    desk.export(orders(), options=("--templates", "own"))
    assert "# ours\n" in desk.read("imports.tf")
