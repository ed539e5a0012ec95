"""Refusals tell whose a step is: everyone who may take it from this state, and nobody else."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from hutong.control.procedures import rules
from hutong.core.lifecycle import STUCK, Lifecycle, Move, Parties, State, StepRefusal

CASE = Lifecycle(
    name="test.case",
    title="事项",
    start="OPEN",
    states={"OPEN": State("在办"), "LATE": State("逾期"), "OVER": State("已办结")},
    conditions={STUCK: "已逾期"},
    moves=(
        Move("end", "终止", "OPEN", "OVER", "authority", "§1"),
        Move("end", "终止", "OPEN", "OVER", "operator", "§1"),
        Move("end", "终止", "OPEN", "OVER", "auditor", "§2", when=(STUCK,)),
        Move("end", "终止", "LATE", "OVER", "competent", "§3"),
    ),
)


def told(*, stuck: bool, life: Lifecycle = CASE, parties: Parties = MappingProxyType({})) -> str:
    refused = rules.refused(
        life,
        StepRefusal.SEAT,
        case="1",
        state="OPEN",
        action="end",
        parties=parties,
        facts={STUCK: stuck},
        officer="张伟",
    )
    assert isinstance(refused, rules.NotYourRole)
    return str(refused.facts["role"])


def test_everyone_who_may_take_the_step_from_here_is_named():
    assert told(stuck=True) == "authority, operator, auditor"


def test_nobody_is_named_whose_condition_does_not_hold():
    assert told(stuck=False) == "authority, operator"


def test_where_a_case_has_no_such_party_the_office_that_acts_instead_is_named():
    life = replace(CASE, homes={"operator": "keeper"}, instead={"operator": "competent"})
    assert told(stuck=False, life=life, parties={"keeper": "A"}) == "authority, operator"
    assert told(stuck=False, life=life, parties={"keeper": None}) == "authority, competent"


def test_the_clause_of_the_step_is_told_and_none_where_there_is_no_such_step():
    def clause(action: str, state: str) -> str | None:
        refused = rules.refused(
            CASE,
            StepRefusal.NOT_DECLARED,
            case="1",
            state=state,
            action=action,
            parties={},
            facts={STUCK: True},
            officer="",
        )
        return refused.clause

    assert clause("end", "LATE") == "§3"
    assert clause("end", "OVER") == "§1"
    assert clause("submit", "OPEN") is None
    with pytest.raises(rules.GroundsMissing) as lacking:
        rules.check_grounds(replace(CASE.moves[3], reason=True), reason=" ", basis="")
    assert lacking.value.clause == "§3"
