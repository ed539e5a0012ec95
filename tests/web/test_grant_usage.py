"""What was used under a grant and of what limits is told to its parties: numbers, and never about whom."""

import json
import re
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, County
from desks import at, entered, seen, words

from hutong.core import beijing

TODAY = beijing.day(NOW)


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands at the day on which the county was made."""
    with at(NOW):
        yield


@pytest.fixture
def number(county: County) -> str:
    """The number of a grant in force, of which something was used today and yesterday."""
    county.walk(county.draft(quota=500, guesses=3), to="FILED")
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        ((no, consumer, provider, code),) = opened.execute(
            "select no, consumer, provider, code from plane.access_grant"
        ).fetchall()
        for back, spent in ((0, 12), (1, 7), (40, 99)):
            opened.execute(
                "insert into plane.quota_spent values (%s, %s, %s, 500)", [no, TODAY - timedelta(days=back), spent]
            )
        for subject, spent in ((b"\1" * 32, 3), (b"\2" * 32, 1)):
            opened.execute("insert into plane.guess_spent values (%s, %s, %s, %s, 3)", [no, TODAY, subject, spent])
        opened.execute("insert into plane.disclosed_day values (%s, %s, %s, 41)", [no, code, TODAY])
        opened.execute(
            "insert into audit.monthly_use values (%s, %s, %s, %s, 'compare', 4321, 17)",
            [TODAY.replace(day=1), consumer, provider, code],
        )
    return no


def page(no: str) -> str:
    return f"/zh/desk/grants/usage/{no}/"


@pytest.mark.clause("D-25")
@pytest.mark.parametrize("username", ["consumer", "approver", "operator"])
def test_both_sides_and_the_operator_read_what_was_used_of_what(number, username):
    said = seen(username, page(number))
    assert "已用 12，上限 500，尚余 488" in said
    assert "每个对象每日至多 3 次；今日比对过 2 个对象，其中 1 个已达上限" in said
    assert "本月 已答复 4,321 次，已拒绝 17 次" in said
    assert f"最近使用 {TODAY}" in said
    assert f"今日已用 12 次，每日上限 500 次；最近使用 {TODAY}" in seen(username, "/zh/desk/grants/")


def test_days_that_are_kept_stand_each_with_its_number_and_none_before(number):
    said = seen("consumer", page(number))
    assert f"{TODAY} 12" in said
    assert f"{TODAY - timedelta(days=1)} 7" in said
    assert f"{TODAY - timedelta(days=40)}" not in said


def test_no_subject_is_told(number):
    body = entered("consumer").get(page(number)).content.decode()
    assert "0101010101" not in body
    assert json.dumps("\1" * 32)[1:-1] not in body


def test_who_is_no_party_finds_no_such_grant(county, number):
    answer = entered("competent").get(page(number))
    parties = re.findall(number, seen("competent", "/zh/desk/grants/"))
    assert (answer.status_code == 200) == bool(parties)
    assert entered("consumer").get(page("SQ-NONE")).status_code == 404


def test_of_a_query_the_distinct_records_are_told_of_how_many(county, number):
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute("update plane.access_grant set mode = 'query', yearly_records = 100")
    assert "已用 41，上限 100，尚余 59" in seen("consumer", page(number))
    assert "一年内查询过不同记录 41 条，上限 100 条" in words(entered("consumer").get("/zh/desk/grants/"))
