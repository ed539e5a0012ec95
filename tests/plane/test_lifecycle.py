"""What a grant can be, whose each step is, and that nothing leads back from its end (SX-16-a, SX-06-a)."""

import pytest
from answering import NOW, a_grant, establish, opened, person, records, supply

from hutong.core import lifecycle, text
from hutong.core.lifecycle import TIME, Move, Refusal, Seat
from hutong.plane import grants
from hutong.plane.lifecycle import GRANT

NOTHING = {"unit_stopped": False, "withdrawn": False, "over": False}
DECISIONS = {
    "active": {"suspend": "suspended", "revoke": "revoked"},
    "suspended": {"resume": "active", "revoke": "revoked"},
    "revoked": {},
    "expired": {},
}
ALONGSIDE = {
    ("suspend_with_unit", "operator", "unit_stopped", "SX-03"): {"active": "suspended"},
    ("withdraw", "authority", "withdrawn", "SX-06-a"): {"active": "revoked", "suspended": "revoked"},
    ("expire", TIME, "over", "SX-08-d"): {"active": "expired", "suspended": "expired"},
}


def taken(state, action, *, role, facts=NOTHING):
    seats = {Seat(role, "any")}
    found = lifecycle.decide(GRANT, state, action, person="li", seats=seats, parties={}, facts=facts, acted={})
    return (found.after, found.clause) if isinstance(found, Move) else found


def test_it_is_sound_as_a_table():
    assert list(lifecycle.faults(GRANT, roles=text.ROLES)) == []
    assert {code: state.name for code, state in GRANT.states.items()} == {
        "active": "有效", "suspended": "已暂停", "revoked": "已撤销", "expired": "已到期",
    }  # fmt: skip


@pytest.mark.clause("SX-16-a")
@pytest.mark.parametrize("role", text.ROLES)
@pytest.mark.parametrize("state", DECISIONS)
def test_the_operator_suspends_resumes_and_revokes_and_nobody_else(state, role):
    for action in ("suspend", "resume", "revoke"):
        after = DECISIONS[state].get(action)
        operators = (after, "SX-16-a") if after else Refusal.NOT_DECLARED
        assert taken(state, action, role=role) == (operators if role == "operator" or not after else Refusal.SEAT)


@pytest.mark.clause("SX-16-a")
def test_every_decision_needs_a_reason_and_is_grave():
    moves = [move for move in GRANT.moves if move.role != TIME]
    assert {(move.reason, move.grave) for move in moves} == {(True, True)}


@pytest.mark.clause("SX-06-a", "SX-03")
@pytest.mark.parametrize(("step", "leads"), ALONGSIDE.items())
@pytest.mark.parametrize("state", DECISIONS)
def test_what_goes_with_another_decision_or_with_time_happens_with_that_alone(step, leads, state):
    action, role, fact, clause = step
    expected = (leads[state], clause) if state in leads else Refusal.NOT_DECLARED
    assert taken(state, action, role=role, facts={**NOTHING, fact: True}) == expected
    assert taken(state, action, role=role) == (Refusal.CONDITION if state in leads else Refusal.NOT_DECLARED)


def test_the_plane_keeps_the_states_of_the_table_and_no_other(db):
    with db.transaction() as cur:
        ((check,),) = cur.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'access_grant_state'"
        )
    assert {word for word in check.split("'") if word.isalpha()} == set(GRANT.states)


@pytest.mark.parametrize(
    ("step", "event"),
    [("suspend", "grant_suspended"), ("revoke", "grant_revoked"), ("resume", "grant_resumed"),
     ("suspend_with_unit", "grant_suspended"), ("withdraw", "grant_revoked"), ("expire", "grant_expired")],
)  # fmt: skip
def test_a_step_is_entered_by_its_clause_and_without_its_entry_has_not_happened(db, step, event):
    establish(db)
    supply(db, [person(1)])
    opened(db, a_grant())
    if step == "resume":
        _take(db, "suspend")
    before = _state(db)
    with db.transaction() as cur:
        cur.execute(f"alter table audit.entry add constraint disk_full check (event <> 'plane.{event}') not valid")
    with pytest.raises(Exception, match="disk_full"):
        _take(db, step)
    assert _state(db) == before

    with db.transaction() as cur:
        cur.execute("alter table audit.entry drop constraint disk_full")
    _take(db, step)
    expected = {action: (leads["active"], clause) for (action, _, _, clause), leads in ALONGSIDE.items()} | {
        "suspend": ("suspended", "SX-16-a"), "revoke": ("revoked", "SX-16-a"), "resume": ("active", "SX-16-a"),
    }  # fmt: skip
    assert _state(db) == expected[step][0]
    (record,) = records(db, f"plane.{event}")
    assert record["grant"] == "g1"
    if step != "expire":
        assert (record["clause"], record["reason"], record["by"]) == (expected[step][1], "未整改", "chief")


def _take(db, step):
    if step == "expire":
        grants.expire(db, now=a_grant().until_at)
        return
    with db.transaction() as cur:
        named = {"code": a_grant().code} if step == "withdraw" else {"no": "g1"}
        getattr(grants, step)(cur, **named, reason="未整改", now=NOW, by="chief")


def _state(db):
    with db.transaction() as cur:
        return grants.read(cur, nos=["g1"])["g1"].state
