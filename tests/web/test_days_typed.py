"""A day is read in each form in which it can be no other, and in no other form."""

import re
from datetime import date

import acting
import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.http import urlencode

from hutong.web.desk import fields


def read(written: str) -> date:
    return fields.day(QueryDict(urlencode({"from_at": written})), "from_at")


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02", "2026-3-2", "2026/3/2", "2026.3.2", "2026年3月2日", "2026 年 3 月 2 日", "20260302",
        "２０２６年３月２日", "２０２６－０３－０２", "２０２６．３．２", " 2026-03-02 ", "\u30002026-03-02\u00a0",
        "2026-03-02\u200b", "\ufeff2026年3月2日", "𝟐𝟎𝟐𝟔-03-02",
    ],
)
def test_a_day_is_read_however_an_office_writes_it(written):
    assert read(written) == date(2026, 3, 2)


@pytest.mark.parametrize(
    "written",
    ["03/02/2026", "2026-02-30", "2026-3/2", "202632", "26-3-2", "2026年3月", "二〇二六年三月", "2026-03-02T00:00",
     "2026 03 02", "2026--03-02", "-2026-03-02", "12026-03-02", "2026-03-021", "2026030", "2026-2-29", "2026-03-02日"],
)
def test_what_could_be_two_days_or_none_is_refused(written):
    with pytest.raises(fields.FieldUnreadable):
        read(written)


@pytest.mark.parametrize(
    "written", ["2026-03-02T17:30", "2026-03-02 17:30", "2026-03-02 17:30:59", "2026年3月2日17时30分", "20260302 17:30"]
)
def test_a_moment_is_read_by_day_hour_and_minute(written):
    found = fields.minute(QueryDict(urlencode({"set_ended_at": written})), "set_ended_at")
    assert found.isoformat() == "2026-03-02T17:30:00+08:00"


@pytest.mark.parametrize(
    "written", ["2026-03-02", "03/02/2026 17:30", "2026-03-02 5:30 PM", "2026-03-02 25:00", "17:30"]
)
def test_a_moment_that_could_be_two_or_none_is_refused(written):
    with pytest.raises(fields.MomentUnreadable):
        fields.minute(QueryDict(urlencode({"set_ended_at": written})), "set_ended_at")


def test_a_day_that_cannot_be_read_is_told_how_days_are_written(county):
    client = Client(HTTP_HOST="localhost")
    client.post("/zh/login/", {"username": "consumer", "password": acting.PASSWORD})
    page = client.post(f"/zh/desk/applications/new/{county.code}/", {"from_at": "03/02/2026"}).content.decode()
    assert "例如 2026-03-02、2026年3月2日 或者 20260302" in page


@pytest.mark.full
def test_no_field_of_a_form_shows_a_day_in_the_way_of_some_country(county, window):
    page = window().enter("consumer").go(f"/zh/desk/applications/new/{county.code}/")
    assert page.locator("input[type=date], input[type=datetime-local]").count() == 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", page.input_value("[name=from_at]"))
    page.fill("[name=from_at]", "2026年3月2日")
    page.fill("[name=until_at]", "20270302")
    assert page.input_value("[name=from_at]") == "2026年3月2日"
