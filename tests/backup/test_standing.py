"""What is wanting of backups is told by every door, and nothing else is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hutong.audit import backups
from hutong.audit.backups import KnownSet, TakenSet
from hutong.backup import (
    archiving,
    compressing,
    copying,
    foreign,
    nightly,
    place,
    reading_back,
    standing,
    streaming,
    taking,
)
from hutong.core.errors import Problem
from hutong.db.database import Database

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LIMIT = {"hours": 26, "read_days": 7, "behind_minutes": 10}
SET = KnownSet(7, NOW - timedelta(hours=10), NOW - timedelta(hours=9), 1 << 30, 5, NOW - timedelta(hours=8), None, None)


def told(*known: KnownSet) -> list[str]:
    return [each.code for each in standing.of_sets(known, folder="/second", now=NOW, limit=LIMIT)]


@pytest.mark.clause("IS-4.3", "SX-11-a")
def test_a_backup_that_has_not_run_or_cannot_be_read_back_is_told() -> None:
    assert told() == ["BACKUP_MISSING"]
    assert told(SET) == []
    old = replace(SET, ended_at=NOW - timedelta(hours=26))
    assert told(old) == []
    assert told(replace(old, ended_at=NOW - timedelta(hours=26, seconds=1))) == ["BACKUP_OLD"]
    unread = replace(SET, number=1, ended_at=NOW - timedelta(days=30), read_back_at=NOW - timedelta(days=8))
    assert told(unread, SET) == []
    assert told(replace(unread, read_back_at=NOW - timedelta(days=8, seconds=1)), SET) == ["BACKUP_UNREAD"]
    assert told(replace(unread, read_back_at=None), SET) == ["BACKUP_UNREAD"]
    damaged = replace(SET, code="PART_MISSING", facts={"number": 7, "file": "base.tar.zst.0001"})
    assert told(damaged) == ["BACKUP_MISSING", "PART_MISSING"]
    assert told(SET, replace(damaged, number=8)) == ["PART_MISSING"]


def wanting(db: Database, *, now: datetime = NOW) -> list[str]:
    with db.transaction() as cur:
        return [each.code for each in standing.wanting(cur, now=now)]


def note(db: Database, *, seen_at: datetime = NOW, received_at: datetime | None = NOW, **other: object) -> None:
    given = {"folder": "/second", "embedded": True, "waiting": 5 << 20, "wanting": ()}
    with db.transaction() as cur:
        backups.note_archiving(cur, **(given | other), seen_at=seen_at, received_at=received_at)


@pytest.fixture
def earnest(db: Database) -> Database:
    """A platform that does not train, with a set of today."""
    with db.transaction() as cur:
        cur.execute("delete from audit.training_clock")
        taken = TakenSet("/second", 1, NOW - timedelta(hours=2), NOW - timedelta(hours=1), 1 << 30, 5, 18)
        backups.note_set(cur, taken, now=datetime.now(UTC))
    return db


@pytest.mark.clause("SX-11-a")
def test_a_place_that_is_behind_and_an_archiver_that_is_silent_are_told(earnest: Database) -> None:
    assert wanting(earnest) == ["BACKUP_NOT_SET"]
    note(earnest)
    assert wanting(earnest) == []
    late = timedelta(minutes=10, seconds=1)
    assert wanting(earnest, now=NOW + late) == ["ARCHIVER_SILENT"]
    note(earnest, seen_at=NOW + late)
    assert wanting(earnest, now=NOW + late) == ["ARCHIVE_BEHIND"]
    note(earnest, seen_at=NOW + late, wanting=[place.PlaceAway(folder="/second")])
    assert wanting(earnest, now=NOW + late) == ["PLACE_AWAY", "ARCHIVE_BEHIND"]
    note(earnest, folder=None)
    assert wanting(earnest) == ["BACKUP_NOT_SET"]


def test_how_far_the_log_had_come_is_not_forgotten_while_an_archiver_starts(earnest: Database) -> None:
    note(earnest)
    note(earnest, received_at=None)
    assert wanting(earnest) == []
    note(earnest, folder="/other", received_at=None)
    with earnest.transaction() as cur:
        found = backups.archiving(cur)
    assert found is not None and (found.received_at, found.began_at) == (None, NOW)


def test_of_a_database_elsewhere_no_set_is_missed(earnest: Database) -> None:
    note(earnest, folder="/other", embedded=False, received_at=None)
    assert wanting(earnest) == []
    with earnest.transaction() as cur:
        assert [each.code for each in foreign.wanting(cur)] == ["FOREIGN_NOT_ARCHIVED"]
    note(earnest, folder="/other", embedded=False, wanting=[foreign.ForeignNotArchived()])
    assert wanting(earnest) == ["FOREIGN_NOT_ARCHIVED"]


def test_every_failure_of_the_room_that_may_be_noted_is_known_to_the_doors() -> None:
    rooms = (archiving, compressing, copying, foreign, nightly, place, reading_back, streaming, taking)
    found = {
        each for room in rooms for each in vars(room).values()
        if isinstance(each, type) and issubclass(each, Problem) and each.__module__ == room.__name__
    }  # fmt: skip
    of_commands = {place.PlaceMissing, place.PlaceUnclear, place.SetMissing, taking.BackupRunning}
    assert {each.code for each in found - of_commands} <= set(standing.WANTING)
