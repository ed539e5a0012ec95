"""What is meant for another state than a case is in is not done, and a second time is told as such."""

import pytest
from acting import NOW

from hutong.control.procedures import handling, queries, since
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS

LIFE = "sharing.application"


def shown(no: str) -> str:
    return str(since.point(LIFE, no, Application.objects.get(no=no)))


@pytest.fixture
def lodged(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    return no


def test_the_second_of_two_equal_steps_is_told_as_done_and_does_nothing(county, lodged):
    before = shown(lodged)
    county.take(lodged, "endorse", by="competent", meant_for=before)
    with pytest.raises(since.AlreadyDone):
        county.take(lodged, "endorse", by="competent", meant_for=before)
    assert [row.action for row in queries.steps(LIFE, lodged)] == ["lodge", "endorse"]


def test_who_acts_on_what_another_has_moved_is_told_who_did_what(county, lodged):
    before = shown(lodged)
    county.take(lodged, "endorse", by="competent", meant_for=before)
    with pytest.raises(since.StateChanged) as refused:
        county.take(lodged, "take_back", by="consumer", meant_for=before)
    assert type(refused.value) is since.StateChanged
    assert refused.value.facts["action"] == "同意并提交"
    assert refused.value.facts["case_state"] == "县直主管部门已同意"


@pytest.mark.parametrize(("meant_for", "refused"), [
    ("", since.StateMissing), ("1.2.3", since.StateMissing), ("0.0.0.", since.StateChanged),
])  # fmt: skip
def test_a_state_that_cannot_be_read_or_never_was_is_no_state(county, lodged, meant_for, refused):
    with pytest.raises(refused):
        county.take(lodged, "endorse", by="competent", meant_for=meant_for)


def test_what_no_page_asked_for_is_meant_for_the_state_it_meets(county, lodged):
    assert county.take(lodged, "endorse", by="competent", meant_for=None) == "DEPARTMENT_ENDORSED"


def test_a_handling_is_not_done_twice_and_stops_no_step(county, lodged):
    before, actor = shown(lodged), county.actor("consumer")
    asked = {"actor": actor, "now": NOW, "words": "请尽快", "meant_for": before}
    handling.urge(APPLICATIONS, lodged, **asked)
    with pytest.raises(since.AlreadyDone):
        handling.urge(APPLICATIONS, lodged, **asked)
    assert county.take(lodged, "endorse", by="competent", meant_for=before) == "DEPARTMENT_ENDORSED"
