"""Every procedure, held against what the regulation has it do (`expected`), in the reader and in the database."""

import csv
from datetime import timedelta
from itertools import product
from pathlib import Path

import psycopg
import pytest
from acting import NOW, WALK
from expected import PROCEDURES, Expected
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.control.catalog import operations as catalog
from hutong.control.catalog.models import Entry
from hutong.control.procedures import operations
from hutong.control.procedures.models import Clock, HandGiven, Step, Turn
from hutong.control.procedures.procedure import installed
from hutong.control.procedures.rules import CaseCannotMove, ConditionNotMet, GroundsMissing, NotYourRole
from hutong.control.sharing.models import Application
from hutong.core import defaults, lifecycle, text
from hutong.core.lifecycle import Refusal, Seat
from hutong.core.limits import Unit

ROOT = Path(__file__).parents[3]
LIVES = {name: procedure.life for name, procedure in installed().items()}
STEPS = [(name, step) for name, steps in PROCEDURES.items() for step in steps]
UNITS = {"consumer": "C", "competent": "D", "provider": "P"}
ELSEWHERE = "X"


@pytest.fixture(params=sorted(LIVES))
def life(request):
    return LIVES[request.param]


def test_every_procedure_there_is_is_expected():
    assert LIVES.keys() == PROCEDURES.keys()


def test_its_table_has_no_faults(life):
    assert list(lifecycle.faults(life, roles=text.ROLES)) == []


def test_its_clauses_stand_in_the_register(life):
    with open(ROOT / "docs" / "clauses.tsv", encoding="utf-8", newline="") as file:
        register = {row["id"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    named = {each.clause for each in (*life.moves, *life.clocks, *life.apart)}
    assert named - register == set()


def test_its_limits_and_switches_stand_in_the_rulebook_and_none_is_left_over(life):
    limits = {clock.limit for clock in life.clocks}
    assert {defaults.limit(name).unit for name in limits} <= {Unit.WORKING_DAYS, Unit.CLOCK_HOURS}
    switches = {f"hands.{life.name}.{move.action}" for move in life.moves if move.hands}
    assert switches == {name for name in defaults.LIMITS if name.startswith(f"hands.{life.name}.")}


def test_it_has_the_steps_the_regulation_has_and_no_other(life):
    party = {role: life.homes.get(role, "office") for move in life.moves for role in [move.role]}
    found = {
        Expected(
            move.before, move.action, move.role, party[move.role], move.after, move.when,
            frozenset(name for name in ("reason", "basis", "optional") if getattr(move, name)),
        )
        for move in life.moves
    }  # fmt: skip
    assert found == set(PROCEDURES[life.name])


def facts_of(life, **changes):
    """Return facts under which everything but what ends things is open, with `changes`."""
    facts = dict.fromkeys(life.conditions, True) | {"withdrawn": False, lifecycle.STUCK: False}
    return {word: changes.get(word, holds) for word, holds in facts.items() if word in life.conditions}


@pytest.mark.parametrize("name", sorted(PROCEDURES))
@settings(deadline=None)
@given(data=st.data())
def test_whoever_asks_whatever_holds_the_reader_lets_happen_what_is_expected_and_nothing_else(name, data):
    life, steps = LIVES[name], PROCEDURES[name]
    facts = {word: data.draw(st.booleans(), label=word) for word in life.conditions}
    parties = {party: data.draw(st.sampled_from([unit, None])) for party, unit in UNITS.items()}
    parties |= {"consumer": "C", "provider": "P"}
    declared = {(step.before, step.action) for step in steps}
    actions = sorted({step.action for step in steps})
    state = data.draw(st.sampled_from(sorted(life.states)))
    for action, role, unit in product(actions, text.ROLES, (*UNITS.values(), ELSEWHERE)):
        found = lifecycle.decide(
            life, state, action, person="p", seats={Seat(role, unit)}, parties=parties, facts=facts, acted={}
        )
        fitting = [s for s in steps if (s.before, s.action) == (state, action) and all(facts[w] for w in s.when)]
        if not fitting:
            assert found is (Refusal.CONDITION if (state, action) in declared else Refusal.NOT_DECLARED)
        elif not may(fitting[0], role, unit, parties):
            assert found is Refusal.SEAT
        else:
            assert not isinstance(found, Refusal)
            assert found.after == fitting[0].after


def may(step, role, unit, parties):
    if step.party == "office":
        return role == step.role
    if parties[step.party] is None:  # SX-08-a: 没有主管部门的, 由电子政务主管部门提出
        return role == "authority"
    return (role, unit) == (step.role, parties[step.party])


@pytest.mark.parametrize("name", sorted(PROCEDURES))
def test_nobody_decides_on_both_sides_of_one_case(name):
    life = LIVES[name]
    sides = {
        "sharing.application": [("lodge", "endorse"), ("lodge", "confirm"), ("lodge", "agree"), ("lodge", "file"),
                                ("endorse", "confirm"), ("agree", "confirm"), ("negotiate", "agree")],
        "catalog.entry": [("submit", "publish"), ("register", "publish")],
    }[name]  # fmt: skip
    for one, other in sides:
        assert lifecycle.kept_apart(life, one, acted={other: {"p"}, one: {"q"}}) == {"p"}
        assert lifecycle.kept_apart(life, other, acted={one: {"p"}, other: {"q"}}) == {"p"}


@pytest.mark.parametrize("name", sorted(PROCEDURES))
@pytest.mark.parametrize("authority", [1, 2])
@pytest.mark.parametrize("officers", [0, 1, 2])
def test_from_every_state_an_end_is_reached_whoever_is_left(name, authority, officers):
    life = LIVES[name]
    for state, acted in product(life.states, ({}, {"endorse": {"authority 0"}, "lodge": {"consumer C 0"}})):
        assert reaches_an_end(life, state, acted=acted, authority=authority, officers=officers), (state, acted)


def reaches_an_end(life, state, *, acted, authority, officers, passed=frozenset()):
    """Return whether somebody who is there can bring the case to an end, step by step."""
    if state in lifecycle.ends(life) or state in ("FILED", "PUBLISHED"):
        return True
    parties = dict(UNITS)
    there = staff(life, parties, authority=authority, officers=officers)
    for facts in (facts_of(life), facts_of(life, listed=False, withdrawn=True)):
        turns = lifecycle.turns(
            life, state, parties=parties, facts=facts, acted=acted, staff=there, stopped=frozenset()
        )
        assert all(not turn.why or turn.waits_at == Seat("authority") for turn in turns)
        facts = {**facts, lifecycle.STUCK: any(turn.why for turn in turns)}
        nexts = {
            move.after
            for move in lifecycle.open_moves(life, state, facts=facts)
            if there[lifecycle.seat(life, move, parties=parties)]
            - lifecycle.kept_apart(life, move.action, acted=acted)
        }
        if not any(
            reaches_an_end(
                life, after, acted=acted, authority=authority, officers=officers, passed=passed | {state}
            )
            for after in nexts - passed
        ):
            return False
    return True


def staff(life, parties, *, authority, officers):
    seats = {lifecycle.seat(life, move, parties=parties) for move in life.moves}
    number = {seat: authority if seat.role == "authority" else officers for seat in seats}
    return {
        seat: frozenset(f"{seat.role}{' ' + seat.unit if seat.unit else ''} {n}" for n in range(number[seat]))
        for seat in seats
    }


# --- asked of the database -------------------------------------------------------------------------------------------

WHO = {"provider_editor": "editor", "provider_approver": "approver"} | {
    role: role for role in ("authority", "operator", "competent", "consumer")
}
REFUSALS = (NotYourRole, CaseCannotMove, ConditionNotMet)


class Case:
    """One case of a county, put into a state with what must hold there."""

    def __init__(self, county, name: str, step: Expected) -> None:
        self.county, self.name, self.step = county, name, step
        self.number = county.draft() if name == "sharing.application" else county.code
        if name == "sharing.application" and step.before != "DRAFT":
            county.take(self.number, "lodge", by="consumer")
        self.procedure = installed()[name]
        county_facts(county, step.when)
        self.procedure.cases([self.number]).update(state=step.before)
        operations.put_on_desks(self.procedure, self.procedure.cases([self.number]).get())
        if "stuck" in step.when:
            Turn.objects.filter(case=self.number).update(late_at=NOW - timedelta(days=1))

    def take(self, by: str, **grounds):
        needs = dict.fromkeys(self.step.needs & {"reason", "basis"}, "有充分理由") | grounds
        if self.name == "sharing.application":
            return self.county.take(self.number, self.step.action, by=by, **needs)
        return catalog.take(
            self.number, self.step.action, actor=self.county.actor(by), now=NOW, calendar=self.county.calendar, **needs
        )

    def everything(self):
        kept = [list(each.objects.order_by("pk").values()) for each in (Step, Clock, Turn, HandGiven)]
        rows = [list(each.objects.order_by("pk").values()) for each in (Application, Entry)]
        with psycopg.connect(self.county.url, options="-c role=hutong_owner") as opened:
            grants = opened.execute("select no, state from plane.access_grant order by no").fetchall()
            entered = opened.execute("select count(*) from audit.entry").fetchone()
        return kept, rows, grants, entered


def county_facts(county, when):
    if "held" in when or not {"held", "not_held"} & set(when):
        county.supply()
    Entry.objects.filter(code=county.code).update(
        sharing_type=1 if "unconditional" in when else 2, state="WITHDRAWN" if "withdrawn" in when else "PUBLISHED"
    )


@pytest.mark.parametrize(
    ("name", "step"), STEPS, ids=[f"{name} {s.before} {s.action} {s.after}" for name, s in STEPS]
)
def test_a_step_is_refused_to_others_does_not_happen_without_its_entry_and_happens(county, name, step):
    case = Case(county, name, step)
    before = case.everything()
    for stranger in sorted(set(WHO.values()) - {WHO[step.role]}):
        with pytest.raises(REFUSALS):
            case.take(stranger)
    for grounds in step.needs & {"reason", "basis"}:
        with pytest.raises(GroundsMissing):
            case.take(WHO[step.role], **{grounds: " \t"})
    assert case.everything() == before

    with psycopg.connect(county.url, options="-c role=hutong_owner", autocommit=True) as owner:
        owner.execute("revoke insert on audit.entry from hutong_control")
        with pytest.raises(Exception, match="permission denied"):
            case.take(WHO[step.role])
        owner.execute("grant insert on audit.entry to hutong_control")
    assert case.everything() == before

    assert case.take(WHO[step.role]) == step.after
    last = Step.objects.filter(case=case.number).latest("id")
    assert (last.action, last.from_state, last.to_state, last.by) == (
        step.action, step.before, step.after, WHO[step.role],
    )  # fmt: skip
    assert {turn.state for turn in Turn.objects.filter(case=case.number)} <= {step.after}


def test_walks_are_of_steps_that_are_expected():
    steps = {(step.before, step.action, WHO[step.role]) for step in PROCEDURES["sharing.application"]}
    assert {(state, action, by) for state, (action, by) in WALK.items()} <= steps


