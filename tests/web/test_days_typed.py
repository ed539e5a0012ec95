"""A day is read in each form in which it can be no other, and in no other form."""

from datetime import date

import acting
import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from hutong.web.desk import fields

assert acting  # it sets Django up


def read(written: str) -> date:
    return fields.day(QueryDict(urlencode({"from_at": written})), "from_at")


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02", "2026-3-2", "2026/3/2", "2026.3.2", "2026年3月2日", "2026 年 3 月 2 日", "20260302",
        "２０２６年３月２日",
    ],
)
def test_a_day_is_read_however_an_office_writes_it(written):
    assert read(written) == date(2026, 3, 2)


@pytest.mark.parametrize(
    "written",
    ["03/02/2026", "2026-02-30", "2026-3/2", "202632", "26-3-2", "2026年3月", "二〇二六年三月", "2026-03-02T00:00"],
)
def test_what_could_be_two_days_or_none_is_refused(written):
    with pytest.raises(fields.FieldUnreadable):
        read(written)
