"""Known callers who are turned away are entered, those of a flood as one number; nothing is lost with the database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.audit import refusals
from hutong.core import canonical
from hutong.db.database import Database
from hutong.gateway import problems, turnedaway
from hutong.gateway.deliveries import DeliveriesFull
from hutong.gateway.tick import AnswerFailed, DeadlinePassed, GatewayFull
from hutong.gateway.turnedaway import TurnedAway
from hutong.plane.answer.rounds import QuestionFailed

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def call(system: str = "civil-app"):
    caller = SimpleNamespace(system=system, unit="1" * 18)
    return SimpleNamespace(caller=caller, request=SimpleNamespace(path="/v1/query"))


def noted(times: int, away: TurnedAway | None = None) -> TurnedAway:
    away = away or TurnedAway()
    for number in range(times):
        away.note(call(), code="GATEWAY_FULL", at=NOW + timedelta(milliseconds=number))
    return away


def entries(db: Database, event: str) -> list[dict]:
    with db.transaction() as cur:
        rows = cur.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [canonical.loads(record) for (record,) in rows]


@pytest.mark.clause("SX-10-b")
def test_the_first_of_a_minute_are_entered_and_of_a_flood_the_number(db):
    away = noted(300)
    assert (away.write(db), away.write(db)) == (1, 0)
    noted(10, away)
    away.write(db)
    refusals.enter_many(db, now=NOW + timedelta(minutes=1))

    assert [entry["by"] for entry in entries(db, "gateway.refused")] == ["civil-app"] * 20
    (many,) = entries(db, "gateway.refused_many")
    assert (many["code"], many["count"]) == ("GATEWAY_FULL", 290)


class Away:
    """A database that is not there."""

    def transaction(self):
        raise psycopg.OperationalError("away")


@given(first=st.integers(1, 60), second=st.integers(0, 60))
def test_what_cannot_be_entered_is_kept_with_what_comes_after(first, second):
    away = noted(first)
    with pytest.raises(psycopg.OperationalError):
        away.write(Away())
    noted(second, away)
    with pytest.raises(psycopg.OperationalError):
        away.write(Away())
    (minute,) = away._minutes.values()
    assert len(minute.singly) + minute.more == first + second


def test_what_the_plane_refused_is_entered_there_alone():
    ours = [GatewayFull(), DeadlinePassed(), AnswerFailed(), DeliveriesFull(), problems.WentWrong()]
    assert [turnedaway.is_ours(each) for each in ours] == [True] * len(ours)
    assert not turnedaway.is_ours(QuestionFailed())
