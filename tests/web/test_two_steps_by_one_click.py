"""What only takes a case up may be clicked together with what it is taken up for, and told as the two steps it is."""

import re

import pytest
from desks import entered, words
from stating import state_of

from hutong.control.procedures import queries
from hutong.control.sharing.models import Application

LIFE = "sharing.application"


@pytest.fixture
def endorsed(county):
    no = county.draft()
    county.walk(no, to="DEPARTMENT_ENDORSED")
    return no


def page(no: str) -> str:
    return f"/zh/desk/applications/{no}/"


def steps(no: str) -> list[str]:
    return [row.action for row in queries.steps(LIFE, no)]


@pytest.mark.parametrize(("language", "said"), [("zh", "受理并审查通过，转提供方"), ("en", "Accept and: Passed")])
def test_both_stand_beside_the_single_step(county, endorsed, language, said):
    body = entered("authority").get(f"/{language}/desk/applications/{endorsed}/").content.decode()
    forms = re.findall(r'<form method="post" class="fields step-form">.*?</form>', body, re.DOTALL)
    asked = [dict(re.findall(r'name="(action|then)" value="([^"]+)"', form)) for form in forms]
    assert asked == [{"action": "accept"}, {"action": "accept", "then": "pass_on"}]
    assert said in forms[1]


def test_one_click_takes_both_once_and_tells_both(county, endorsed):
    client, form = entered("authority"), {"action": "accept", "then": "pass_on", "at": state_of(page(endorsed))}
    both = [client.post(page(endorsed), form)["Location"] for _ in range(2)]
    assert both == [f"{page(endorsed)}?done=1", f"{page(endorsed)}?done=again"]
    assert steps(endorsed) == ["lodge", "endorse", "accept", "pass_on"]
    assert "已办理“受理并审查通过，转提供方”" in words(client.get(both[0]))
    timeline = words(client.get(page(endorsed)))
    assert ("受理 → 合规性审查中" in timeline, "审查通过，转提供方 → 待提供方答复" in timeline) == (True, True)


def test_the_single_step_leaves_the_second_folded_for_a_click_of_its_own(county, endorsed):
    client = entered("authority")
    led = client.post(page(endorsed), {"action": "accept", "at": state_of(page(endorsed))})["Location"]
    assert steps(endorsed) == ["lodge", "endorse", "accept"]
    told = words(client.get(led))
    assert ("已办理“受理”" in told, "审查通过，转提供方…" in told) == (True, True)


@pytest.mark.parametrize("then", ["refuse", "confirm", "return", "file", "x", "accept"])
def test_what_may_not_follow_is_refused_and_nothing_is_done(county, endorsed, then):
    form = {"action": "accept", "then": then, "at": state_of(page(endorsed))}
    refused = entered("authority").post(page(endorsed), form)
    assert refused.status_code in (409, 422)
    assert (steps(endorsed), Application.objects.get(no=endorsed).state) == (
        ["lodge", "endorse"], "DEPARTMENT_ENDORSED",
    )  # fmt: skip


def test_a_colleagues_step_in_between_is_told_and_nothing_is_done(county, endorsed):
    at = state_of(page(endorsed))
    county.take(endorsed, "take_back", by="consumer")
    refused = entered("authority").post(page(endorsed), {"action": "accept", "then": "pass_on", "at": at})
    assert (refused.status_code, "办理“撤回”" in words(refused)) == (409, True)
    assert steps(endorsed) == ["lodge", "endorse", "take_back"]
