"""Who is given a case is told so, by whom and with the words; so is who had it, and who gave what comes back."""

import json
from datetime import date, timedelta

import psycopg
import pytest
from acting import NOW
from desks import at, entered, hire, words
from django.db import connection

from hutong.control.procedures import handling, messages
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import deputies, heads, postings, queries

HERE = "/zh/desk/messages/"
LATER = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands some hours after the county was made."""
    with at(LATER):
        yield


@pytest.fixture
def no(county) -> str:
    """An application that waits at a department with a head and three officers."""
    unit = county.actor("competent").unit
    hire(county, "head", "何平", unit=unit, roles=("unit_head",))
    hire(county, "second", "周敏", unit=unit, roles=("competent",))
    hire(county, "third", "卫东", unit=unit, roles=("competent",))
    number = county.draft()
    county.take(number, "lodge", by="consumer")
    return number


def give(county, no: str, *, by: str, to: str, words: str = "") -> None:
    heads.give(APPLICATIONS, no, to=to, words=words, actor=queries.actor(by, now=LATER), now=NOW)


def told(username: str) -> list[tuple[str, str, str]]:
    """Return what messages tell an officer of who has which case: event, by whom, and words; the newest first."""
    actor = queries.actor(username, now=LATER)
    found = messages.page(actor, now=LATER, limit=1000)
    assert messages.unseen(actor, now=LATER) == len(found) == messages.counted(actor, now=LATER)
    return [(each.event, each.by, each.reason) for each in found if each.event in messages.GIVEN]


def test_who_is_given_a_case_is_told_by_whom_and_with_the_words_and_nobody_else_is(county, no):
    give(county, no, by="head", to="second", words="请本周办完")
    assert told("second") == [("case.given", "head", "请本周办完")]
    assert [told(name) for name in ("head", "third", "competent", "consumer")] == [[], [], [], []]
    page = words(entered("second").get(HERE))
    assert ("共享申请：交给您办理" in page, no in page, "何平" in page, "请本周办完" in page) == (True,) * 4
    assert "given to you" in words(entered("second").get(HERE.replace("/zh/", "/en/")))
    assert "请本周办完" in words(entered("second").get(f"{HERE}week/"))
    assert "请本周办完" in words(entered("second").get(f"{HERE}?kind=cases"))
    assert "请本周办完" not in words(entered("second").get(f"{HERE}?kind=deadlines"))


def test_whose_case_is_taken_over_or_given_to_another_is_told_and_to_whom(county, no):
    give(county, no, by="head", to="second")
    handling.take_over(
        APPLICATIONS, no, actor=county.actor("third"), now=NOW + timedelta(minutes=1), handler="second",
        words="周敏出差",
    )  # fmt: skip
    give(county, no, by="head", to="competent", words="由孙丽统一办理")
    assert told("second")[0] == ("case.taken", "third", "周敏出差")
    assert told("third") == [("case.given_on", "head", "由孙丽统一办理")]
    assert told("competent") == [("case.given", "head", "由孙丽统一办理")]
    assert "原由您办理，已由同事接手办理" in words(entered("second").get(HERE))
    assert "原由您办理，已改交 孙丽 办理" in words(entered("third").get(HERE))


def test_who_gave_a_case_is_told_that_it_came_back_and_who_took_it_is_told_nothing_of_the_own(county, no):
    give(county, no, by="head", to="second")
    handling.give_back(APPLICATIONS, no, actor=county.actor("second"), now=NOW)
    assert told("head") == [("case.given_back", "second", "")]
    assert "由您交办的，已退回本处" in words(entered("head").get(HERE))
    handling.take_over(APPLICATIONS, no, actor=county.actor("third"), now=NOW)
    handling.give_back(APPLICATIONS, no, actor=county.actor("third"), now=NOW)
    assert (told("third"), len(told("head"))) == ([], 1)


def test_what_comes_back_since_an_officer_left_is_told_to_who_gave_it_and_no_more_to_who_left(county, no):
    give(county, no, by="head", to="second")
    postings.move(username="second", unit=county.actor("operator").unit, reason="调动", now=NOW, by="operator")
    assert [event for event, _, _ in told("head")] == ["case.given_back"]
    assert told("second") == []


def test_a_deputy_of_another_unit_is_told_while_filling_in(county, no):
    number = deputies.name(
        role="competent", unit=county.actor("competent").unit, username="approver", until_date=date(2026, 12, 31),
        reason="空缺", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    give(county, no, by="head", to="approver", words="请代为办理")
    assert told("approver") == [("case.given", "head", "请代为办理")]
    deputies.end(number, actor=county.actor("authority"), now=NOW)
    assert told("approver") == []


def test_what_was_looked_at_is_not_counted_again(county, no):
    give(county, no, by="head", to="second")
    actor = county.actor("second")
    seen = messages.newest(actor, now=LATER)
    messages.look(actor, at=seen.at, entry=seen.entry, now=LATER)
    assert messages.unseen(actor, now=LATER) == 0
    (found,) = [each for each in messages.page(actor, now=LATER, limit=9) if each.event == "case.given"]
    assert not found.new


def indexes(plan: dict) -> set[str]:
    return {plan.get("Index Name", "")} | {name for each in plan.get("Plans", ()) for name in indexes(each)}


def test_each_source_is_read_by_its_own_index_however_many_cases_were_given(county, no):
    give(county, no, by="head", to="second")
    copied = (
        'insert into procedures_handling (lifecycle, "case", at, by, by_name, by_unit_name, kind, to_officer, to_name,'
        " to_unit, words, answered, by_unit, role, unit, told_officer)"
        ' select lifecycle, "case" || n, at - n * interval \'1 minute\', by, by_name, by_unit_name, kind,'
        " case when n % 2 = 0 then to_officer else 'nobody' || n end, to_name, to_unit, words, answered, by_unit,"
        " role, unit, case when n % 3 = 0 then to_officer else '' end"
        " from procedures_handling, generate_series(1, 3000) n where kind = 'give'"
    )
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute(copied)
        opened.execute("analyze procedures_handling")
    asked = {**messages._asked(county.actor("second"), now=LATER), "most": messages.COUNTED_UNSEEN}
    with connection.cursor() as cur:
        cur.execute(f"explain (format json) {messages.statements.unseen}", asked)
        ((plan,),) = cur.fetchall()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    assert {"handling_given", "handling_told"} <= indexes(plan[0]["Plan"])
    assert messages.unseen(county.actor("second"), now=LATER) == messages.COUNTED_UNSEEN
