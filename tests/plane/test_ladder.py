"""SX-07-e: what can be compared is not opened for query, what can be queried not for subscription."""

import inspect
import itertools
from dataclasses import replace

import pytest
from answering import NEED, PEOPLE

from hutong.core import text
from hutong.core.errors import Problem
from hutong.plane import ladder
from hutong.plane.definition import Definition, Form, Item, Mode, Type
from hutong.plane.ladder import Reason, RungTested

ABOVE = {Mode.COMPARE: "COMPARE_SUFFICES", Mode.QUERY: "QUERY_SUFFICES"}


@pytest.mark.clause("SX-07-e")
def test_no_reason_recorded_means_that_comparison_suffices():
    assert ladder.lowest(["name"], definition=PEOPLE).rungs == (RungTested(Mode.COMPARE, True),)


@pytest.mark.clause("SX-07-e")
def test_every_rung_passed_over_shows_its_reason():
    decision = ladder.lowest(["name"], definition=PEOPLE, need=NEED[Mode.SUBSCRIBE])
    assert decision.mode is Mode.SUBSCRIBE
    assert decision.rungs == (
        RungTested(Mode.COMPARE, False, Reason.VALUE_NOT_AT_HAND),
        RungTested(Mode.QUERY, False, Reason.CHANGE_TO_BE_FOLLOWED),
        RungTested(Mode.SUBSCRIBE, True),
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


USED = {
    Form.TABLE: {Mode.COMPARE, Mode.QUERY, Mode.SUBSCRIBE},
    Form.FILE: {Mode.COMPARE, Mode.QUERY, Mode.SUBSCRIBE},
    Form.INTERFACE: {Mode.COMPARE, Mode.QUERY},
}
ANSWERED = {Form.TABLE: USED[Form.TABLE], Form.FILE: {Mode.COMPARE}, Form.INTERFACE: set[Mode]()}
"""Form → modes that can be asked for an item, and are answered by now; of a file, the item that carries it."""


def of_form(form: Form) -> Definition:
    """Return the people as a resource of a form, with a photograph where it is shared as files."""
    photo = Item("photo", "照片", Type.GENERAL if form is Form.FILE else Type.STRING, offered=Mode.SUBSCRIBE)
    return replace(PEOPLE, form=form, service="people.check", time_out=5, items=(*PEOPLE.items, photo))


def refusal(ask, *given, **more) -> str | None:
    try:
        ask(*given, **more)
    except Problem as refused:
        assert all(text.say(refused, language=language).advice for language in ("zh", "en"))
        return refused.code
    return None


@pytest.mark.clause("P-3", "SX-07-a", "SX-07-e")
@pytest.mark.parametrize(("form", "mode", "needed"), list(itertools.product(Form, Mode, Mode)))
def test_a_form_of_resource_is_used_by_its_modes_alone_whatever_the_need(form, mode, needed):
    need, people = NEED[needed], of_form(form)
    came = refusal(ladder.require, mode, ["photo"], definition=people, need=need)
    if ladder.ORDER[mode] > ladder.ORDER[needed]:
        assert came == ABOVE[needed]
    else:
        assert came == (None if mode in USED[form] else "MODE_NOT_OF_FORM")
    assert refusal(ladder.lowest, ["photo"], definition=people, need=need) == (
        None if needed in USED[form] else "MODE_NOT_OF_FORM"
    )


@pytest.mark.clause("P-3", "SX-07-a")
@pytest.mark.parametrize(("form", "mode"), list(itertools.product(Form, Mode)))
def test_what_cannot_be_answered_yet_is_told_before_it_is_applied_for(form, mode):
    told = {Form.FILE: "FILE_NOT_GIVEN", Form.INTERFACE: "INTERFACE_NOT_CALLED"}
    came = refusal(ladder.answered, ["name", "photo"], definition=of_form(form), mode=mode)
    assert came == (None if mode in ANSWERED[form] else told[form])
    assert refusal(ladder.answered, ["name"], definition=of_form(form), mode=mode) == (
        told[form] if form is Form.INTERFACE else None
    )


def test_refuses_an_item_that_is_not_defined():
    with pytest.raises(ladder.ItemUnknown):
        ladder.require(Mode.COMPARE, ["salary"], definition=PEOPLE)


def test_there_is_no_override():
    assert set(inspect.signature(ladder.require).parameters) == {"mode", "items", "definition", "need"}
