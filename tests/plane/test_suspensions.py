"""Suspensions of units, systems and grants: each its own fact, and nothing is answered while one stands."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from answering import (
    CONSUMER,
    KEYRING,
    NEED,
    NOW,
    PROVIDER,
    STRANGER,
    a_grant,
    as_it_is,
    asked,
    establish,
    opened,
    person,
    records,
    supply,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from databases import fresh_database
from examples import examples
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane import grants, registers, suspensions
from hutong.plane.answer import compare, query, subscribe
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.snapshot import SnapshotQuestion
from hutong.plane.definition import Mode
from hutong.plane.suspensions import Suspendable

pytestmark = pytest.mark.clause("SX-16-a")
WHOM = {Suspendable.UNIT: CONSUMER, Suspendable.SYSTEM: "sys-a", Suspendable.GRANT: "g1"}
DOORS = {Mode.COMPARE: compare, Mode.QUERY: query, Mode.SUBSCRIBE: subscribe}


@pytest.fixture
def county(db):
    establish(db)
    supply(db, [person(1)])
    opened(db, a_grant())
    return db


def suspend(db, kind=Suspendable.GRANT, whom=None):
    with db.transaction() as cur:
        given = {"reason": "未整改", "clause": "SX-16-(三)", "now": NOW, "by": "chief"}
        return suspensions.suspend(cur, kind=kind, whom=whom or WHOM[kind], **given)


def lift(db, id_):
    with db.transaction() as cur:
        suspensions.lift(cur, id=id_, verified="已核查", now=NOW, by="chief")


def ask(db, grant="g1", *, mode=Mode.COMPARE, **changes):
    """Return what is answered: OK, or the refusal's code and of what a suspension stands."""
    one, key = asked(grant, **changes), person(1)["id"]
    question = {
        Mode.COMPARE: lambda: CompareQuestion(one, (Claim((key,), {"name": "张1"}),)),
        Mode.QUERY: lambda: QueryQuestion(one, (Condition("id", key),), ("name",)),
        Mode.SUBSCRIBE: lambda: SnapshotQuestion(one),
    }[mode]()
    (got,) = DOORS[mode].answer(db, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
    return (got.code, got.facts.get("suspended")) if isinstance(got, Problem) else "OK"


@pytest.mark.parametrize("kind", Suspendable)
def test_is_entered_with_whom_why_and_by_whom_and_so_is_its_lifting(county, kind):
    id_ = suspend(county, kind)
    lift(county, id_)
    said = {"suspension": id_, "kind": kind, "whom": WHOM[kind], "clause": "SX-16-(三)", "by": "chief"}
    assert records(county, "plane.suspended") == [{**said, "reason": "未整改"}]
    assert records(county, "plane.suspension_lifted") == [{**said, "reason": "已核查"}]
    with county.transaction() as cur:
        found = cur.execute("select unit, counterpart from audit.entry where event like 'plane.suspen%'").fetchall()
    assert found == [(CONSUMER, PROVIDER if kind is Suspendable.GRANT else None)] * 2


@pytest.mark.parametrize("kind", [Suspendable.UNIT, Suspendable.SYSTEM])
def test_however_many_provide_for_whom_is_suspended_all_are_parties_of_its_entries_and_nobody_else(county, kind):
    """There are thirty grants more, of other providers: some of another system, one of another unit, one is over."""
    copied = (
        "insert into plane.access_grant select (jsonb_populate_record(g, jsonb_build_object('no', 'g' || n,"
        " 'provider', 'P' || n, 'system', case when n > 18 then 'sys-b' else g.system end,"
        " 'consumer', case n when 19 then 'other' else g.consumer end,"
        " 'state', case n when 18 then 'revoked' else 'active' end))).*"
        " from plane.access_grant g, generate_series(2, 31) n where g.no = 'g1'"
    )
    with county.transaction() as cur:
        cur.execute(copied)
    lift(county, suspend(county, kind))
    most = 32 if kind is Suspendable.UNIT else 19
    theirs = {PROVIDER, *(f"P{n}" for n in range(2, most) if n not in (18, 19))}
    with county.transaction() as cur:
        found = cur.execute(
            "select min(e.event), array_agg(p.unit), min(e.unit)"
            " from audit.entry e join audit.party p on p.entry_id = e.id"
            " where e.event like 'plane.suspen%' group by e.id order by e.id"
        ).fetchall()
    assert [(event, set(others), unit) for event, others, unit in found] == [
        ("plane.suspended", theirs, CONSUMER), ("plane.suspension_lifted", theirs, CONSUMER)
    ]  # fmt: skip


@pytest.mark.parametrize("kind", Suspendable)
def test_the_refusal_says_of_what_it_stands_and_not_why(county, kind):
    suspend(county, kind)
    question = CompareQuestion(asked(), (Claim(("x",), {"name": "x"}),))
    (problem,) = compare.answer(county, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
    assert (problem.code, problem.clause, problem.facts["suspended"]) == ("SERVICE_SUSPENDED", "SX-16-a", kind)
    assert "未整改" not in str(problem.facts)


def test_two_are_lifted_one_by_one(county):
    first, second = suspend(county), suspend(county, Suspendable.SYSTEM)
    assert ask(county) == ("SERVICE_SUSPENDED", "system, grant")
    lift(county, first)
    assert ask(county) == ("SERVICE_SUSPENDED", "system")
    with pytest.raises(suspensions.SuspensionCannotMove):
        lift(county, first)
    lift(county, second)
    assert ask(county) == "OK"


def test_a_system_registered_while_its_unit_is_suspended_is_not_answered_before_that_is_lifted(county):
    unit = suspend(county, Suspendable.UNIT)
    lift(county, suspend(county, Suspendable.UNIT))
    suspend(county, Suspendable.UNIT, STRANGER)
    with county.transaction() as cur:
        registers.register_system(
            cur, id="sys-new", unit=CONSUMER, name="新系统", mlps_level=2, mlps_until=NOW.date().replace(year=2027),
            public_key=bytes(32), now=NOW, by="clerk",
        )  # fmt: skip
    opened(county, a_grant("g2", system="sys-new"))
    assert ask(county, "g2", system="sys-new") == ("SERVICE_SUSPENDED", "unit")
    lift(county, unit)
    assert ask(county, "g2", system="sys-new") == "OK"


def test_a_unit_is_not_suspended_while_a_system_of_it_is_being_registered(county):
    done = []
    suspending = threading.Thread(target=lambda: done.append(suspend(county, Suspendable.UNIT)))
    with county.transaction() as cur:
        registers.register_system(
            cur, id="sys-new", unit=CONSUMER, name="新系统", mlps_level=2, mlps_until=NOW.date().replace(year=2027),
            public_key=bytes(32), now=NOW, by="clerk",
        )  # fmt: skip
        suspending.start()
        suspending.join(0.3)
        assert done == []
    suspending.join(10)
    opened(county, a_grant("g2", system="sys-new"))
    assert ask(county, "g2", system="sys-new") == ("SERVICE_SUSPENDED", "unit")


@pytest.mark.parametrize(
    ("kind", "whom", "code"),
    [(Suspendable.GRANT, "none", "NO_SUCH_GRANT"), (Suspendable.SYSTEM, "none", "NOT_REGISTERED")],
)
def test_nothing_that_is_not_there_is_suspended(county, kind, whom, code):
    with pytest.raises(Problem) as refused:
        suspend(county, kind, whom)
    assert refused.value.code == code
    with pytest.raises(suspensions.NoSuchSuspension):
        lift(county, 1)


def test_a_grant_that_has_ended_is_not_suspended_and_one_that_ends_may_be_lifted_still(county):
    id_ = suspend(county)
    with county.transaction() as cur:
        grants.revoke(cur, no="g1", reason="", now=NOW, by="chief")
    with pytest.raises(suspensions.GrantEnded):
        suspend(county)
    lift(county, id_)
    assert ask(county)[0] == "GRANT_REVOKED"


HELD_UP = """
create function public.held_up() returns trigger language plpgsql as $$
begin perform pg_advisory_xact_lock(4711); return new; end $$;
create trigger held_up before insert on audit.entry for each row when (new.event = 'plane.compared')
    execute function public.held_up()
"""
WAITS = "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711 and not granted"


def test_suspending_waits_for_the_answer_under_way(county, database_url):
    """The answer is held just before its entry; the suspension has to wait until it committed."""
    order = []
    with county.transaction() as cur:
        cur.execute(HELD_UP)
    first = threading.Thread(target=lambda: order.append(("answered", ask(county))))
    second = threading.Thread(target=lambda: order.append(("suspended", suspend(county))))
    with psycopg.connect(database_url, autocommit=True) as holding:
        holding.execute("select pg_advisory_lock(4711)")
        first.start()
        until = time.monotonic() + 10
        while holding.execute(WAITS).fetchone() == (0,) and time.monotonic() < until:
            time.sleep(0.01)
        second.start()
        second.join(0.3)
        assert order == []
    first.join(10)
    second.join(10)
    with county.transaction() as cur:
        events = [e for (e,) in cur.execute("select event from audit.entry order by id").fetchall()]
    assert events == ["plane.grant_opened", "plane.compared", "plane.suspended"]
    assert sorted(what for what, _ in order) == ["answered", "suspended"]


@pytest.mark.parametrize("kind", Suspendable)
def test_no_answer_begins_while_a_suspension_is_being_decided(county, kind):
    answers = []
    asking = threading.Thread(target=lambda: answers.append(ask(county)))
    with county.transaction() as cur:
        given = {"reason": "", "clause": "SX-16-a", "now": NOW, "by": "chief"}
        suspensions.suspend(cur, kind=kind, whom=WHOM[kind], **given)
        asking.start()
        asking.join(0.3)
        assert answers == []
    asking.join(10)
    assert answers == [("SERVICE_SUSPENDED", str(kind))]


# --- against a model -------------------------------------------------------------------------------------------------

SERVED = {
    "g1": (Mode.COMPARE, "sys-a", CONSUMER), "g2": (Mode.QUERY, "sys-a", CONSUMER),
    "g3": (Mode.SUBSCRIBE, "sys-b", CONSUMER), "g4": (Mode.COMPARE, "sys-x", STRANGER),
}  # fmt: skip
"""Grant → its mode, its system and its unit."""
TARGETS = [(kind, row[place]) for row in [(no, *served[1:]) for no, served in SERVED.items()]
           for place, kind in enumerate((Suspendable.GRANT, Suspendable.SYSTEM, Suspendable.UNIT))]  # fmt: skip


@pytest.fixture
def served(server, template) -> Iterator[tuple[Database, Database]]:
    """A county with four grants, through one door that remembers what it read, and one that decides."""
    with fresh_database(server, template=template) as url:
        decides, remembers = (Database(url, role="owner") for _ in range(2))
        establish(decides)
        supply(decides, [person(1)])
        with decides.transaction() as cur:
            cur.execute("insert into plane.device (id, unit, name) values ('pcx', %s, 'pcx')", (STRANGER,))
        for no, (mode, system, unit) in SERVED.items():
            who = {"users": ("xu",), "devices": ("pcx",)} if unit == STRANGER else {}
            opened(decides, a_grant(no, mode=mode, need=NEED[mode], system=system, consumer=unit, **who))
        yield decides, remembers
        decides.close()
        remembers.close()


STEPS = st.lists(st.sampled_from(TARGETS) | st.integers(0, 2), min_size=1, max_size=6)
"""Each suspends a target, where not three stand already, or lifts one of those that stand."""


@settings(max_examples=examples(25))
@given(steps=STEPS)
def test_whatever_is_suspended_and_lifted_what_is_answered_is_what_stands_of_no_suspension(served, steps):
    decides, remembers = served
    standing: dict[int, tuple[Suspendable, str]] = {}
    try:
        for step in steps:
            if isinstance(step, tuple) and len(standing) < 3:
                standing[suspend(decides, *step)] = step
            elif isinstance(step, int) and standing:
                lift(decides, id_ := sorted(standing)[step % len(standing)])
                del standing[id_]
            for no, (mode, system, unit) in SERVED.items():
                who = {"user": "xu", "device": "pcx"} if unit == STRANGER else {}
                whom = {Suspendable.UNIT: unit, Suspendable.SYSTEM: system, Suspendable.GRANT: no}
                of = [kind for kind in Suspendable if (kind, whom[kind]) in standing.values()]
                for door in (remembers, decides):
                    told = ask(door, no, mode=mode, system=system, unit=unit, **who)
                    assert told == (("SERVICE_SUSPENDED", ", ".join(of)) if of else "OK")
    finally:
        for id_ in standing:  # the next example begins anew
            lift(decides, id_)
