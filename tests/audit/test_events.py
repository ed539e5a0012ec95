"""What may be remembered stands in one file a room, and a file that is not as it should be is refused."""

import ast
from pathlib import Path

import pytest

import hutong
from hutong.audit import events
from hutong.audit.events import EVENTS, USAGE, RecordClass


def test_an_event_has_its_class_and_just_the_fields_that_stand_in_its_rooms_file():
    given = events.read({"units": '[units.role_given]\nclass = "administration"\nfields = ["unit", "by"]\n'})

    assert list(given) == ["units.role_given"]
    assert given["units.role_given"].record_class is RecordClass.ADMINISTRATION
    assert given["units.role_given"].fields == {"unit", "by"}


def test_every_use_remembers_what_uses_remember_and_what_its_event_adds():
    uses = {event.name: event.fields - set(USAGE) for event in EVENTS.values() if event.fields >= set(USAGE)}

    assert uses["plane.compared"] == set()
    assert uses["plane.changes_followed"] == {"returned", "after", "change"}
    assert set(uses) == {event.name for event in EVENTS.values() if event.record_class is RecordClass.USAGE}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('[plane.compared]\nclass = "usage"\nfields = []\n', "plane is no event of units"),
        ('[units.a]\nclass = "usage"\nfields = []\n[units.a]\nclass = "usage"\nfields = []\n', "units"),
        ('[units.a]\nclass = "gossip"\nfields = []\n', "gossip"),
        ('[units.a]\nfields = ["by"]\n', "units.a has not just a class and fields"),
        ('[units.a]\nclass = "security"\nfields = ["by"]\nwords = "x"\n', "units.a has not just a class and fields"),
        ('[units.a]\nclass = "security"\nfields = ["by", "by"]\n', "units.a has a field twice"),
        ('[units.a]\nclass = "usage"\nfields = ["unit"]\n', "units.a has a field twice"),
        ('[units.a]\nclass = "security"\nfields = ["by whom"]\n', "no name"),
        ('[units.a]\nclass = "security"\nfields = [1]\n', "no name"),
    ],
)
def test_refuses_a_file_that_is_not_as_it_should_be(said: str, fault: str):
    with pytest.raises(ValueError, match=fault):
        events.read({"units": said})


def unwritten(names: set[str], folder: Path) -> set[str]:
    """Return the events whose name stands in no code of a folder; pages only tell of them, so theirs does not count."""
    for path in folder.rglob("*.py"):
        if "web" not in path.relative_to(folder).parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names = names - {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return names


def test_every_event_that_is_declared_is_written_by_some_code():
    assert unwritten(set(EVENTS), Path(hutong.__file__).parent) == set()


def test_an_event_that_no_code_writes_is_found(tmp_path: Path):
    (tmp_path / "units.py").write_text('log.append(cur, [Entry("units.a", now, {})])  # "units.b"\n"""units.c"""\n')
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "names.py").write_text('NAMES = {"units.d": "..."}\n')
    assert unwritten({"units.a", "units.b", "units.d"}, tmp_path) == {"units.b", "units.d"}
