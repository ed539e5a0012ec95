"""Article 12: every unit has somebody who answers for it, and tells of a change five working days ahead."""

from datetime import date, timedelta

import psycopg
import pytest
import telling
from acting import NOW, PASSWORD
from desks import at, entered, seen, words
from hypothesis import given
from hypothesis import strategies as st

from hutong.control.notices import passes, queries
from hutong.control.notices.models import ContactChange
from hutong.control.units import operations as members
from hutong.control.units import postings
from hutong.core import beijing, deadlines, workdays
from hutong.core.deadlines import DeadlineFacts
from hutong.core.lifecycle import Counting
from hutong.core.workdays import Calendar

HOME = "/zh/desk/contacts/"
TODAY = beijing.day(NOW)
CALENDAR = Calendar.official()
DAYS = st.dates(date(2025, 1, 2), date(2026, 12, 1))


def contact(county) -> tuple[str, bool]:
    found = queries.contact(county.civil, now=NOW)
    return found.name, found.named


@pytest.mark.clause("SX-12-a")
def test_a_unit_always_has_a_contact_its_head_until_it_names_one(county):
    telling.staffed(county)
    head = {"name": "马丽", "unit": county.civil, "roles": ["unit_head"], "password": PASSWORD}
    members.add_officer(username="chief", **head, now=NOW, by="init")
    assert contact(county) == ("马丽", False)
    assert "负责人代行，待确定联系人" in seen("operator", HOME)
    telling.told(county, "first")
    assert contact(county) == ("钱进", True)
    shown = seen("operator", HOME)
    assert "钱进" in shown and "0572-2000001" in shown
    telling.told(county, "second", emergency=True, reason="联系人失联")
    assert contact(county) == ("郑明", True)
    postings.move(username="second", unit=county.police, reason="调动", now=NOW, by="accounts")
    assert contact(county) == ("马丽", False)


@pytest.mark.clause("SX-12-a")
def test_who_has_left_or_never_worked_there_is_no_contact_of_a_unit(county):
    telling.staffed(county)
    typed = {"officer": "editor", "at": "0-", "phone": "1"}
    form = entered("unit_admin").post(f"{HOME}changes/new/", typed, follow=True)
    assert "不是本单位在职的人员" in words(form)
    assert not ContactChange.objects.exists()


@pytest.mark.clause("SX-12-b")
def test_the_form_asks_for_notice_ahead_of_a_change_and_not_of_the_first_contact(county):
    telling.staffed(county)
    with at(NOW):
        first = seen("unit_admin", f"{HOME}changes/new/")
        assert ("还没有确定联系人，可以自今日起生效" in first, "应当提前" in first) == (True, False)
        telling.named(county)
        later = seen("unit_admin", f"{HOME}changes/new/")
    assert ("可以自今日起生效" in later, "应当提前 5 个工作日通知" in later) == (False, True)


@pytest.mark.clause("SX-12-b")
@given(told=DAYS, days=st.integers(1, 20), rule=st.sampled_from("AB"))
def test_the_form_says_the_first_day_for_which_a_notice_of_today_is_in_time(told, days, rule):
    """提前5个工作日: the clock of the notice finds that day in time, and the working day before it too late (D-7)."""
    first = workdays.earliest_day_told(told, days, rule=rule, calendar=CALENDAR).day
    before = next(day for day in (first - timedelta(days=n) for n in range(1, 30)) if CALENDAR.is_workday(day))
    for effective, in_time in ((first, "met"), (before, "late")):
        event = DeadlineFacts(Counting.LEAD, days, beijing.midnight(told), effective, rule)
        assert deadlines.reckon(event, calendar=CALENDAR).result(at=beijing.midnight(told)) == in_time, effective


@pytest.mark.clause("SX-12-b")
@pytest.mark.parametrize(("earlier", "comes_to"), [(0, "EFFECTIVE"), (1, "LATE"), (7, "LATE")])
def test_told_five_working_days_ahead_it_is_in_time_and_told_later_it_holds_all_the_same(county, earlier, comes_to):
    telling.staffed(county)
    telling.named(county)
    day = telling.IN_TIME - timedelta(days=earlier)
    no = telling.told(county, "second", effective_date=day)
    if day > TODAY:
        assert contact(county) == ("钱进", True) and telling.state(no) == "NOTICED"
    passes.take_effect(now=NOW + (day - TODAY), calendar=county.calendar)
    assert telling.state(no) == comes_to
    assert contact(county) == ("郑明", True)
    late = seen("operator", f"{HOME}changes/?state=LATE")
    assert (no in late) == (comes_to == "LATE")
    assert ("否，最迟应于" in seen("operator", f"{HOME}changes/{no}/")) == (comes_to == "LATE")


@pytest.mark.clause("SX-12-b")
def test_the_operator_and_the_log_have_who_told_what_and_when_and_nobody_else_learns_of_it(county):
    telling.staffed(county)
    telling.named(county)
    with at(NOW):
        told = entered("unit_admin").post(
            f"{HOME}changes/new/",
            {"officer": "second", "phone": "0572-2", "reason": "轮岗", "effective_date": "2026-03-09", "at": "0-"},
            follow=True,
        )
    assert "郑明" in words(told)
    no = ContactChange.objects.latest("id").no
    with at(NOW):
        told = seen("operator", "/zh/desk/messages/?kind=notices")
    assert no in told and "通知联系人变更" in told and "示范县民政局：郑明" in told
    page = seen("operator", f"{HOME}changes/{no}/")
    assert "轮岗" in page and "钱进" in page and "2026-03-09" in page
    assert entered("editor").get(f"{HOME}changes/{no}/").status_code == 404
    assert no not in seen("editor", f"{HOME}changes/")
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        told = "select record::jsonb from audit.entry where event = 'notices.contact_told' order by id"
        first, second = (record for (record,) in opened.execute(told))
    assert (first["by"], second["by"]) == ("unit_admin", "unit_admin")
    assert (second["case"], second["officer"], second["in_time"]) == (no, "second", True)


@pytest.mark.clause("SX-12-b")
def test_nobody_but_the_unit_tells_of_its_contact_and_one_change_is_under_way_at_a_time(county):
    telling.staffed(county)
    telling.named(county)
    no = telling.told(county, "second", effective_date=telling.IN_TIME)
    with pytest.raises(queries.rules.ContactChangeUnderWay):
        telling.told(county, "consumer", effective_date=telling.IN_TIME)
    entered("editor").post(f"{HOME}changes/new/", {"officer": "second", "at": "0-"})
    assert ContactChange.objects.count() == 2
    telling.take(county, no, "take_back", by="unit_admin", reason="不再变更")
    passes.take_effect(now=NOW + timedelta(days=30), calendar=county.calendar)
    assert contact(county) == ("钱进", True)


@pytest.mark.clause("SX-12-b")
def test_a_notice_beyond_the_loaded_calendar_is_taken_and_judged_once_its_year_is_there(county):
    telling.staffed(county)
    telling.named(county)
    last = max(county.calendar.years)
    no = telling.told(county, "second", effective_date=date(last + 1, 3, 9))
    assert queries.leads([no])[no] == queries.Lead()
    assert "待载入后计算" in seen("operator", f"{HOME}changes/{no}/")
