"""What a button says is what the page says afterwards: the same words, in both languages (N9)."""

import re

import pytest
from acting import UNITS
from desks import entered, hire, words
from django.utils import translation
from stating import state_of

from hutong.control.procedures.models import Handling, Step
from hutong.control.procedures.procedure import installed
from hutong.web.desk import outcome
from hutong.web.desk.officers.shown import TITLES
from hutong.web.wording import procedures

BOTH = ("zh", "en")


def every_move():
    return [(life.name, move) for life in (each.life for each in installed().values()) for move in life.moves]


@pytest.mark.parametrize("language", BOTH)
def test_after_each_step_there_is_the_page_says_what_its_button_said(language):
    with translation.override(language):
        for name, move in every_move():
            life = installed()[name].life
            said = procedures.step(life, move.action, before=move.before, after=move.after)
            assert said == procedures.label(move), (name, move.action, move.before, move.after)


@pytest.mark.parametrize("language", BOTH)
def test_where_a_step_asks_for_several_hands_no_two_of_its_moves_are_called_otherwise(language):
    """A hand remembers the state it was given in, and not the one that the step leads to."""
    with translation.override(language):
        called: dict[tuple[str, str, str], set[str]] = {}
        for name, move in every_move():
            if move.hands:
                called.setdefault((name, move.action, move.before), set()).add(procedures.label(move))
    assert {key: names for key, names in called.items() if len(names) > 1} == {}


@pytest.mark.parametrize("language", BOTH)
def test_a_form_about_an_officer_is_called_by_its_button(language):
    with translation.override(language):
        assert {act: (title, button) for act, (title, button, _) in TITLES.items() if title != button} == {}


WORDS = {"give": {"to": "second", "words": "请续办"}, "consult": {"unit": UNITS[2], "words": "贵局有何意见？"}}
TO = {"give": "已交给 周敏 办理。", "consult": "已发给 示范县公安局，待其会签答复。"}


def buttons(page: str) -> list[str]:
    return [re.sub(r"\s+", " ", each).strip() for each in re.findall(r"<button[^>]*>(.*?)</button>", page, re.DOTALL)]


def test_what_is_done_about_a_case_is_told_by_the_words_of_its_button_and_whom_it_went_to(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    hire(county, "second", "周敏", unit=county.actor("competent").unit, roles=("competent",))
    acts = (
        ("competent", "take"), ("competent", "give_back"), ("competent", "give"), ("second", "consult"),
        ("approver", "answer"), ("consumer", "urge"), ("authority", "supervise"),
    )  # fmt: skip
    address = f"/zh/desk/applications/{no}/"
    for who, act in acts:
        client = entered(who)
        page = client.get(address).content.decode()
        form = {"act": act, "words": "请尽快", **WORDS.get(act, {}), "at": state_of(address)}
        if act == "answer":
            form["about"] = str(Handling.objects.get(case=no, kind="consult").pk)
        said = words(client.get(client.post(address, form)["Location"]))
        what = re.search("已办理“([^”]+)”", said)
        assert what, (act, said[:300])
        assert what[1] in buttons(page), (act, what[1])
        assert TO.get(act, "") in said, (act, said[:300])


def test_of_two_steps_that_one_action_is_the_one_that_was_taken_is_told(county):
    """`confirm` leads to two states; a user's `accept_rules` is called otherwise than a system's."""
    life = next(each.life for each in installed().values() if each.life.name == "registration.registration")
    for after, said in (("RULES_ACCEPTED", "接受使用规则并提交"), ("ACTIVE", "接受使用规则并登记")):
        Step.objects.create(
            lifecycle=life.name, case="DJ1", action="accept_rules", from_state="APPLIED", to_state=after,
            at="2026-03-02T01:00:00Z", by="unit_admin", by_name="何静", by_unit="", by_unit_name="", role="unit_admin",
            clause="SX-10-d",
        )  # fmt: skip
        with translation.override("zh"):
            assert outcome.last(life, "DJ1", officer="unit_admin")[1] == said


def test_a_case_is_told_of_by_its_number_and_what_it_is_about(county):
    numbers = [county.draft() for _ in range(2)]
    for no in numbers:
        county.take(no, "lodge", by="consumer")
    client = entered("competent")
    keys = [f"sharing.application|{no}|endorse" for no in numbers]
    shown = client.post("/zh/desk/together/", {"case": keys}).content.decode()
    boxes = re.findall(r'name="case" value="([^"]+)"', shown)
    done = words(client.post("/zh/desk/together/", {"case": boxes, "confirmed": "yes"}))
    assert [done.count(f"{no} 示范县民政局 → 人口基本信息") for no in numbers] == [1, 1]
