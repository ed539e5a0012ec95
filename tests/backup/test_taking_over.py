"""A backup place is had back from another instance by an officer who says why, and nothing of either is lost."""

from pathlib import Path

import pytest
from archived import archiver, codes, until, write
from places import OWNER, real

from hutong.backup import place, reading_back, recovery, restoring, taking_over
from hutong.backup.place import BackupPlace, Owner
from hutong.backup.programs import Source
from hutong.control.units.rules import Actor
from hutong.core.errors import Problem
from hutong.db.database import Database

OTHER = Owner(OWNER.platform, "second", OWNER.county, OWNER.log_name, "m2", "/other")


def acting(role: str) -> Actor:
    return Actor("li.operator", "李强", "centre", "信息中心", frozenset({role}), offices=frozenset({(role, "")}))


def take_over(db: Database, root: Path, *, reason: str = "m2 已报废", role: str = "operator") -> Path:
    with db.transaction() as cur:
        given = {"reason": reason, "by": acting(role), "real": real(), "now": real()}
        return taking_over.take_over(cur, root, OWNER, **given)


def entered(db: Database) -> list[tuple[str, str, str]]:
    with db.transaction() as cur:
        return cur.execute(
            "select record::jsonb ->> 'by', record::jsonb ->> 'reason', record::jsonb ->> 'to_folder'"
            " from audit.entry where event = 'backup.place_taken_over'"
        ).fetchall()


@pytest.mark.clause("SX-11-a", "SX-11-c")
def test_the_place_begins_anew_and_what_the_other_wrote_lies_whole_beside_it(
    at: BackupPlace, source: Source, db: Database
) -> None:
    root = at.folder.parent
    with archiver(root, source, db) as one:
        until(one, lambda _: at.sets())
        assert one._at_sets is not None
        one._at_sets.join()
        (at.folder / recovery.FILE).write_bytes(b"wrapped")
        place.take_over(at, OTHER, restored_from={"set": 1, "timeline": 2, "until": real().isoformat()}, now=real())
        assert codes(one.look()) == {"PLACE_TAKEN_OVER"}
        before = {each.relative_to(at.folder): each.read_bytes() for each in at.folder.rglob("*") if each.is_file()}

        aside = take_over(db, root)
        found = {each.relative_to(aside): each.read_bytes() for each in aside.rglob("*") if each.is_file()}
        assert found == before
        assert entered(db) == [("li.operator", "m2 已报废", str(aside))]
        assert (at.folder / recovery.FILE).read_bytes() == b"wrapped"
        assert [each["instance"] for each in at.owner()["instances"]] == ["first", "second", "first"]
        with pytest.raises(place.PlaceTakenOver):
            place.own(root, OTHER)

        write(source)
        until(one, lambda wanting: at.sets() and at.archived() and "PLACE_TAKEN_OVER" not in codes(wanting))
        one._at_sets.join()
    (taken,) = at.sets()
    assert reading_back.read(taken).problem is None
    assert place.find(root) == at, "what was put aside is not taken for it"
    assert place.find(aside).set().number == 1
    planned = restoring.plan(at, moment=None, number=None)
    came = [each for each in planned.owner["instances"] if each["restored_from"]]
    assert (planned.chosen, len(came)) == (taken, 1)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"reason": " "}, taking_over.TakeOverUnexplained), ({"role": "auditor"}, taking_over.NotEntitledToTakeOver),
        ({}, taking_over.PlaceOwn),
    ],
)  # fmt: skip
def test_nobody_takes_it_over_without_a_reason_or_right_or_where_it_is_the_own(
    at: BackupPlace, db: Database, given: dict[str, str], refused: type[Problem]
) -> None:
    if given:
        place.take_over(at, OTHER, restored_from={"set": 1}, now=real())
    before = sorted(at.folder.parent.rglob("*"))
    with pytest.raises(Problem) as told:
        take_over(db, at.folder.parent, **given)
    assert type(told.value) is refused
    assert (sorted(at.folder.parent.rglob("*")), entered(db)) == (before, [])


def test_a_place_that_is_away_or_anothers_is_not_taken_over(at: BackupPlace, db: Database) -> None:
    with pytest.raises(place.PlaceAway):
        take_over(db, at.folder)
    at.put("platform.json", at.owner() | {"platform": "a1b2c3d4-another"})
    with pytest.raises(place.PlaceOfAnother):
        take_over(db, at.folder.parent)
