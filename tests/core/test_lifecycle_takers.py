"""A step that several roles may take has a line for each; what happens by time is nobody's."""

from dataclasses import replace

import pytest

from hutong.core import lifecycle, lifecycle_faults
from hutong.core.lifecycle import TIME, Apart, Lifecycle, Move, Seat, State, StepRefusal

LIFE = Lifecycle(
    name="test.case",
    title="事项",
    start="open",
    states={"open": State("办理中", no_limit="无期限"), "shut": State("已办结"), "over": State("已届满")},
    conditions={"late": "期限已届满"},
    moves=(
        Move("close", "办结", "open", "shut", "operator", "SX-04-a"),
        Move("close", "办结", "open", "shut", "auditor", "SX-04-a"),
        Move("end", "届满", "open", "over", TIME, "SX-04-a", when=("late",)),
    ),
    apart=(Apart(frozenset({"end"}), frozenset({"close"})),),
    rescuer="operator",
)
ASKED = {"parties": {}, "acted": {"end": {"li"}}, "facts": {"late": False}}


@pytest.mark.parametrize("role", ["operator", "auditor"])
def test_each_of_several_roles_takes_the_step_as_its_own(role):
    found = lifecycle.decide(LIFE, "open", "close", officer="wang", seats={Seat(role)}, **ASKED)
    assert (found.after, found.role) == ("shut", role)
    assert lifecycle.open_to(LIFE, "open", officer="wang", seats={Seat(role)}, **ASKED) == [found]


def test_who_holds_both_roles_is_shown_the_step_once():
    seats = {Seat("operator"), Seat("auditor")}
    assert len(lifecycle.open_to(LIFE, "open", officer="wang", seats=seats, **ASKED)) == 1


def test_a_third_role_does_not_and_nobody_kept_apart_does():
    others = {Seat("authority"), Seat("consumer"), Seat("operator", "any")}
    assert lifecycle.decide(LIFE, "open", "close", officer="wang", seats=others, **ASKED) is StepRefusal.SEAT
    for role in ("operator", "auditor"):
        found = lifecycle.decide(LIFE, "open", "close", officer="li", seats={Seat(role)}, **ASKED)
        assert found is StepRefusal.APART


def test_who_may_take_a_step_and_from_where_is_read_from_the_table():
    assert lifecycle.takers(LIFE, "close") == lifecycle.takers(LIFE) == ["operator", "auditor"]
    assert lifecycle.takers(LIFE, "end") == lifecycle.takers(LIFE, "none") == []
    assert (lifecycle.taken_from(LIFE, "end"), lifecycle.taken_from(LIFE, "none")) == (["open"], [])


def test_what_happens_by_time_waits_for_nobody_and_no_officer_takes_it():
    late = {**ASKED, "facts": {"late": True}}
    every = {Seat(role) for role in ("operator", "auditor", "authority")}
    assert lifecycle.decide(LIFE, "open", "end", officer="wang", seats=every, **late) is StepRefusal.SEAT
    assert lifecycle.decide(LIFE, "open", "end", officer="", seats={Seat(TIME)}, **late).after == "over"
    waiting = lifecycle.turns(LIFE, "open", **late, staff={}, stopped=set())
    assert [turn.seat.role for turn in waiting] == ["operator", "auditor"]


def test_a_move_by_time_has_to_say_when():
    roles = ("operator", "auditor")
    assert list(lifecycle_faults.faults(LIFE, roles=roles)) == []
    moves = (*LIFE.moves, Move("end", "届满", "shut", "over", TIME, "SX-04-a"))
    life = replace(LIFE, moves=moves)
    assert list(lifecycle_faults.faults(life, roles=roles)) == ["shut end: happens by time and does not say when"]
