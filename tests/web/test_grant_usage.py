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


def another(county: County, like: str, **changes: object) -> str:
    """Put a grant beside one that differs from it in number and dates, or in what is given; returns its number."""
    columns = {"no": "'G-OTHER'", "filing_no": "'F-OTHER'", **{name: f"'{value}'" for name, value in changes.items()}}
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        names = [
            name for (name,) in opened.execute(
                "select column_name from information_schema.columns where table_schema = 'plane'"
                " and table_name = 'access_grant' and is_generated = 'NEVER'"
            )
        ]  # fmt: skip
        values = ", ".join(columns.get(name, name) for name in names)
        opened.execute(
            f"insert into plane.access_grant ({', '.join(names)})"
            f" select {values} from plane.access_grant where no = %s",
            [like],
        )
        opened.execute("insert into plane.quota_spent values ('G-OTHER', %s, 333, 500)", [TODAY])
    return "G-OTHER"


def test_sums_by_month_are_told_as_the_grant_s_own_where_there_is_none_alike(number):
    said = seen("consumer", page(number))
    assert "各月使用次数（只有本授权）" in said
    assert "同类授权合计" not in said


def test_two_like_grants_share_no_number_under_their_own_headings_and_name_each_other(county, number):
    other = another(county, number)
    ours, theirs = seen("consumer", page(number)), seen("consumer", page(other))
    for said, mine, not_mine in ((ours, number, other), (theirs, other, number)):
        own, _, sums = said.partition("各月使用次数（2 项同类授权合计）")
        assert f"在本授权 {mine} 下的用量" in own
        assert not_mine not in own
        assert not_mine in sums
        assert "本月" not in own
        assert "已答复 4,321 次，已拒绝 17 次" in sums
    assert "近 7 日共 19 次" in ours
    assert "近 7 日共 333 次" in theirs


@pytest.mark.parametrize(
    "changes",
    [{"mode": "query"}, {"from_at": "2020-01-01 00:00+08", "until_at": "2021-01-01 00:00+08"}],
)
def test_a_grant_in_another_mode_or_long_over_is_not_alike(county, number, changes):
    another(county, number, **changes)
    assert "各月使用次数（只有本授权）" in seen("consumer", page(number))


def test_of_a_query_each_month_has_its_own_distinct_records(county, number):
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute("update plane.access_grant set mode = 'query'")
        opened.execute(
            "insert into plane.disclosed_day values (%s, %s, '2026-01-15', 5), (%s, %s, '2026-01-31', 6)",
            [number, county.code, number, county.code],
        )
    said = seen("consumer", page(number))
    assert "2026-01 11" in said
    assert "2026-02 0" in said
    assert "2026-03 41" in said
