"""The operator's own duties have days that the authority sees; nothing is made of them (P-15)."""

from datetime import timedelta

import psycopg
import pytest
from acting import NOW, County
from securing import in_force

from hutong.audit import backups
from hutong.audit.backups import TakenSet
from hutong.control.security import duties, rules
from hutong.control.security.duties import BACKUP, READ_BACK, REHEARSAL

HOUR = timedelta(hours=1)


def read(county: County, *, by: str = "authority", now=NOW, real=NOW):
    return duties.page(county.actor(by), now=now, real=real)


def late(county: County, *, now=NOW, real=NOW) -> dict[str, bool]:
    return {each.kind: each.late for each in read(county, now=now, real=real).duties}


def noted(county: County, *, taken_at=None, read_at=None) -> None:
    """Let a backup place be named, and a set there that was taken, and read back where that is said."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened, opened.cursor() as cur:
        backups.note_archiving(
            cur, folder="/second", embedded=True, received_at=NOW, waiting=0, wanting=(), seen_at=NOW
        )
        if taken_at is not None:
            backups.note_set(cur, TakenSet("/second", 1, taken_at - HOUR, taken_at, 1 << 30, 5, 18), now=NOW)
        if read_at is not None:
            backups.note_read(cur, None, folder="/second", number=1, read_at=read_at, now=NOW)


def test_where_no_plan_is_in_force_the_rehearsal_is_late_at_once(county):
    assert late(county) == {REHEARSAL: True}
    in_force(county)
    assert late(county) == {REHEARSAL: False}


def test_a_rehearsal_is_late_once_its_day_is_over(county):
    in_force(county)
    (found,) = read(county).duties
    assert found.late_at is not None and found.clause == "SX-11-c"
    assert late(county, now=found.late_at - HOUR) == {REHEARSAL: False}
    assert late(county, now=found.late_at) == {REHEARSAL: True}


def test_what_waits_for_the_operator_is_among_them(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED")
    assert [each.case for each in read(county).answers] == [no]
    assert read(county, now=NOW + timedelta(days=60)).counts.late == 1


def test_without_a_backup_place_there_is_no_day_and_with_one_but_no_set_it_is_late_at_once(county):
    assert BACKUP not in late(county) and not read(county).backups_named
    noted(county)
    assert late(county) == {REHEARSAL: True, BACKUP: True, READ_BACK: True}


def test_a_backup_is_counted_from_the_newest_and_reading_back_from_when_that_was_done(county):
    noted(county, taken_at=NOW, read_at=NOW + 24 * HOUR)
    for kind, last in ((BACKUP, NOW + 26 * HOUR), (READ_BACK, NOW + 24 * HOUR + timedelta(days=8))):
        assert late(county, real=last - HOUR)[kind] is False, kind
        assert late(county, real=last)[kind] is True, kind


@pytest.mark.parametrize("who", ["consumer", "editor", "competent"])
def test_other_units_do_not_see_them(county, who):
    assert not duties.pages(county.actor(who)).operator
    with pytest.raises(rules.PapersNotYours):
        read(county, by=who)


@pytest.mark.parametrize("who", ["operator", "authority"])
def test_operator_and_authority_see_the_same(county, who):
    assert duties.pages(county.actor(who)).operator
    assert [each.kind for each in read(county, by=who).duties] == [REHEARSAL]
