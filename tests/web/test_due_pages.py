"""The page of what is due: whose, by when, how it was counted and by which clause; and the page of a head."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from acting import NOW, already
from desks import at, entered, handed_out, hire, seen

from hutong.control.procedures import handling
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS

HERE = "/zh/desk/due/"
BEFORE_MAY = datetime(2026, 4, 30, 2, tzinfo=UTC)
LATER = BEFORE_MAY + timedelta(days=60)


def lodged_before_may(county) -> None:
    unit = county.actor("competent").unit
    hire(county, "head", "何平", unit=unit, roles=("unit_head",))
    hire(county, "second", "周敏", unit=unit, roles=("competent",))
    county.take(county.draft(), "lodge", by="consumer", now=BEFORE_MAY)


peopled = already("lodged before May", lodged_before_may)


@pytest.fixture
def no(county) -> str:
    """An application that waits at a department, lodged on the day before a holiday."""
    return Application.objects.get().no


def test_a_row_says_by_when_how_that_was_counted_and_by_which_clause(county, no):
    with at(BEFORE_MAY):
        said = seen("competent", HERE)
    assert no in said and "劳动节放假，不计" in said and "自2026-04-30次日起算（当日不计）" in said
    assert "共 1 件有期限，其中逾期 0 件" in said


def test_late_comes_with_a_mark_and_can_be_listed_alone(county, no):
    with at(BEFORE_MAY):
        assert no not in seen("competent", f"{HERE}?when=late")
    with at(LATER):
        said = seen("competent", f"{HERE}?when=late")
        assert no in said and "已逾期" in said and "其中逾期 1 件" in said
        assert no not in seen("competent", f"{HERE}?when=week")


def test_the_file_has_each_day_that_was_not_counted(county, no):
    with at(BEFORE_MAY):
        (head, row), *_ = handed_out("competent", HERE).values()
    told = dict(zip(head, row, strict=True))
    assert told["编号"] == no and "2026-05-01 劳动节放假" in told["未计入的日期和原因"]
    assert told["未计入的天数"] == len(told["未计入的日期和原因"].splitlines())


def test_what_a_colleague_has_is_found_under_the_desk_and_not_under_mine(county, no):
    handling.take_over(APPLICATIONS, no, actor=county.actor("competent"), now=BEFORE_MAY)
    assert no not in seen("second", HERE)
    assert no in seen("second", f"{HERE}?whose=desk")
    assert no in seen("head", f"{HERE}?whose=unit&by=competent")
    assert no not in seen("head", f"{HERE}?whose=unit&by=second")


@pytest.mark.clause("D-20")
def test_what_waits_for_a_years_calendar_is_listed_with_what_to_do(county, no):
    known = replace(county.calendar, years=county.calendar.years - {2026})
    other = county.draft()
    county.take(other, "lodge", by="consumer", now=BEFORE_MAY, calendar=known)
    said = seen("competent", f"{HERE}?when=undated")
    assert other in said and no not in said
    assert "2026年工作日历尚未载入" in said
    assert "有 1 件的期限要等工作日历载入后才能算出" in said and "事项可以照常办理" in said


def test_a_head_sees_late_who_has_what_and_what_comes(county, no):
    handling.take_over(APPLICATIONS, no, actor=county.actor("competent"), now=BEFORE_MAY)
    with at(LATER):
        said = seen("head", f"{HERE}unit/")
    assert said.index("已逾期") < said.index(no) < said.index("待我签发")
    assert "没有待您签发的事项。" in said and "本月没有将到期的事项。" in said
    assert "本单位办理情况" in seen("head", HERE)


def test_who_has_what_names_the_last_day_in_time(county, no):
    with at(BEFORE_MAY):
        listed, said = seen("competent", HERE), seen("head", f"{HERE}unit/")
    last = re.search(r"第 2 个工作日为 ([0-9-]+)", listed)[1]
    assert f"1 0 {last}" in said.partition("谁手上有什么")[2], "late from midnight on, in time to the end of the day"


def test_who_is_no_head_is_refused_and_not_led_there(county, no):
    assert entered("second").get(f"{HERE}unit/").status_code == 403
    assert "本单位办理情况" not in seen("second", HERE)


def test_it_is_read_in_english(county, no):
    with at(BEFORE_MAY):
        said = seen("competent", "/en/desk/due/")
    assert "skipped" in said and "Clause" in said


def test_it_is_read_before_anything_was_lodged(county):
    assert "没有规定期限的待办事项。" in seen("consumer", HERE)
    assert NOW < BEFORE_MAY


def test_the_contact_prints_the_units_week_and_others_their_own(county, no):
    with at(LATER):
        said = seen("head", "/zh/desk/messages/week/")
        assert "您是本单位的联系人。本单位逾期 1 件，七日内到期 0 件。" in said and no in said
        assert "您是本单位的联系人" not in seen("second", "/zh/desk/messages/week/")


def test_the_authority_sees_the_operators_duties_and_that_they_are_no_candidates(county, no):
    for username in ("operator", "authority"):
        said = seen(username, f"{HERE}operator/")
        assert "演练应急预案" in said and "尚未做过" in said and "不作为违规线索" in said
        assert "平台运维单位的职责" in seen(username, HERE)
    assert entered("consumer").get(f"{HERE}operator/").status_code == 403
    assert "平台运维单位的职责" not in seen("consumer", HERE)
