"""SX-07-e: what can be compared is not opened for query, what can be queried not for subscription."""

import inspect
import itertools

import pytest
from answering import NEED, PEOPLE

from hutong.core.errors import Problem
from hutong.plane import ladder
from hutong.plane.definition import Mode
from hutong.plane.ladder import Reason, Step

ABOVE = {Mode.COMPARE: "COMPARE_SUFFICES", Mode.QUERY: "QUERY_SUFFICES"}


@pytest.mark.clause("SX-07-e")
def test_no_reason_recorded_means_that_comparison_suffices():
    assert ladder.lowest(["name"], definition=PEOPLE).steps == (Step(Mode.COMPARE, True),)


@pytest.mark.clause("SX-07-e")
def test_every_rung_passed_over_shows_its_reason():
    decision = ladder.lowest(["name"], definition=PEOPLE, need=NEED[Mode.SUBSCRIBE])
    assert decision.mode is Mode.SUBSCRIBE
    assert decision.steps == (
        Step(Mode.COMPARE, False, Reason.VALUE_NOT_HELD),
        Step(Mode.QUERY, False, Reason.CHANGE_TO_BE_FOLLOWED),
        Step(Mode.SUBSCRIBE, True),
    )


@pytest.mark.clause("SX-07-e")
def test_no_reason_passes_over_two_modes():
    assert ladder.lowest(["name"], definition=PEOPLE, need=["change_to_be_followed"]).mode is Mode.COMPARE


@pytest.mark.clause("SX-07-e")
@pytest.mark.parametrize(("asked", "needed"), list(itertools.product(Mode, Mode)))
def test_refuses_every_mode_above_the_lowest_sufficient(asked, needed):
    if ladder.ORDER[asked] <= ladder.ORDER[needed]:
        assert ladder.require(asked, ["name"], definition=PEOPLE, need=NEED[needed]).mode is needed
        return
    with pytest.raises(Problem) as refused:
        ladder.require(asked, ["name"], definition=PEOPLE, need=NEED[needed])
    assert (refused.value.code, refused.value.clause) == (ABOVE[needed], "SX-07-e")


@pytest.mark.clause("SX-07-e")
def test_refuses_an_item_the_provider_does_not_offer_for_the_mode():
    with pytest.raises(ladder.ItemNotOffered) as refused:
        ladder.require(Mode.QUERY, ["name", "income"], definition=PEOPLE, need=NEED[Mode.QUERY])
    assert refused.value.facts["items"] == "income"
    with pytest.raises(ladder.ItemNotOffered):
        ladder.lowest(["income"], definition=PEOPLE, need=NEED[Mode.QUERY])


def test_refuses_an_item_that_is_not_defined():
    with pytest.raises(ladder.ItemUnknown):
        ladder.require(Mode.COMPARE, ["salary"], definition=PEOPLE)


def test_there_is_no_override():
    assert set(inspect.signature(ladder.require).parameters) == {"mode", "items", "definition", "need"}
