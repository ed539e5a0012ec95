"""Whether a grant is answered now is told as a question is answered: by the same facts, and with what stops it."""

from datetime import date, timedelta

import pytest
from answering import CONSUMER, KEYRING, NOW, a_grant, as_it_is, asked, establish, opened, person, supply

from hutong.core.errors import Problem
from hutong.plane import grants, obstacles, suspensions
from hutong.plane.answer import compare
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.obstacles import Obstacle, ServedGrants
from hutong.plane.suspensions import Suspendable

pytestmark = pytest.mark.clause("SX-16-a")
WHOM = {Suspendable.UNIT: CONSUMER, Suspendable.SYSTEM: "sys-a", Suspendable.GRANT: "g1"}


@pytest.fixture
def county(db):
    establish(db)
    supply(db, [person(1)])
    opened(db, a_grant(), a_grant("g2"), a_grant("g3", system="sys-b"))
    return db


def execute(db, statement, *values):
    with db.transaction() as cur:
        cur.execute(statement, values)


def suspend(db, kind):
    with db.transaction() as cur:
        return suspensions.suspend(
            cur, kind=kind, whom=WHOM[kind], reason="未整改", clause="SX-16-(三)", now=NOW, by="chief"
        )


def lift(db, id_):
    with db.transaction() as cur:
        suspensions.lift(cur, id=id_, verified="已核查", now=NOW, by="chief")


def service(db, *, now=NOW):
    with db.transaction() as cur:
        return obstacles.of_grants(cur, nos=["g1"], now=now)["g1"]


def refusal(db, *, now=NOW):
    """Return why a question is refused; empty where it is answered."""
    one = asked()
    one = one._replace(caller=one.caller._replace(nonce_until=now + timedelta(minutes=5)), received_at=now)
    question = CompareQuestion(one, (Claim((person(1)["id"],), {"name": "张1"}),))
    (got,) = compare.answer(db, questions=[question], keyring=KEYRING, now=now, make=as_it_is)
    return got.code if isinstance(got, Problem) else ""


def end(db):
    with db.transaction() as cur:
        grants.revoke(cur, no="g1", reason="依据已废止", now=NOW, by="chief")


STOPS = {
    Obstacle.ENDED: ("GRANT_REVOKED", end, NOW),
    Obstacle.NOT_BEGUN: ("GRANT_NOT_YET_VALID", lambda db: None, NOW - timedelta(days=2)),
    Obstacle.OVER: ("GRANT_EXPIRED", lambda db: None, NOW + timedelta(days=30)),
    Obstacle.SYSTEM_STOPPED: (
        "SYSTEM_STOPPED", lambda db: execute(db, "update plane.system set state = 'stopped' where id = 'sys-a'"), NOW
    ),
    Obstacle.PROTECTION_LAPSED: (
        "PROTECTION_LAPSED",
        lambda db: execute(db, "update plane.system set mlps_until = %s where id = 'sys-a'", date(2026, 1, 1)), NOW,
    ),
    Obstacle.VERSION_OVER: (
        "VERSION_ENDED",
        lambda db: execute(db, "update plane.store set succeeded_at = %s, last_day = %s", NOW, date(2026, 3, 1)), NOW,
    ),
}  # fmt: skip


@pytest.mark.parametrize("obstacle", Obstacle)
def test_what_stops_the_answers_is_told_as_a_question_is_refused_for_it(county, obstacle):
    code, bring, now = STOPS[obstacle]
    assert (service(county).answered, refusal(county)) == (True, "")
    bring(county)
    assert (service(county, now=now).obstacles, refusal(county, now=now)) == ((obstacle,), code)


def test_a_system_below_the_level_of_the_rulebook_is_told_as_one_whose_evidence_lapsed(county):
    execute(county, "insert into plane.changed_limit (name, value, version, from_date)"
                    " values ('system.protection_level', 3, 2, %s)", date(2026, 3, 1))  # fmt: skip
    assert (service(county).obstacles, refusal(county)) == ((Obstacle.PROTECTION_LAPSED,), "PROTECTION_LAPSED")


def test_each_suspension_that_stands_is_told_until_it_is_lifted(county):
    ids = {kind: suspend(county, kind) for kind in Suspendable}
    for kind, id_ in ids.items():
        assert ([each.id for each in service(county).standing], refusal(county)) == (
            sorted((left for left in ids.values() if left >= id_), reverse=True), "SERVICE_SUSPENDED",
        )  # fmt: skip
        assert service(county).without(id_).answered == (kind is list(ids)[-1])
        lift(county, id_)
    assert (service(county).answered, refusal(county)) == (True, "")


def test_of_a_system_and_a_unit_it_is_counted_how_many_grants_are_free_of_suspensions(county):
    def counted(kind):
        with county.transaction() as cur:
            return obstacles.counted(cur, kind=kind, whom=WHOM[kind], unit=CONSUMER, now=NOW)

    assert [counted(kind) for kind in Suspendable] == [ServedGrants(3, 0), ServedGrants(2, 0), ServedGrants(1, 0)]
    suspend(county, Suspendable.GRANT)
    assert [counted(kind) for kind in Suspendable] == [ServedGrants(2, 1), ServedGrants(1, 1), ServedGrants(0, 1)]
    suspend(county, Suspendable.SYSTEM)
    assert [counted(kind) for kind in Suspendable] == [ServedGrants(1, 2), ServedGrants(0, 2), ServedGrants(0, 1)]


def test_a_grant_that_is_not_there_is_left_out(county):
    with county.transaction() as cur:
        assert obstacles.of_grants(cur, nos=["g9"], now=NOW) == {}
