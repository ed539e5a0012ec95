"""Limits of use on pages: alarms are seen, the authority raises a limit until a day, and everybody reads who can."""

import html
import re
from datetime import timedelta

import pytest
from acting import NOW, PASSWORD
from django.conf import settings
from django.test import Client

from hutong.control.sharing import raised
from hutong.core import beijing, defaults
from hutong.db.database import Database
from hutong.plane.answer import alarms
from hutong.plane.raising import RAISABLE

TODAY = beijing.day(NOW)
WHO = "提高上限由电子政务主管部门决定，须写明理由和截止日期"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)


@pytest.fixture
def alarmed(county):
    """Return a county in which an alarm of the consumer stands open."""
    plane = Database(county.url, role="plane", size=1)
    with plane.transaction() as cur:
        unit = county.actor("consumer").unit
        alarms.open_alarm(cur, limit="compare.share_percent", consumer=unit, seen=34, most=20, now=NOW)
    plane.close()
    return county


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def read(client: Client, language: str = "zh") -> str:
    return html.unescape(client.get(f"/{language}/desk/limits/").content.decode())


def form(county, **changes):
    return {
        "action": "raise", "limit": "compare.share_percent", "unit": county.actor("consumer").unit, "resource": "",
        "value": "45", "until_date": f"{TODAY + timedelta(days=30)}", "reason": "县数局〔2026〕9号", **changes,
    }  # fmt: skip


@pytest.mark.clause("D-25")
@pytest.mark.parametrize("username", ["authority", "operator", "consumer"])
def test_who_sees_to_it_and_the_unit_itself_see_the_alarm_and_who_may_raise_the_limit(alarmed, username):
    page = read(entered(username))
    assert WHO in page
    assert ("34%" in page, "20%" in page, "待查看" in page) == (True, True, True)
    assert ("提高一个单位的上限" in page) == (username == "authority")
    assert "may raise a limit" in read(entered(username), "en")


def test_another_unit_does_not_see_it(alarmed):
    assert "34%" not in read(entered("editor"))


@pytest.mark.clause("D-25")
def test_the_authority_raises_a_limit_until_a_day_and_nobody_else(alarmed):
    for username in ("consumer", "operator", "editor"):
        assert entered(username).post("/zh/desk/limits/", form(alarmed)).status_code == 403
    client = entered("authority")
    assert client.post("/zh/desk/limits/", form(alarmed)).status_code == 302
    assert re.search("已将示范县民政局的上限“[^”]+”提高到 45，截至 ", read(client))
    (decision,) = raised.listed(alarmed.actor("consumer"), kind="raised", limit=9, now=NOW)
    assert (decision.most, decision.until_date, decision.stands) == (45, TODAY + timedelta(days=30), True)
    for told in ("45%", "县数局〔2026〕9号", "有效"):
        assert told in read(entered("consumer"))
    after = NOW + timedelta(days=31)
    assert raised.listed(alarmed.actor("consumer"), kind="raised", standing=True, limit=9, now=after) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reason": " "}, 422), ({"until_date": ""}, 422), ({"until_date": "2030-01-01"}, 422), ({"value": "5"}, 409),
        ({"value": "x"}, 422), ({"limit": "login.attempts"}, 422), ({"unit": "没有"}, 404),
        ({"limit": "compare.value_records", "value": "20", "resource": "9/9"}, 404),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_refused_and_what_was_typed_stays(alarmed, changes, status):
    answer = entered("authority").post("/zh/desk/limits/", form(alarmed, **changes))
    assert answer.status_code == status
    assert f"{TODAY + timedelta(days=30)}" in answer.content.decode() or "until_date" in changes
    assert raised.counted(alarmed.actor("authority"), kind="raised", now=NOW) == 0


def test_an_alarm_is_closed_with_what_was_found(alarmed):
    client = entered("authority")
    (alarm,) = raised.listed(alarmed.actor("authority"), kind="alarm", limit=9, now=NOW)
    closing = {"action": "close", "id": f"{alarm.id}"}
    assert entered("consumer").post("/zh/desk/limits/", {**closing, "finding": "无误"}).status_code == 403
    assert client.post("/zh/desk/limits/", {**closing, "finding": " "}).status_code == 422
    assert client.post("/zh/desk/limits/", {**closing, "finding": "数据源陈旧，已更新"}).status_code == 302
    page = read(client)
    assert ("数据源陈旧，已更新" in page, "已查看" in page) == (True, True)
    assert re.search("已查看并关闭示范县民政局的预警“[^”]+”，查看情况已留有记录。", page)
    assert client.post("/zh/desk/limits/", {**closing, "finding": "再次"}).status_code in (302, 409)
    assert "再次" not in read(client)


@pytest.mark.parametrize(
    ("language", "words", "held"),
    [
        ("zh", "一个单位每日可查询一项个人信息资源的不同记录数（query.daily_records）<", "query.daily_records：1,000"),
        ("en", "unit may query of a resource about people (query.daily_records)<", "query.daily_records: 1,000"),
    ],
)  # fmt: skip
def test_beside_the_fields_stand_the_values_in_force_and_the_last_day_there_may_be(alarmed, language, words, held):
    page = read(entered("authority"), language)
    last = TODAY + timedelta(days=defaults.number("raised.most_days") - 1)
    assert (words in page, held in page, f"{last}" in page) == (True, True, True)
    refused = entered("authority").post("/zh/desk/limits/", form(alarmed, until_date=f"{last + timedelta(days=1)}"))
    assert (refused.status_code, "RAISED_TOO_LONG" in refused.content.decode()) == (422, True)
    assert entered("authority").post("/zh/desk/limits/", form(alarmed, until_date=f"{last}")).status_code == 302


def test_every_limit_that_may_be_raised_is_offered(alarmed):
    page = read(entered("authority"))
    assert all(f'value="{name}"' in page for name in RAISABLE)


def test_an_alarm_that_the_authority_does_not_close_itself_says_who_looks_at_it(alarmed):
    plane = Database(alarmed.url, role="plane", size=1)
    with plane.transaction() as cur:
        unit = alarmed.actor("authority").unit
        alarms.open_alarm(cur, limit="compare.share_percent", consumer=unit, seen=34, most=20, now=NOW)
    plane.close()
    whose = "涉及本单位，由上级地区的电子政务主管部门或者为此指定的代理人查看。"
    told = [read(entered(name)) for name in ("authority", "consumer")]
    assert [page.count(whose) for page in told] == [1, 0]
    assert told[0].count('name="finding"') == 1
    assert "the authority of the region above" in read(entered("authority"), "en")


@pytest.mark.clause("D-25")
@pytest.mark.parametrize(
    ("language", "beforehand", "then"),
    [
        ("zh", "先提高每年的（query.records_least），使它大于现行的每日数",
         "请先在“上限名称”中选每年的（query.records_least），提高到大于现行的每日条数"),
        ("en", "first raise that of a year (query.records_least) above the present one of a day",
         "First choose the limit of a year (query.records_least) and raise it above the present number of a day"),
    ],
)  # fmt: skip
def test_that_a_year_is_raised_before_a_day_is_said_beforehand_and_by_the_refusal(county, language, beforehand, then):
    client = entered("authority")
    hint = re.search(r'<small id="limit-hint">(.*?)</small>', read(client, language), re.S)
    assert beforehand in hint[1]
    address, daily = f"/{language}/desk/limits/", form(county, limit="query.daily_records", value="2000")
    refused = client.post(address, daily)
    page = html.unescape(refused.content.decode())
    assert (refused.status_code, "YEAR_IS_LESS" in page, then in page) == (409, True, True)
    assert 'id="value-wrong"' in page
    yearly = form(county, limit="query.records_least", value=f"{defaults.number('query.daily_records') + 1}")
    assert client.post(address, yearly).status_code == 302  # as it was told
    assert client.post(address, daily).status_code == 302


def test_what_is_written_of_an_alarm_is_said_beside_its_field(alarmed):
    assert "向该单位了解到的原因，以及采取的措施。" in read(entered("authority"))
