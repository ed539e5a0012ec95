"""What is no case is acted on as it was shown: with who did what since, and what the actor did already."""

from datetime import timedelta

import pytest
from acting import NOW
from django.db import transaction

from hutong.control.recording import record
from hutong.control.units import meanwhile

EVENT, OTHER = "units.role_given", "units.role_taken"
THING = meanwhile.Thing("zhao", (EVENT, OTHER), ({"officer": "zhao"},))
SAME = {"officer": "zhao", "role": "consumer"}


@pytest.fixture(autouse=True)
def whole(county):
    with transaction.atomic():
        yield


def entered(by: str, *, minutes: int, event: str = EVENT, role: str = "consumer") -> None:
    fields = {"unit": None, "officer": "zhao", "role": role, "from_date": None, "until_date": None, "by": by}
    more = {"reason": "调动"} if event == OTHER else {}
    record(event, {**fields, **more}, now=NOW + timedelta(minutes=minutes))


def check(county, at: str | None, state: object) -> None:
    meanwhile.check(
        THING, at, state=lambda: state, doing=EVENT, same=SAME, actor=county.actor("authority"), now=NOW
    )


def test_the_state_that_was_shown_is_acted_on_and_so_is_what_no_page_asked_for(county):
    check(county, meanwhile.shown({"roles": []}, now=NOW), {"roles": []})
    check(county, None, {"roles": ["consumer"]})


def test_another_state_is_refused_with_who_did_what(county):
    at = meanwhile.shown({"roles": []}, now=NOW)
    entered("editor", minutes=1)
    with pytest.raises(meanwhile.DoneMeanwhile) as refused:
        check(county, at, {"roles": ["consumer"]})
    assert refused.value.facts["officer"] == county.actor("editor").name
    assert refused.value.facts["entered"] == EVENT


def test_what_committed_after_the_page_was_made_is_told_though_its_moment_is_before(county):
    entered("editor", minutes=0)
    with pytest.raises(meanwhile.DoneMeanwhile):
        check(county, meanwhile.shown({"roles": []}, now=NOW + timedelta(seconds=20)), {"roles": ["consumer"]})


def test_what_the_actor_did_already_is_told_as_such_and_what_another_role_was_given_is_not(county):
    at = meanwhile.shown({"roles": []}, now=NOW)
    entered("authority", minutes=1, role="competent")
    with pytest.raises(meanwhile.DoneMeanwhile):
        check(county, at, {"roles": ["competent"]})
    entered("authority", minutes=2)
    with pytest.raises(meanwhile.DoneAlready):
        check(county, at, {"roles": ["competent", "consumer"]})


def test_a_change_that_nobody_entered_is_told_without_a_name(county):
    with pytest.raises(meanwhile.ChangedMeanwhile):
        check(county, meanwhile.shown({"roles": []}, now=NOW), {"roles": ["consumer"]})


@pytest.mark.parametrize("at", ["", "x", "1", "-", "1-zz", f"{'9' * 30}-ab", "１-ab"])
def test_a_form_that_says_no_state_is_refused(county, at):
    with pytest.raises(meanwhile.ShownStateMissing):
        check(county, at, {"roles": []})


def test_what_the_same_form_made_is_found_by_its_number_and_what_was_made_before_is_not(county):
    said = {"officer": "zhao", "role": "consumer"}
    entered("authority", minutes=1)
    asked = {"name": "zhao", "same": [said], "actor": county.actor("authority")}
    assert meanwhile.made(EVENT, "role", meanwhile.shown(None, now=NOW), **asked) == "consumer"
    later = meanwhile.shown(None, now=NOW + timedelta(minutes=2))
    assert meanwhile.made(EVENT, "role", later, **asked) is None
    assert meanwhile.made(EVENT, "role", None, **asked) is None
