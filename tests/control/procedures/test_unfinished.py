"""A draft that is not complete is kept as it was typed, and no step goes on with it."""

import pytest

from hutong.control.procedures import unfinished
from hutong.control.procedures.unfinished import DraftUnfinished
from hutong.control.sharing.models import Application
from hutong.core.bounds import FieldTooLong
from hutong.core.errors import Faults, Judging, Missing, Refused

TYPED = {"a": ["1"]}
UNFINISHED = DraftUnfinished(title="", case="")
LONG = FieldTooLong(field="a", length=2, most=1)


class NoSuchThing(Missing):
    """There is no such {field}."""


def test_what_is_missing_or_wrong_is_in_no_drafts_way():
    for problem in (UNFINISHED, NoSuchThing(field="unit"), Faults([UNFINISHED, NoSuchThing(field="unit")])):
        assert unfinished.kept(problem, TYPED) == TYPED


@pytest.mark.parametrize("problem", [LONG, Faults([UNFINISHED, LONG]), Refused(), NoSuchThing()])
def test_what_cannot_be_kept_or_may_not_be_done_is_refused_of_a_draft_too(problem):
    with pytest.raises(type(problem)):
        unfinished.kept(problem, TYPED)


def test_a_form_that_was_not_sent_to_be_kept_is_refused():
    with pytest.raises(DraftUnfinished):
        unfinished.kept(UNFINISHED, None)


def test_nothing_is_kept_without_the_fields_that_it_stands_under():
    judging = Judging()
    assert unfinished.end(judging, TYPED) is None
    judging.add(NoSuchThing(field="code"))
    assert unfinished.end(judging, TYPED) == TYPED
    assert isinstance(unfinished.found(judging), NoSuchThing)
    with pytest.raises(NoSuchThing):
        unfinished.end(judging, TYPED, needs=("code",))


def test_an_unfinished_draft_is_given_up_and_nothing_else(county):
    no = county.draft()
    Application.objects.update(unfinished={})
    with pytest.raises(DraftUnfinished):
        county.take(no, "lodge", by="consumer")
    county.take(no, "take_back", by="consumer")
    assert Application.objects.get().state == "TAKEN_BACK"
