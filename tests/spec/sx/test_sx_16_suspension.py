"""Article 16: the information centre may stop the service; what is there is the grant's suspension."""

import psycopg
import pytest
from acting import NOW as ACTED
from answering import NOW, a_grant, opened, records
from comparing import answer, question, told
from outcomes import DONE, came_of

from hutong.control.sharing import operations as sharing
from hutong.core import canonical, lifecycle
from hutong.core.lifecycle import TIME
from hutong.plane import grants
from hutong.plane.lifecycle import GRANT

pytestmark = pytest.mark.clause("SX-16-a", "IS-5.1-b")


def move(db, action: str, *, no: str = "g1", reason: str = "未整改") -> None:
    with db.transaction() as cur:
        getattr(grants, action)(cur, no=no, reason=reason, now=NOW, by="chief")


def test_a_suspended_service_answers_nothing_from_that_moment_on_and_others_go_on(platform):
    opened(platform, a_grant(), a_grant("g2"))
    assert told(answer(platform, question(), question(grant="g2"))) == [[{"name": "match"}]] * 2
    move(platform, "suspend")
    got = answer(platform, question(), question(grant="g2"))
    assert told(got) == ["SERVICE_SUSPENDED", [{"name": "match"}]]
    assert got[0].clause == "SX-16-a"
    assert [record["result"] for record in records(platform, "plane.refused")] == ["SERVICE_SUSPENDED"]
    (record,) = records(platform, "plane.grant_suspended")
    assert (record["grant"], record["reason"], record["clause"], record["by"]) == ("g1", "未整改", "SX-16-a", "chief")


def test_it_is_taken_up_again_and_what_was_revoked_is_not(platform):
    opened(platform, a_grant())
    move(platform, "suspend")
    assert came_of(move, platform, "suspend") == "GRANT_CANNOT_MOVE"
    assert came_of(move, platform, "resume", reason="整改已核验") == DONE
    assert told(answer(platform, question())) == [[{"name": "match"}]]
    assert came_of(move, platform, "revoke") == DONE
    assert told(answer(platform, question())) == ["GRANT_REVOKED"]
    assert [came_of(move, platform, action) for action in ("resume", "suspend", "revoke")] == ["GRANT_CANNOT_MOVE"] * 3


def test_the_operator_decides_it_with_a_reason_and_nobody_else(county):
    no = county.draft()
    county.walk(no, to="FILED")

    def decide(action: str, *, by: str = "operator", reason: str = "未按要求整改") -> None:
        sharing.move_grant(f"G-{no}", action, reason=reason, actor=county.actor(by), now=ACTED)

    others = ("authority", "consumer", "competent", "editor", "approver")
    for action in ("suspend", "revoke"):
        assert [came_of(decide, action, by=name) for name in others] == ["NOT_YOUR_ROLE"] * len(others)
        assert came_of(decide, action, reason=" ") == "GROUNDS_MISSING"
    assert came_of(decide, "suspend") == DONE
    assert [came_of(decide, "resume", reason=reason) for reason in ("", " ")] == ["GROUNDS_MISSING"] * 2
    assert came_of(decide, "resume", by="authority") == "NOT_YOUR_ROLE"
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        rows = opened_.execute("select state, reason from plane.access_grant").fetchall()
        entered = opened_.execute("select record from audit.entry where event = 'plane.grant_suspended'").fetchall()
    assert rows == [("suspended", "未按要求整改")]
    assert [canonical.loads(record)["by"] for (record,) in entered] == ["operator"]


def test_a_service_stops_goes_on_and_ends_in_these_ways_and_no_others():
    steps = {
        (move.action, move.before, move.after, move.role, *move.when, *(["reason"] if move.reason else []),
         *(["basis"] if move.basis else []))
        for move in GRANT.moves
    }  # fmt: skip
    assert steps == {
        ("suspend", "active", "suspended", "operator", "reason"),
        ("resume", "suspended", "active", "operator", "reason"),
        ("revoke", "active", "revoked", "operator", "reason"),
        ("revoke", "suspended", "revoked", "operator", "reason"),
        ("suspend_with_unit", "active", "suspended", "operator", "unit_stopped", "reason"),
        ("withdraw", "active", "revoked", "authority", "withdrawn", "reason"),
        ("withdraw", "suspended", "revoked", "authority", "withdrawn", "reason"),
        ("expire", "active", "expired", TIME, "over"),
        ("expire", "suspended", "expired", TIME, "over"),
    }
    assert (GRANT.start, lifecycle.ends(GRANT)) == ("active", {"revoked", "expired"})
    assert all(move.optional for move in GRANT.moves if move.role != TIME)  # a grant waits for nobody
