"""What the owner's functions see for themselves before anything of the log goes."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from remembering import NOW, write

from hutong.audit import retention, training
from hutong.audit.events import RecordClass
from hutong.audit.years import KEPT_YEARS, cut_off
from hutong.core.beijing import BEIJING
from hutong.core.lifecycle import Seat
from hutong.db.database import Database

SEATS = {Seat("authority")}
DUE = datetime(2021, 6, 1, tzinfo=UTC)
INSTANT = timedelta(milliseconds=1)


def test_the_least_years_are_those_of_the_rulebook(cur):
    found = {each: cur.execute("select audit.least_years(%s)", [each]).fetchone()[0] for each in RecordClass}
    assert found == KEPT_YEARS


@given(
    st.datetimes(datetime(2006, 1, 1), datetime(2199, 1, 1), timezones=st.just(BEIJING)),
    st.sampled_from([RecordClass.USAGE, RecordClass.ADMINISTRATION]),
)
@example(datetime(2029, 3, 1, 23, tzinfo=BEIJING), RecordClass.USAGE)
@example(datetime(2029, 3, 2, tzinfo=BEIJING), RecordClass.USAGE)
@example(datetime(2028, 2, 29, 12, tzinfo=BEIJING), RecordClass.USAGE)
@example(datetime(2034, 3, 1, 7, tzinfo=BEIJING), RecordClass.ADMINISTRATION)
def test_the_owner_reckons_the_years_as_the_rest_does(cur, now, record_class):
    latest = cut_off(now, record_class)
    kept = "select audit.kept_until(%s, %s)"
    assert cur.execute(kept, [latest, record_class]).fetchone()[0] <= now
    assert cur.execute(kept, [latest + INSTANT, record_class]).fetchone()[0] > now


def test_what_writes_purges_down_purges_with_its_own_rights(db, database_url, signer):
    write(db, 3, signer=signer, at=datetime(2020, 1, 1, tzinfo=UTC))
    own = Database(database_url, role="retention", size=1)
    number = retention.request(own, record_class=RecordClass.USAGE, before=DUE, by="甲", seats=SEATS, now=NOW)
    retention.approve(own, purge=number, by="乙", seats=SEATS, now=NOW)
    assert retention.purge(own, purge=number, by="乙", seats=SEATS, now=NOW).removed == 3
    own.close()


@pytest.mark.parametrize("role", ["control", "plane", "logkeeper", "auditor", "worker"])
def test_nobody_else_calls_what_removes_entries_or_says_that_the_clock_is_a_training_clock(database_url, role):
    own = Database(database_url, role=role, size=1)
    for statement in ("select audit.remove_entries(1, now())", "insert into audit.training_clock default values"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), own.transaction() as cur:
            cur.execute(statement)
    own.close()


def test_a_training_clock_goes_as_it_likes_and_the_real_one_is_believed_over_what_is_told(cur):
    told = datetime(2190, 1, 1, tzinfo=UTC)
    training.allow(cur)
    assert cur.execute("select audit.by_clock(%s)", [told]).fetchone() == (told,)
    cur.execute("truncate audit.training_clock")
    assert cur.execute("select audit.by_clock(%s) < now() + interval '1 hour'", [told]).fetchone() == (True,)
    assert cur.execute("select audit.by_clock(%s)", [DUE]).fetchone() == (DUE,)
