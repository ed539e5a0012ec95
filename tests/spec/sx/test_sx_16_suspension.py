"""Article 16: the information centre may stop the service of a unit, of a system, or under a grant."""

import psycopg
import pytest
from acting import NOW as ACTED
from answering import CONSUMER, NOW, a_grant, opened, records
from comparing import answer, question, told
from outcomes import DONE, came_of

from hutong.control.sharing import queries, rules, service, suspended
from hutong.core import canonical, lifecycle
from hutong.core.lifecycle import TIME
from hutong.plane import grants, suspensions
from hutong.plane.lifecycle import GRANT, SUSPENSION
from hutong.plane.suspensions import Suspendable

pytestmark = pytest.mark.clause("SX-16-a", "IS-5.1-b")
MATCH, SUSPENDED = [{"name": "match"}], "SERVICE_SUSPENDED"


def suspend(db, *, kind: Suspendable = Suspendable.GRANT, whom: str = "g1") -> int:
    with db.transaction() as cur:
        given = {"reason": "未整改", "clause": "SX-16-(三)", "now": NOW, "by": "chief"}
        return suspensions.suspend(cur, kind=kind, whom=whom, **given)


def lift(db, id: int) -> None:
    with db.transaction() as cur:
        suspensions.lift(cur, id=id, verified="整改已核验", now=NOW, by="chief")


def revoke(db) -> None:
    with db.transaction() as cur:
        grants.revoke(cur, no="g1", reason="未整改", now=NOW, by="chief")


def test_a_suspended_service_answers_nothing_from_that_moment_on_and_others_go_on(platform):
    opened(platform, a_grant(), a_grant("g2"))
    assert told(answer(platform, question(), question(grant="g2"))) == [MATCH] * 2
    id_ = suspend(platform)
    got = answer(platform, question(), question(grant="g2"))
    assert told(got) == [SUSPENDED, MATCH]
    assert got[0].clause == "SX-16-a"
    assert [record["result"] for record in records(platform, "plane.refused")] == [SUSPENDED]
    assert records(platform, "plane.suspended") == [
        {"suspension": id_, "kind": "grant", "whom": "g1", "reason": "未整改", "clause": "SX-16-(三)", "by": "chief"}
    ]


def test_of_a_system_that_is_suspended_all_grants_are_and_of_a_unit_all_systems(platform):
    opened(platform, a_grant(), a_grant("g2", system="sys-b"))
    both = question(), question(grant="g2", system="sys-b")
    assert told(answer(platform, *both)) == [MATCH] * 2
    system = suspend(platform, kind=Suspendable.SYSTEM, whom="sys-a")
    both = question(), question(grant="g2", system="sys-b")
    assert told(answer(platform, *both)) == [SUSPENDED, MATCH]
    suspend(platform, kind=Suspendable.UNIT, whom=CONSUMER)
    lift(platform, system)
    both = question(), question(grant="g2", system="sys-b")
    assert told(answer(platform, *both)) == [SUSPENDED] * 2


def test_each_suspension_is_lifted_for_itself_and_what_was_revoked_is_not_taken_up_again(platform):
    opened(platform, a_grant())
    first, second = suspend(platform), suspend(platform)
    lift(platform, first)
    assert told(answer(platform, question())) == [SUSPENDED]
    assert came_of(lift, platform, first) == "SUSPENSION_CANNOT_MOVE"
    assert came_of(lift, platform, second) == DONE
    assert told(answer(platform, question())) == [MATCH]
    last = suspend(platform)
    assert came_of(revoke, platform) == DONE
    assert came_of(lift, platform, last) == DONE
    assert told(answer(platform, question())) == ["GRANT_REVOKED"]
    assert [came_of(suspend, platform), came_of(revoke, platform)] == ["GRANT_ENDED", "GRANT_CANNOT_MOVE"]


def test_the_operator_decides_it_with_a_reason_by_a_clause_and_nobody_else(county):
    no = county.draft()
    county.walk(no, to="FILED")
    whom = {Suspendable.UNIT: county.civil, Suspendable.SYSTEM: "civil-app", Suspendable.GRANT: f"G-{no}"}

    def decide(
        kind: Suspendable, *, by: str = "operator", reason: str = "未按要求整改", clause: str = "SX-16-(五)"
    ) -> None:
        service.suspend(kind, whom[kind], reason=reason, clause=clause, actor=county.actor(by), now=ACTED)

    others = ("authority", "consumer", "competent", "editor", "approver")
    for kind in Suspendable:
        assert [came_of(decide, kind, by=name) for name in others] == ["NOT_YOUR_ROLE"] * len(others)
        assert [came_of(decide, kind, reason=" "), came_of(decide, kind, clause="")] == ["GROUNDS_MISSING"] * 2
        assert came_of(decide, kind, clause="SX-08-f") == "CLAUSE_UNFIT"
        assert came_of(decide, kind) == DONE
    strange = {"reason": "x", "clause": rules.ANY_OTHER, "actor": county.actor("operator"), "now": ACTED}
    assert [came_of(service.suspend, kind, "none", **strange) for kind in Suspendable] == [
        "NO_SUCH_UNIT", "NOT_REGISTERED", "NO_SUCH_GRANT",
    ]  # fmt: skip
    end = (service.revoke, f"G-{no}")
    assert came_of(*end, reason="x", actor=county.actor("authority"), now=ACTED) == "NOT_YOUR_ROLE"
    assert came_of(*end, reason=" ", actor=county.actor("operator"), now=ACTED) == "GROUNDS_MISSING"
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        told_of = "select record from audit.entry where event = 'plane.suspended' order by id"
        entered = opened_.execute(told_of).fetchall()
    said = [canonical.loads(record) for (record,) in entered]
    assert [(each["kind"], each["whom"], each["by"]) for each in said] == [
        (kind, whom[kind], "operator") for kind in Suspendable
    ]
    assert {(each["reason"], each["clause"]) for each in said} == {("未按要求整改", "SX-16-(五)")}


def test_it_is_lifted_by_the_operator_who_says_what_was_verified_and_all_of_it_stays_to_be_read(county):
    no = county.draft()
    county.walk(no, to="FILED")
    operator = county.actor("operator")
    given = {"reason": "未整改", "clause": rules.ANY_OTHER, "actor": operator, "now": ACTED}
    ids = [
        service.suspend(Suspendable.UNIT, county.civil, **given),
        service.suspend(Suspendable.GRANT, f"G-{no}", **given),
    ]
    for by, verified, came in (
        ("authority", "已核查", "NOT_YOUR_ROLE"), ("operator", " ", "GROUNDS_MISSING"), ("operator", "已核查", DONE),
    ):  # fmt: skip
        assert came_of(service.lift, ids[0], verified=verified, actor=county.actor(by), now=ACTED) == came

    def read(username: str) -> list[tuple[str, str, str]]:
        actor = county.actor(username)
        ((found),) = suspended.of_grants(queries.grants(actor), actor=actor).values()
        return [(each.state, each.reason, each.verified or "") for each in found]

    whole = [("standing", "未整改", ""), ("lifted", "未整改", "已核查")]
    assert [read(name) for name in ("operator", "authority", "consumer", "editor")] == [whole] * 4


def test_who_begins_to_provide_after_a_unit_was_suspended_reads_no_reason_that_was_not_entered_for_it(county):
    given = {"reason": "未整改", "clause": rules.ANY_OTHER, "actor": county.actor("operator"), "now": ACTED}
    id_ = service.suspend(Suspendable.UNIT, county.civil, **given)
    county.walk(county.draft(), to="FILED")

    def read(username: str) -> list[tuple[str, str]]:
        actor = county.actor(username)
        ((found,),) = suspended.of_grants(queries.grants(actor), actor=actor).values()
        return [(found.reason, found.verified or "")]

    assert [read(name) for name in ("consumer", "editor")] == [[("未整改", "")], [("", "")]]
    service.lift(id_, verified="已核查", actor=county.actor("operator"), now=ACTED)
    assert read("editor") == [("", "已核查")]


def test_a_service_stops_goes_on_and_ends_in_these_ways_and_no_others():
    steps = {
        (move.action, move.before, move.after, move.role, *move.when, *(["reason"] if move.reason else []),
         *(["basis"] if move.basis else []))
        for move in (*GRANT.moves, *SUSPENSION.moves)
    }  # fmt: skip
    assert steps == {
        ("suspend", "unsuspended", "standing", "operator", "reason"),
        ("lift", "standing", "lifted", "operator", "reason"),
        ("suspend_with_unit", "unsuspended", "standing_with_unit", "operator", "unit_stopped", "reason"),
        ("lift_with_unit", "standing_with_unit", "lifted", "operator", "unit_started"),
        ("revoke", "active", "revoked", "operator", "reason"),
        ("withdraw", "active", "revoked", "authority", "withdrawn", "reason"),
        ("relinquish", "active", "relinquished", "consumer", "reason"),
        ("expire", "active", "expired", TIME, "over"),
    }
    assert (GRANT.start, lifecycle.ends(GRANT)) == ("active", {"revoked", "relinquished", "expired"})
    assert (SUSPENSION.start, lifecycle.ends(SUSPENSION)) == ("unsuspended", {"lifted"})
    moves = (*GRANT.moves, *SUSPENSION.moves)
    assert all(move.optional for move in moves if move.role != TIME)  # neither waits for anybody
