"""Every lifecycle, held against what the regulation has it do (`expected`), in the reader and in the database."""

import csv
from contextlib import closing, nullcontext
from importlib import import_module
from itertools import product
from pathlib import Path

import bringing
import pytest
import ways
from acting import WALK
from expected import PROCEDURES, SIDES, Expected
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.control.procedures.hands import GivenHand, left
from hutong.control.procedures.procedure import installed
from hutong.core import defaults, lifecycle, lifecycle_faults, text
from hutong.core.lifecycle import TIME, Hand, Lifecycle, Seat, StepRefusal
from hutong.core.limits import CountedIn

ROOT = Path(__file__).parents[3]
UNITS = {"consumer": "C", "competent": "D", "provider": "P", "unit": "U"}
OFFICES = {"authority": "A", "operator": "O", "government": "G"}
"""Office → the unit that holds it."""
ELSEWHERE = "X"
FLAGS = ("reason", "basis", "optional", "grave", "hands")


def every_lifecycle():
    """Return the lifecycles of all rooms there are, by name."""
    source = ROOT / "src"
    files = [path for path in source.glob("hutong/*/**/lifecycle.py") if path.parent.name != "core"]
    modules = [import_module(".".join(path.relative_to(source).with_suffix("").parts)) for path in files]
    found = [each for module in modules for each in vars(module).values() if isinstance(each, Lifecycle)]
    return {life.name: life for life in found}


RESTS = ("FILED", "PUBLISHED", "ACTIVE", "LOCKED", "unsuspended", "standing", "standing_with_unit", "registered")
"""States that may last, with nobody there: what was opened, published or registered; what is suspended, or is not."""
LIVES = every_lifecycle()
STEPS = [(name, step) for name, steps in PROCEDURES.items() for step in steps]
FIRST = {(name, step.action, step.role, step.after): step for name, step in reversed(STEPS)}.values()
"""Of the steps that one role takes by one name to one state, the first; `make full` asks the database of all others."""


@pytest.fixture(params=sorted(LIVES))
def life(request):
    return LIVES[request.param]


def test_every_lifecycle_there_is_is_expected_and_brought_into_its_states():
    assert LIVES.keys() == PROCEDURES.keys() == ways.WAYS.keys()
    assert LIVES.keys() == {each if isinstance(each, str) else each.values[0] for each in ALL}
    assert installed().keys() <= LIVES.keys()


def test_its_table_has_no_faults(life):
    assert list(lifecycle_faults.faults(life, roles=text.ROLES)) == []


def test_its_clauses_stand_in_the_register(life):
    with open(ROOT / "docs" / "clauses.tsv", encoding="utf-8", newline="") as file:
        register = {row["id"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    named = {each.clause for each in (*life.moves, *life.clocks, *life.apart)}
    assert named - register == set()


def test_its_limits_and_switches_stand_in_the_rulebook_and_none_is_left_over(life):
    limits = {clock.limit for clock in life.clocks if clock.limit}  # an order names its day
    assert {defaults.limit(name).unit for name in limits} <= {CountedIn.WORKING_DAYS, CountedIn.CLOCK_HOURS}
    switches = {f"hands.{life.name}.{move.action}" for move in life.moves if move.hands}
    assert switches == {name for name in defaults.LIMITS if name.startswith(f"hands.{life.name}.")}


def test_it_has_the_steps_the_regulation_has_and_no_other(life):
    party = {role: life.homes.get(role, "office") for move in life.moves for role in [move.role]}
    found = {
        Expected(
            move.before, move.action, move.role, party[move.role], move.after, move.when,
            frozenset(name for name in FLAGS if getattr(move, name)),
        )
        for move in life.moves
    }  # fmt: skip
    assert found == set(PROCEDURES[life.name])
    assert len(life.moves) == len(found)
    assert {move.hands for move in life.moves} <= {(), (Hand.DRAFT, Hand.REVIEW, Hand.SIGN)}


def facts_of(life, **changes):
    """Return facts under which everything but what ends things is open, with `changes`."""
    facts = dict.fromkeys(life.conditions, True) | {"withdrawn": False, lifecycle.STUCK: False}
    return {word: changes.get(word, holds) for word, holds in facts.items() if word in life.conditions}


ALL = [
    "sharing.application",
    "catalog.entry",
    "catalog.change",
    pytest.param("registration.registration", marks=pytest.mark.clause("SX-10-d", "PS-09-2")),
    pytest.param("registration.renewal", marks=pytest.mark.clause("SX-09", "P-12")),
    pytest.param("notices.contact_change", marks=pytest.mark.clause("SX-12-b")),
    pytest.param("notices.maintenance", marks=pytest.mark.clause("SX-15-a")),
    pytest.param("notices.fault", marks=pytest.mark.clause("SX-15-b")),
    pytest.param("handovers.handover", marks=pytest.mark.clause("SX-11-a")),
    pytest.param("handovers.transfer", marks=pytest.mark.clause("SX-11-a")),
    pytest.param("nodes.server", marks=pytest.mark.clause("SX-13-a")),
    pytest.param("nodes.change", marks=pytest.mark.clause("SX-14-a", "SX-14-b", "SX-14-c")),
    pytest.param("nodes.drift", marks=pytest.mark.clause("SX-14-a")),
    pytest.param("security.plan", marks=pytest.mark.clause("SX-11-c")),
    pytest.param("security.drill", marks=pytest.mark.clause("SX-11-c")),
    pytest.param("plane.grant", marks=pytest.mark.clause("SX-06-a", "SX-16-a")),
    pytest.param("plane.suspension", marks=pytest.mark.clause("SX-03", "SX-16-a")),
    pytest.param("audit.purge", marks=pytest.mark.clause("SX-10-c")),
    pytest.param("audit.hold", marks=pytest.mark.clause("SX-10-c")),
    pytest.param("audit.witness", marks=pytest.mark.clause("SX-10-b")),
    pytest.param("audit.epoch", marks=pytest.mark.clause("SX-11-a")),
    pytest.param("audit.key", marks=pytest.mark.clause("SX-11-a")),
]
"""Every lifecycle by its name, with the clauses that are broken where somebody else may take a step of it."""


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=20)
@given(data=st.data())
def test_whoever_asks_whatever_holds_the_reader_lets_happen_what_is_expected_and_nothing_else(name, data):
    life, steps = LIVES[name], PROCEDURES[name]
    facts = {word: data.draw(st.booleans(), label=word) for word in life.conditions}
    parties = {party: data.draw(st.sampled_from([unit, None])) for party, unit in {**UNITS, **OFFICES}.items()}
    parties |= {"consumer": "C", "provider": "P", "unit": "U"}
    declared = {(step.before, step.action) for step in steps}
    actions = sorted({step.action for step in steps})
    seats = [*product(text.ROLES, (*UNITS.values(), *OFFICES.values(), ELSEWHERE, ""))]
    for state, action in product(sorted(life.states), actions):
        fitting = [s for s in steps if (s.before, s.action) == (state, action) and all(facts[w] for w in s.when)]
        unfit = StepRefusal.CONDITION if (state, action) in declared else StepRefusal.NOT_DECLARED
        for role, unit in seats:
            found = lifecycle.decide(
                life, state, action, officer="p", seats={Seat(role, unit)}, parties=parties, facts=facts, acted={}
            )
            if not fitting:
                assert found is unfit
            elif not (theirs := [step for step in fitting if may(step, role, unit, parties)]):
                assert found is StepRefusal.SEAT
            else:
                assert not isinstance(found, StepRefusal)
                assert found.after == theirs[0].after


def may(step, role, unit, parties):
    if step.party == "office":  # nobody has a seat without a unit, but for the whole installation
        return (role, unit) == (step.role, parties.get(step.role) or "")
    if parties[step.party] is None:  # SX-08-a: 没有主管部门的, 由电子政务主管部门提出
        return (role, unit) == ("authority", parties["authority"] or "")
    return (role, unit) == (step.role, parties[step.party])


@pytest.mark.parametrize(
    "name",
    [
        "sharing.application",
        "catalog.change",
        "registration.registration",
        "nodes.server",
        "nodes.change",
        "nodes.drift",
        pytest.param("security.plan", marks=pytest.mark.clause("SX-11-c")),
        pytest.param("security.drill", marks=pytest.mark.clause("SX-11-c")),
        pytest.param("audit.purge", marks=pytest.mark.clause("SX-10-c")),
        pytest.param("audit.epoch", marks=pytest.mark.clause("SX-11-a")),
        pytest.param("audit.key", marks=pytest.mark.clause("SX-11-a")),
    ],
)
def test_nobody_decides_on_both_sides_of_one_case(name):
    life = LIVES[name]
    for one, other in SIDES[name]:
        assert lifecycle.kept_apart(life, one, acted={other: {"p"}, one: {"q"}}) == {"p"}
        assert lifecycle.kept_apart(life, other, acted={one: {"p"}, other: {"q"}}) == {"p"}


@pytest.mark.clause("D-24")
@given(people=st.permutations("ABCDEF"), number=st.integers(1, 6))
def test_an_application_takes_five_persons_however_many_seats_each_has(people, number):
    life, parties = LIVES["sharing.application"], {**UNITS, **OFFICES}
    everywhere = {lifecycle.seat(life, move, parties=parties) for move in life.moves}
    facts, acted, state = facts_of(life), {"draft": {people[0]}}, "DRAFT"
    while (action := WALK.get(state, ("",))[0]) and not isinstance(state, StepRefusal):
        asked = {"seats": everywhere, "parties": parties, "facts": facts, "acted": acted}
        found = [(each, lifecycle.decide(life, state, action, officer=each, **asked)) for each in people[:number]]
        officer, move = next((each for each in found if not isinstance(each[1], StepRefusal)), found[-1])
        if isinstance(move, StepRefusal):
            break
        for name in lifecycle.names(life, action, before=state):
            acted[name] = acted.get(name, set()) | {officer}
        state = move.after
    assert (state == "FILED") == (number >= 5)


@pytest.mark.parametrize("name", sorted(PROCEDURES))
@pytest.mark.parametrize("authority", [1, 2])
@pytest.mark.parametrize("officers", [0, 1, 2])
@pytest.mark.parametrize("hands", [False, True], ids=["one hand", "three hands"])
def test_from_every_state_an_end_is_reached_whoever_is_left(name, authority, officers, hands):
    life = LIVES[name]
    once = {"endorse": {"authority 0"}, "lodge": {"consumer C 0"}, "request": {"authority 0"}}
    left = {"authority": authority, "officers": officers, "hands": hands}
    for state, acted in product(life.states, ({}, once)):
        assert reaches_an_end(life, state, acted=acted, **left), (state, acted)


def reaches_an_end(life, state, *, acted, authority, officers, hands, passed=frozenset()):
    """Return whether somebody who is there can bring the case to an end, step by step.

    Where `hands` are asked for, everybody there has given one to each step that takes more hands than they can give.
    """
    if state in lifecycle.ends(life) or state in RESTS:
        return True
    parties = {**UNITS, **OFFICES}
    there = staff(life, parties, authority=authority, officers=officers)
    taking = [(move, there[lifecycle.seat(life, move, parties=parties)]) for move in life.moves if move.hands]
    gave = {move.action: people for move, people in taking if hands and not can_give_all_hands(move, people)}
    for facts in (facts_of(life), facts_of(life, listed=False, withdrawn=True)):
        turns = lifecycle.turns(
            life, state, parties=parties, facts=facts, acted=acted, staff=there, stopped=frozenset(), gave=gave
        )
        assert all(not turn.why or turn.waits_at == Seat("authority", "A") for turn in turns)
        facts = {**facts, lifecycle.STUCK: any(turn.why for turn in turns)}
        nexts = {
            move.after
            for move in lifecycle.open_moves(life, state, facts=facts)
            if move.role == TIME
            or there[lifecycle.seat(life, move, parties=parties)]
            - lifecycle.kept_apart(life, move.action, role=move.role, acted=acted)
            - gave.get(move.action, set())
        }
        if not any(
            reaches_an_end(
                life, after, acted=acted, authority=authority, officers=officers, hands=hands, passed=passed | {state}
            )
            for after in nexts - passed
        ):
            return False
    return True


def can_give_all_hands(move, people):
    """Return whether the officers at a desk can give every hand that a step asks of them."""
    given = []
    while (order := left(move, move.hands, given=given, able=people)).hands:
        if not order.givers:
            return False
        given.append(GivenHand(order.hands[0], min(order.givers), "", ""))
    return True


def staff(life, parties, *, authority, officers):
    seats = {lifecycle.seat(life, move, parties=parties) for move in life.moves}
    number = {seat: authority if seat.role == "authority" else officers for seat in seats}
    return {
        seat: frozenset(f"{seat.role}{' ' + seat.unit if seat.unit else ''} {n}" for n in range(number[seat]))
        for seat in seats
    }


# --- asked of the database -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "step"),
    [
        pytest.param(
            name, step, id=f"{name} {step.before} {step.action} {step.role} {step.after}",
            marks=[] if any(step is first for first in FIRST) else [pytest.mark.full],
        )
        for name, step in STEPS
    ],
)  # fmt: skip
def test_a_step_is_refused_to_others_does_not_happen_without_its_entry_and_happens(county, name, step):
    with closing(ways.WAYS[name](county, name, step)) as case:
        before = bringing.everything(county)
        for attempt, refusing in case.refused():
            with pytest.raises(refusing) if refusing else nullcontext():
                attempt()
        assert bringing.everything(county) == before

        if case.enters:
            with bringing.log_full(county), pytest.raises(Exception, match="log_full"):
                case.take()
            assert bringing.everything(county) == before

        assert case.take() == step.after
        case.told()


def test_walks_are_of_steps_that_are_expected():
    steps = {(step.before, step.action, bringing.WHO[step.role]) for step in PROCEDURES["sharing.application"]}
    assert {(state, action, by) for state, (action, by) in WALK.items()} <= steps


