"""The reader of procedures: what is open, to whom, where it waits, and what the clocks do."""

from dataclasses import replace

import pytest

from hutong.core import lifecycle, lifecycle_faults
from hutong.core.lifecycle import (
    STUCK,
    Apart,
    Clock,
    Counting,
    Lifecycle,
    Move,
    Seat,
    State,
    StepRefusal,
    decide,
    open_to,
    turns,
)

LEAVE = Lifecycle(
    name="test.leave",
    title="请假",
    start="ASKED",
    states={
        "ASKED": State("已提出"),
        "SENT_BACK": State("退回", no_limit="何时补正由本人决定。"),
        "GIVEN": State("已准假"),
        "OVER": State("已终止"),
    },
    conditions={"longer": "超过三天", STUCK: "无人办理或者逾期"},
    homes={"clerk": "unit", "chief": "unit", "guardian": "guardian"},
    instead={"guardian": "office"},
    apart=(Apart(frozenset({"agree"}), frozenset({"give"})),),
    moves=(
        Move("agree", "同意", "ASKED", "GIVEN", "guardian", "§1", when=("longer",)),
        Move("give", "准假", "ASKED", "GIVEN", "chief", "§2"),
        Move("return", "退回", "ASKED", "SENT_BACK", "chief", "§2", reason=True),
        Move("ask", "再提出", "SENT_BACK", "ASKED", "clerk", "§3"),
        Move("end", "终止", "ASKED", "OVER", "office", "§4", when=(STUCK,), optional=True, aftermath="不再准假"),
        Move("end", "终止", "SENT_BACK", "OVER", "office", "§4", when=(STUCK,), optional=True, aftermath="不再准假"),
    ),
    clocks=(Clock("answer", "提出", Counting.WORKING_DAYS, "x", ("ASKED",), "§2", pauses={"SENT_BACK": "补正"}),),
    rescuer="office",
)
PARTIES = {"unit": "A", "guardian": "B", "office": "Z"}
FACTS = {"longer": True, STUCK: False}
CHIEF = frozenset({Seat("chief", "A")})


def asked(**changes):
    given = {"officer": "p", "seats": CHIEF, "parties": PARTIES, "facts": FACTS, "acted": {}}
    return {**given, **changes}


def test_a_step_is_taken_by_who_sits_where_it_belongs():
    assert decide(LEAVE, "ASKED", "give", **asked()).after == "GIVEN"


@pytest.mark.parametrize(
    ("state", "action", "changes", "why"),
    [
        ("GIVEN", "give", {}, StepRefusal.NOT_DECLARED),
        ("ASKED", "unheard-of", {}, StepRefusal.NOT_DECLARED),
        ("ASKED", "agree", {"facts": {**FACTS, "longer": False}}, StepRefusal.CONDITION),
        ("ASKED", "give", {"seats": {Seat("chief", "B")}}, StepRefusal.SEAT),
        ("ASKED", "give", {"seats": {Seat("clerk", "A")}}, StepRefusal.SEAT),
        ("ASKED", "give", {"acted": {"agree": {"p"}}}, StepRefusal.APART),
        ("ASKED", "end", {"seats": {Seat("office", "Z")}}, StepRefusal.CONDITION),
    ],
)
def test_a_step_is_refused_for_its_own_reason(state, action, changes, why):
    assert decide(LEAVE, state, action, **asked(**changes)) is why


def test_an_office_is_its_role_in_the_unit_that_holds_it_and_in_no_other():
    stuck = {**FACTS, STUCK: True}
    assert decide(LEAVE, "ASKED", "end", **asked(seats={Seat("office", "Z")}, facts=stuck)).after == "OVER"
    for seat in (Seat("office"), Seat("office", "A"), Seat("chief", "Z")):
        assert decide(LEAVE, "ASKED", "end", **asked(seats={seat}, facts=stuck)) is StepRefusal.SEAT


@pytest.mark.parametrize("parties", [{**PARTIES, "office": None}, {"unit": "A", "guardian": "B"}])
def test_an_office_that_no_unit_holds_is_nobodys_and_its_step_waits_for_a_unit(parties):
    stuck = {**FACTS, STUCK: True}
    end = asked(parties=parties, seats={Seat("office", "Z"), Seat("office", "A")}, facts=stuck)
    assert decide(LEAVE, "ASKED", "end", **end) is StepRefusal.SEAT
    parties = {**parties, "guardian": None}
    (agree,) = [turn for turn in turns(LEAVE, "ASKED", parties=parties, facts=FACTS, acted={}, staff={}, stopped=set())
                if turn.move.action == "agree"]  # fmt: skip
    assert (agree.seat, agree.waits_at, agree.why) == (Seat("office"), Seat("office"), "no_office")


def test_what_a_missing_party_would_do_the_office_named_instead_does():
    parties = {**PARTIES, "guardian": None}
    assert decide(LEAVE, "ASKED", "agree", **asked(parties=parties, seats={Seat("office", "Z")})).role == "guardian"
    assert decide(LEAVE, "ASKED", "agree", **asked(parties=parties, seats={Seat("guardian", "B")})) is StepRefusal.SEAT


def test_a_person_who_acted_on_one_side_is_kept_from_the_other_and_nobody_else_is():
    assert [move.action for move in open_to(LEAVE, "ASKED", **asked(acted={"agree": {"p"}}))] == ["return"]
    assert [move.action for move in open_to(LEAVE, "ASKED", **asked(acted={"agree": {"q"}}))] == ["give", "return"]


def test_a_step_that_several_sides_take_is_kept_apart_in_the_role_it_was_taken_in():
    life = replace(LEAVE, apart=(Apart(frozenset({"agree"}), frozenset({"return by chief"})),))
    assert lifecycle.names(life, "return", before="ASKED") == ["return", "return by chief"]
    assert decide(life, "ASKED", "return", **asked(acted={"agree": {"p"}})) is StepRefusal.APART
    for acted, kept in (("return by chief", {"p"}), ("return by guardian", set()), ("return", set())):
        assert lifecycle.kept_apart(life, "agree", acted={acted: {"p"}}) == kept
    assert list(lifecycle_faults.faults(life, roles=ROLES)) == list(lifecycle_faults.faults(LEAVE, roles=ROLES))
    life = replace(LEAVE, apart=(Apart(frozenset({"agree"}), frozenset({"return by clerk"})),))
    assert "return by clerk is kept apart and is no step" in lifecycle_faults.faults(life, roles=ROLES)


def waiting(*, staff, acted=None, stopped=frozenset(), facts=FACTS, gave=None):
    found = turns(
        LEAVE, "ASKED", parties=PARTIES, facts=facts, acted=acted or {}, staff=staff, stopped=stopped, gave=gave or {}
    )
    return {turn.move.action: (turn.waits_at, turn.why) for turn in found}


THERE = {Seat("chief", "A"): {"c"}, Seat("guardian", "B"): {"g"}}


def test_what_is_open_and_not_optional_waits_where_it_belongs():
    assert waiting(staff=THERE) == {
        "agree": (Seat("guardian", "B"), ""), "give": (Seat("chief", "A"), ""), "return": (Seat("chief", "A"), ""),
    }  # fmt: skip
    assert "agree" not in waiting(staff=THERE, facts={**FACTS, "longer": False})


@pytest.mark.parametrize(
    ("changes", "action", "why"),
    [
        ({"staff": {**THERE, Seat("chief", "A"): frozenset()}}, "give", "nobody_there"),
        ({"staff": {**THERE, Seat("chief", "A"): frozenset()}, "stopped": {"A"}}, "give", "unit_stopped"),
        ({"staff": THERE, "acted": {"agree": {"c"}}}, "give", "all_apart"),
        ({"staff": THERE, "gave": {"give": {"c"}}}, "give", "all_gave"),
    ],
)
def test_where_nobody_is_left_who_may_act_the_case_waits_with_the_rescuing_office_and_says_why(changes, action, why):
    assert waiting(**changes)[action] == (Seat("office", "Z"), why)


def test_two_officers_are_enough_where_one_is_kept_apart():
    assert waiting(staff={**THERE, Seat("chief", "A"): {"c", "d"}}, acted={"agree": {"c"}})["give"][1] == ""


def test_where_a_deputy_fills_in_for_a_unit_that_was_stopped_the_case_waits_with_the_deputy():
    assert waiting(staff={**THERE, Seat("chief", "A"): {"deputy"}}, stopped={"A"})["give"] == (Seat("chief", "A"), "")


def test_who_gave_a_hand_to_one_step_still_takes_another_and_a_second_officer_gives_the_next():
    assert waiting(staff=THERE, gave={"give": {"c"}})["return"] == (Seat("chief", "A"), "")
    both = {**THERE, Seat("chief", "A"): {"c", "d"}}
    assert waiting(staff=both, gave={"give": {"c"}})["give"] == (Seat("chief", "A"), "")
    left = waiting(staff=both, gave={"give": {"c"}}, acted={"agree": {"d"}})
    assert left["give"] == (Seat("office", "Z"), "all_gave")


def ticked(state, *, running=frozenset(), paused=frozenset()):
    found = lifecycle.ticking(LEAVE, state, facts=FACTS, running=running, paused=paused)
    names = (found.begins, found.pauses, found.goes_on, found.ends)
    return tuple([clock.name for clock in each] for each in names)


def test_a_clock_begins_stands_still_goes_on_and_ends_as_the_state_says():
    assert ticked("ASKED") == (["answer"], [], [], [])
    assert ticked("ASKED", running={"answer"}) == ([], [], [], [])
    assert ticked("SENT_BACK", running={"answer"}) == ([], ["answer"], [], [])
    assert ticked("ASKED", paused={"answer"}) == ([], [], ["answer"], [])
    assert ticked("GIVEN", running={"answer"}) == ([], [], [], ["answer"])
    assert ticked("OVER", paused={"answer"}) == ([], [], [], ["answer"])


ROLES = {"clerk", "chief", "guardian", "office"}


def test_a_sound_table_has_no_faults():
    assert list(lifecycle_faults.faults(LEAVE, roles=ROLES)) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (replace(LEAVE, moves=LEAVE.moves[:4]), "OVER is never reached"),
        (replace(LEAVE, moves=(*LEAVE.moves, Move("x", "x", "GIVEN", "GIVEN", "chief", "§"))), "no end is reached"),
        (replace(LEAVE, clocks=()), "ASKED waits without a limit"),
        (replace(LEAVE, conditions={}), "longer is no condition"),
        (
            replace(LEAVE, moves=(*LEAVE.moves, Move("x", "x", "ASKED", "OVER", "chief", "§", otherwise=("wet", "…")))),
            "wet is no condition",
        ),
        (replace(LEAVE, moves=(*LEAVE.moves, Move("x", "x", "ASKED", "OVER", "stranger", "§"))), "stranger is no role"),
        (replace(LEAVE, moves=(*LEAVE.moves, Move("x", "x", "ASKED", "NOWHERE", "chief", "§"))), "NOWHERE is no state"),
        (
            replace(LEAVE, moves=(*LEAVE.moves, Move("x", "x", "ASKED", "OVER", "office", "§", when=(STUCK,)))),
            "does not say what becomes",
        ),
        (
            replace(LEAVE, moves=(*LEAVE.moves, Move("x", "x", "ASKED", "OVER", "office", "§", when=(STUCK,)))),
            "waits for somebody all the same",
        ),
        (replace(LEAVE, homes={**LEAVE.homes, "stranger": "unit"}), "stranger has a home or a stand-in"),
        (replace(LEAVE, instead={"guardian": "stranger"}), "stranger is no role"),
        (replace(LEAVE, rescuer="stranger"), "stranger is no role"),
        (replace(LEAVE, apart=(Apart(frozenset({"agree"}), frozenset({"giev"})),)), "giev is kept apart"),
        (replace(LEAVE, editable=frozenset({"NOWHERE"})), "NOWHERE is editable"),
        (replace(LEAVE, paired=(("give", "agree"),)), "give and agree: the second never follows the first"),
        (replace(LEAVE, paired=(("return", "ask"),)), "return and ask: clerk takes what follows chief's step"),
        (replace(LEAVE, paired=(("ask", "return"),)), "ask and return: one of them asks for a reason"),
        (replace(LEAVE, clocks=(replace(LEAVE.clocks[0], counting=Counting.ORDER),)), "has the limit x"),
        (replace(LEAVE, clocks=(replace(LEAVE.clocks[0], counting=Counting.LEAD),)), "looks at the date of nothing"),
    ],
)
def test_a_fault_in_a_table_is_told(changed, fault):
    assert any(fault in told for told in lifecycle_faults.faults(changed, roles=ROLES))
