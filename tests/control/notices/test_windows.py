"""What ran inside its window, moment by moment, and what a notice of maintenance is found by."""

from datetime import datetime, timedelta

import maintaining
import pytest
from acting import NOW
from hypothesis import given
from hypothesis import strategies as st
from psycopg.errors import InsufficientPrivilege

from hutong.control.notices import maintained, maintenance, windows
from hutong.control.notices.maintained import WorkFilters
from hutong.control.notices.models import MaintenanceNotice
from hutong.control.notices.windows import Stray, WorkTime
from hutong.core import beijing

FIRST = datetime(2026, 3, 4, tzinfo=beijing.BEIJING)
HOURS = st.integers(0, 12)


def hour(number: int) -> datetime:
    return FIRST + timedelta(hours=number)


@st.composite
def works(draw):
    from_at, length, begun_at, took = draw(HOURS), draw(st.integers(1, 6)), draw(HOURS), draw(HOURS)
    begun = draw(st.sampled_from(["never", "begun", "ended"]))
    return WorkTime(
        str(draw(st.integers())), hour(from_at), hour(from_at + length),
        None if begun == "never" else hour(begun_at), hour(begun_at + took) if begun == "ended" else None,
    )  # fmt: skip


@given(there=st.lists(works(), max_size=5), first=HOURS, length=HOURS)
def test_an_hour_is_excluded_once_where_some_ended_work_ran_inside_its_window(there, first, length):
    found = windows.excluded(there, from_at=hour(first), until_at=hour(first + length))
    for number in range(24):
        asked = first <= number < first + length
        ran = any(
            w.ended_at is not None and max(w.begun_at, w.from_at) <= hour(number) < min(w.ended_at, w.until_at)
            for w in there
        )
        covered = [each for each in found if each.from_at <= hour(number) < each.until_at]
        assert len(covered) == (asked and ran), number
    assert windows.total(found) == sum((each.until_at - each.from_at for each in found), timedelta())


def test_work_that_waits_for_its_window_strays_from_nothing():
    work = WorkTime("1", hour(2), hour(4), None, None)
    assert windows.strays(work, open=True, now=hour(3)) == ()
    assert windows.strays(work, open=True, now=hour(4)) == (Stray.NEVER_BEGUN,)
    assert windows.strays(work, open=False, now=hour(9)) == ()


def test_nothing_is_told_of_maintenance_where_its_entry_cannot_be_written(county, log_down):
    maintaining.staffed(county)
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        maintaining.told(county)
    assert not MaintenanceNotice.objects.exists()


def test_a_notice_of_maintenance_is_found_by_its_number_unit_kind_state_and_words(county):
    maintaining.staffed(county)
    no, operator = maintaining.told(county), county.actor("operator")
    for asked, many in (
        (WorkFilters(words=no), 1), (WorkFilters(words="民政 操作系统"), 1), (WorkFilters(words="婚姻"), 1),
        (WorkFilters(words="公安"), 0), (WorkFilters(unit=county.civil), 1), (WorkFilters(unit=county.police), 0),
        (WorkFilters(kind="node"), 1), (WorkFilters(kind="network"), 0), (WorkFilters(state="NOTIFIED"), 1),
        (WorkFilters(state="DONE"), 0), (WorkFilters(late=True), 0), (WorkFilters(astray=True), 0),
    ):  # fmt: skip
        found = maintained.visible(operator, asked, now=NOW)
        assert (len(found), maintained.counted(operator, asked, now=NOW)) == (many, many), asked
    assert maintained.units(operator) == [(county.civil, "示范县民政局")]
    assert maintained.units(county.actor("editor")) == []


def test_the_same_form_sent_twice_tells_once(county):
    maintaining.staffed(county)
    said = {
        "kind": "node", "content": "升级", "affected": "接口", "from_at": maintaining.BEGINS,
        "until_at": maintaining.ENDS, "reason": "",
    }  # fmt: skip
    given = {"actor": county.actor("unit_admin"), "now": NOW, "calendar": county.calendar, "meant_for": "0-"}
    assert maintenance.notify(said, **given) == maintenance.notify(said, **given)
    assert MaintenanceNotice.objects.count() == 1

