"""Article 15: maintenance that is planned is told two working days ahead; what is told and what was done is kept."""

from datetime import date, timedelta

import maintaining
import psycopg
import pytest
import telling
from acting import NOW
from desks import at, entered, hire, seen, words
from maintaining import BEGINS, ENDS, HOUR

from hutong.control.notices import maintained, rules
from hutong.control.notices.models import MaintenanceNotice
from hutong.control.procedures.rules import NotYourRole
from hutong.core.errors import Faults

HOME = "/zh/desk/maintenance/"
DAY = timedelta(days=1)


def spans(county, *, from_at=BEGINS - DAY, until_at=ENDS + DAY):
    found = maintained.excluded(county.civil, from_at=from_at, until_at=until_at)
    return [(each.from_at, each.until_at) for each in found]


@pytest.mark.clause("SX-15-a")
@pytest.mark.parametrize(("earlier", "in_time"), [(0, True), (1, False), (3, False)])
def test_told_two_working_days_ahead_it_is_in_time_and_told_later_it_is_taken_and_marked(county, earlier, in_time):
    maintaining.staffed(county)
    begins = BEGINS - earlier * DAY
    no = maintaining.told(county, from_at=begins, until_at=begins + 5 * DAY)
    assert maintained.leads([no])[no].in_time is in_time
    assert (no in seen("operator", f"{HOME}?late=on")) == (not in_time)
    page = seen("operator", f"{HOME}{no}/")
    assert ("否，最迟应于" in page, "擅自" in page) == (not in_time, False)


@pytest.mark.clause("SX-15-a")
def test_the_form_says_how_far_ahead_and_for_which_day_what_is_told_today_is_in_time(county):
    maintaining.staffed(county)
    with at(NOW):
        page = seen("unit_admin", f"{HOME}new/")
    assert "应当提前 2 个工作日告知，今日告知的，最早2026-03-04实施" in page


@pytest.mark.clause("SX-15-a")
def test_the_operator_reads_what_will_be_done_when_and_what_it_affects_and_the_log_has_who_told(county):
    maintaining.staffed(county)
    form = {
        "kind": "node", "content": "更换前置机硬盘", "affected": "查询接口停用", "from_at": "2026-03-04 22:00",
        "until_at": "2026-03-05 02:00", "at": "0-",
    }  # fmt: skip
    with at(NOW):
        assert "更换前置机硬盘" in words(entered("unit_admin").post(f"{HOME}new/", form, follow=True))
        no = MaintenanceNotice.objects.get().no
        message = seen("operator", "/zh/desk/messages/?kind=notices")
    assert no in message and "前置机升级维护" in message
    page = seen("operator", f"{HOME}{no}/")
    for told in ("更换前置机硬盘", "查询接口停用", "2026-03-04 22:00 至 2026-03-05 02:00", "示范县民政局"):
        assert told in page, told
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        entry = "select record::jsonb, counterpart from audit.entry where event = 'notices.maintenance_told'"
        ((record, counterpart),) = opened.execute(entry).fetchall()
    assert (record["case"], record["by"], record["in_time"]) == (no, "unit_admin", True)
    assert counterpart == county.actor("operator").unit


@pytest.mark.clause("SX-15-a")
def test_units_with_grants_on_its_resources_are_told_and_others_learn_nothing(county):
    maintaining.granted(county)
    no = maintaining.told(county, by="police_admin")
    with at(NOW):
        assert no in seen("consumer", "/zh/desk/messages/?kind=notices")
        assert no in seen("consumer", HOME)
    assert "前置机操作系统升级" in seen("consumer", f"{HOME}{no}/")
    assert "示范县民政局" in seen("operator", f"{HOME}{no}/")
    stranger = hire(county, "stranger", "路远", unit=county.actor("authority").unit, roles=("consumer",))
    assert entered(stranger).get(f"{HOME}{no}/").status_code == 404
    assert no not in seen(stranger, HOME) and no not in seen(stranger, "/zh/desk/messages/?kind=notices")
    maintaining.take(county, no, "cancel", by="police_admin", now=NOW + HOUR, reason="硬盘未到货")
    with at(NOW + 2 * HOUR):
        assert "取消维护" in seen("consumer", "/zh/desk/messages/?kind=notices")


@pytest.mark.clause("SX-15-a")
def test_its_contact_tells_as_well_as_its_administrator_and_nobody_else_does(county):
    telling.staffed(county)
    telling.named(county)
    no = maintaining.told(county, by="first")
    assert "登记开始实施…" in seen("first", f"{HOME}{no}/")
    assert maintaining.take(county, no, "begin", by="first", happened_at=BEGINS) == "IN_PROGRESS"
    for other in ("second", "editor", "operator"):
        with pytest.raises(NotYourRole):
            maintaining.told(county, by=other)
        with pytest.raises(NotYourRole):
            maintaining.take(county, no, "complete", by=other, happened_at=ENDS)
        assert "登记实施完毕…" not in words(entered(other).get(f"{HOME}{no}/"))


@pytest.mark.clause("SX-15-a")
@pytest.mark.parametrize(
    ("begun_at", "ended_at", "shown"),
    [
        (BEGINS, ENDS, ""),
        (BEGINS - HOUR, ENDS, "早于告知的开始时间实施"),
        (BEGINS, ENDS + HOUR, "迟于告知的结束时间完毕"),
        (ENDS, ENDS + HOUR, "告知的结束时间之后才开始实施"),
        (BEGINS, None, "没有登记实施完毕"),
        (None, None, "没有登记开始实施"),
    ],
)
def test_what_ran_outside_the_window_or_was_never_begun_or_ended_is_shown(county, begun_at, ended_at, shown):
    maintaining.staffed(county)
    no = maintaining.told(county)
    if begun_at:
        maintaining.take(county, no, "begin", now=begun_at, happened_at=begun_at)
    if ended_at:
        maintaining.take(county, no, "complete", now=ended_at, happened_at=ended_at)
    with at(ENDS):
        assert (no in seen("operator", f"{HOME}?astray=on")) == bool(shown)
        page = seen("operator", f"{HOME}{no}/")
    assert shown in page and "擅自" not in page
    if not shown:
        assert "是否在告知的时间内 是" in page


@pytest.mark.clause("SX-15-a")
def test_only_what_was_told_in_time_and_ran_inside_its_window_is_not_counted_against_the_unit(county):
    maintaining.staffed(county)
    maintaining.carried_out(county, maintaining.told(county), BEGINS - HOUR, ENDS + HOUR)
    assert spans(county) == [(BEGINS, ENDS)]
    assert spans(county, from_at=BEGINS + HOUR, until_at=ENDS - HOUR) == [(BEGINS + HOUR, ENDS - HOUR)]
    assert maintained.excluded(county.police, from_at=BEGINS - DAY, until_at=ENDS + DAY) == []


@pytest.mark.clause("SX-15-a")
def test_what_was_told_too_late_cancelled_or_never_ended_is_counted_and_no_moment_is_left_out_twice(county):
    maintaining.staffed(county)
    late = maintaining.told(county, now=BEGINS - HOUR)
    maintaining.carried_out(county, late)
    assert spans(county) == []
    open_ended = maintaining.told(county)
    maintaining.take(county, open_ended, "begin", happened_at=BEGINS)
    assert spans(county) == []
    maintaining.carried_out(county, maintaining.told(county), BEGINS, BEGINS + 2 * HOUR)
    maintaining.carried_out(county, maintaining.told(county, kind="network"), BEGINS + HOUR, BEGINS + 3 * HOUR)
    assert spans(county) == [(BEGINS, BEGINS + 2 * HOUR), (BEGINS + 2 * HOUR, BEGINS + 3 * HOUR)]


@pytest.mark.clause("SX-15-a")
def test_another_time_is_another_notice_that_asks_for_its_days_ahead_anew(county):
    maintaining.staffed(county)
    first = maintaining.told(county)
    later = maintaining.told(county, now=BEGINS - HOUR, changes=first, until_at=ENDS + HOUR)
    assert maintaining.notice(first).state == "CHANGED"
    assert [maintained.leads([no])[no].in_time for no in (first, later)] == [True, False]
    assert later in seen("operator", f"{HOME}{first}/") and first in seen("operator", f"{HOME}{later}/")
    with pytest.raises(rules.NotToldAnew):
        maintaining.told(county, changes=first)


@pytest.mark.clause("SX-15-a")
def test_a_notice_that_lacks_what_who_and_when_is_refused_with_all_of_it_at_once(county):
    maintaining.staffed(county)
    with pytest.raises(Faults) as told:
        maintaining.told(county, kind="", content=" ", affected="", from_at=None, until_at=None)
    fields = {field for each in told.value.problems for field in each.fields}
    assert fields == {"kind", "content", "affected", "from_at", "until_at"}
    with pytest.raises(rules.WindowReversed):
        maintaining.told(county, until_at=BEGINS)
    assert not MaintenanceNotice.objects.exists()


@pytest.mark.clause("SX-15-a")
def test_what_has_not_happened_yet_is_not_told_as_done(county):
    maintaining.staffed(county)
    no = maintaining.told(county)
    with pytest.raises(rules.NotHappenedYet):
        maintaining.take(county, no, "begin", now=BEGINS, happened_at=BEGINS + HOUR)
    maintaining.take(county, no, "begin", now=BEGINS, happened_at=BEGINS)
    with pytest.raises(rules.EndedBeforeBegun):
        maintaining.take(county, no, "complete", happened_at=BEGINS - HOUR)


@pytest.mark.clause("SX-15-a")
def test_a_window_beyond_the_loaded_calendar_is_taken_and_judged_once_its_year_is_there(county):
    maintaining.staffed(county)
    year = max(county.calendar.years) + 1
    begins = BEGINS.replace(year=year)
    no = maintaining.told(county, from_at=begins, until_at=begins + HOUR)
    assert maintained.leads([no])[no].in_time is None
    assert "待载入后计算" in seen("operator", f"{HOME}{no}/") and date(year, 1, 1) > NOW.date()
