"""What a purge and a hold can be, whose each step is, and what cannot happen (SX-10-c, W13)."""

import pytest

from hutong.audit.lifecycle import HOLD, PURGE
from hutong.core import lifecycle, text
from hutong.core.lifecycle import Move, Refusal, Seat

TAKERS = ("operator", "authority", "auditor")
ASKED = {"parties": {}, "acted": {"request": {"li"}, "approve": {"wang"}}}
FREE = {"years_over": True, "no_hold": True}
STEPS = {
    "unrequested": {"request": "requested"},
    "requested": {"approve": "approved", "drop": "dropped"},
    "approved": {"purge": "done", "drop": "dropped"},
    "done": {},
    "dropped": {},
}


def taken(state, action, *, person="zhao", role="operator", facts=FREE):
    found = lifecycle.decide(PURGE, state, action, person=person, seats={Seat(role, "any")}, facts=facts, **ASKED)
    return found.after if isinstance(found, Move) else found


def test_both_are_sound_as_tables():
    assert [*lifecycle.faults(PURGE, roles=text.ROLES), *lifecycle.faults(HOLD, roles=text.ROLES)] == []


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("role", text.ROLES)
@pytest.mark.parametrize("state", STEPS)
def test_operator_authority_and_auditor_take_the_steps_of_a_purge_and_nobody_else(state, role):
    for action in ("request", "approve", "purge", "drop"):
        after = STEPS[state].get(action, Refusal.NOT_DECLARED)
        allowed = role in TAKERS or after is Refusal.NOT_DECLARED
        assert taken(state, action, role=role) == (after if allowed else Refusal.SEAT)


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("role", TAKERS)
def test_who_requested_does_not_approve_in_whatever_role_but_may_drop(role):
    assert taken("requested", "approve", person="li", role=role) is Refusal.APART
    assert taken("requested", "drop", person="li", role=role) == "dropped"


@pytest.mark.clause("SX-10-c")
def test_nothing_is_requested_or_purged_before_its_years_are_over_or_under_hold():
    for state, action in (("unrequested", "request"), ("approved", "purge")):
        for lacking in ("years_over", "no_hold"):
            assert taken(state, action, facts={**FREE, lacking: False}) is Refusal.CONDITION


def test_what_is_not_done_can_always_be_ended():
    for state in ("requested", "approved"):
        assert taken(state, "drop", facts={"years_over": False, "no_hold": False}) == "dropped"
    assert lifecycle.ends(PURGE) == {"done", "dropped"}


@pytest.mark.parametrize("role", text.ROLES)
def test_a_hold_is_placed_and_lifted_by_the_same_three_and_ends_by_itself(role):
    for state, action, after in (("unplaced", "place", "placed"), ("placed", "lift", "lifted")):
        seats, facts = {Seat(role, "any")}, {"over": True}
        found = lifecycle.decide(HOLD, state, action, person="li", seats=seats, facts=facts, **ASKED)
        assert found is Refusal.SEAT if role not in TAKERS else found.after == after
    ended = lifecycle.find(HOLD, "placed", "end", facts={"over": True})
    assert ended is not None
    assert ended.after == "ended"
    assert lifecycle.find(HOLD, "placed", "end", facts={"over": False}) is None
    assert lifecycle.ends(HOLD) == {"lifted", "ended"}
