"""A set a day, as many as the rulebook says, and the log since the oldest."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from archived import archiver, until, write
from places import OWNER, real, take

from hutong.audit import backups
from hutong.backup import nightly, place
from hutong.backup.archiving import Archiver
from hutong.backup.place import BackupSet
from hutong.backup.programs import Source
from hutong.core.beijing import BEIJING
from hutong.db.database import Database
from hutong.plane import rulebook

AT = datetime(2026, 3, 2, 2, 0, tzinfo=BEIJING)
SET = BackupSet(Path("/"), 1, AT, AT, 0, 1, 1, "1", 18, "0.1.0", 0, "", ())


@pytest.mark.clause("IS-4.3")
def test_a_set_is_due_each_day_from_two_in_the_morning_and_once_more_where_the_clock_was_set_back() -> None:
    assert nightly.due([], now=AT)
    assert not nightly.due([SET], now=AT)
    assert not nightly.due([SET], now=AT + timedelta(hours=23, minutes=59))
    assert nightly.due([SET], now=AT + timedelta(days=1))
    assert nightly.due([replace(SET, began_at=AT - timedelta(seconds=1))], now=AT)
    assert nightly.due([SET], now=AT - timedelta(days=400))


def test_the_set_that_was_unread_for_longest_is_read_first() -> None:
    second = replace(SET, number=2)
    known = [backups.KnownSet(number, AT, AT, 1, 1, AT, None, None) for number in (1, 2)]
    week = AT + timedelta(days=7)
    assert nightly.unread(known, [SET, second], now=week - timedelta(seconds=1), days=7) is None
    assert nightly.unread(known, [SET, second], now=week, days=7) == SET
    assert nightly.unread([known[0]], [SET, second], now=AT, days=7) == second
    assert nightly.unread([], [], now=AT, days=7) is None


def test_a_set_that_the_database_does_not_know_is_noted_and_read(tmp_path: Path, source: Source, db: Database) -> None:
    (tmp_path / "second").mkdir()
    take(place.begin(tmp_path / "second", OWNER, now=real()), source)
    with archiver(tmp_path / "second", source, db) as one:
        until(one, lambda _: len(known(db, one)) == 2 and all(each.read_back_at for each in known(db, one)))


def known(db: Database, one: Archiver) -> list[backups.KnownSet]:
    with db.transaction() as cur:
        return backups.sets(cur, folder=str(one.given.root / place.named(OWNER.platform)))


@pytest.mark.clause("IS-4.3")
@pytest.mark.full
def test_older_sets_go_with_their_log_and_one_that_cannot_be_read_pushes_out_none(
    tmp_path: Path, source: Source, db: Database
) -> None:
    (tmp_path / "second").mkdir()
    with db.transaction() as cur:
        rulebook.keep(cur, {"backup.sets": 2}, version=1, from_date=date(2020, 1, 1))
    with archiver(tmp_path / "second", source, db) as one:
        until(one, lambda _: one._at_sets and not one._at_sets.is_alive())
        at = place.find(tmp_path / "second")
        keeper = one.given.keeper(at, source)
        aside = at.log(at.sets()[0].system) / f"{'0' * 24}.partial.before-20260101T000000Z"
        aside.touch()
        late = aside.with_name(f"{place.segment_name(1, 1 << 30)}.partial.before-20260101T000000Z")
        late.touch()
        for _ in range(2):
            position = write(source, mib=17)
            until(one, lambda _: one._archived and one._archived.received >= position)  # noqa: B023
            keeper.take()
        assert [each.number for each in at.sets()] == [2, 3]
        oldest = at.sets()[0]
        assert (aside.exists(), late.exists()) == (False, True), "what was set aside goes with the log it is of"
        assert at.segments(oldest.system)[0].number == oldest.start_lsn // place.SEGMENT_BYTES
        at.sets()[1].paths[0].unlink()
        assert keeper.read(at.sets()[1]).problem is not None
        keeper.take()
        assert [each.number for each in at.sets()] == [2, 3, 4]  # 3 is none: there are two that can be read
        assert nightly.broken(at, at.sets()[0]) is None
    with db.transaction() as cur:
        known = {each.number: each.code for each in backups.sets(cur, folder=str(at.folder))}
        asked = "select record::jsonb ->> 'set' from audit.entry where event = 'backup.dropped'"
        dropped = cur.execute(asked).fetchall()
    assert (known, dropped) == ({2: None, 3: "PART_MISSING", 4: None}, [("1",)])
