"""A year's calendar on pages: looked at, confirmed, and what waits for it listed with what to do."""

import html
import re
from datetime import UTC, datetime

import pytest
from acting import NOW, entries
from desks import at, entered, seen, words
from django.core.files.uploadedfile import SimpleUploadedFile

from hutong.control.calendars.models import CalendarYear

HERE = "/zh/desk/due/calendars/"
LATE = datetime(2026, 12, 30, 2, tzinfo=UTC)
FILE = "日期,截止,类别,名称\n2027-01-01,2027-01-03,放假,元旦\n2027-02-20,,上班,春节\n"


def sent(client, text: str = FILE, **more):
    file = SimpleUploadedFile("2027.csv", text.encode(), "text/csv")
    with at(NOW):
        return client.post(HERE, {"file": file, "source": "国办发明电〔2026〕1号", **more}, follow=True)


def carried(answer) -> dict[str, str]:
    """Return what the form of a page carries."""
    form = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
    return {name: html.unescape(value) for name, value in form if name != "csrfmiddlewaretoken"}


@pytest.mark.clause("D-20")
def test_a_file_is_shown_with_what_it_would_change_and_loaded_once_confirmed(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=LATE)
    client = entered("operator")
    looked = sent(client)
    said = words(looked)
    assert "核对 2027 年放假安排" in said and "载入后算出 1 件待算的期限" in said
    assert "2027-01-03" in said and "元旦放假" in said and "调休上班" in said
    assert not CalendarYear.objects.exists()
    with at(NOW):
        told = words(client.post(HERE, {**carried(looked), "confirmed": "1"}, follow=True))
    assert "已载入 2027 年工作日历，算出 1 件待算的期限。" in told
    assert entries(county.url, "calendar.loaded") == 1


@pytest.mark.clause("D-20")
def test_what_waits_is_listed_for_who_loads_with_what_to_do(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=LATE)
    said = seen("operator", HERE)
    assert "有 1 件期限待工作日历载入后算出" in said and "该年放假安排公布后，在下面载入" in said
    listed = seen("operator", f"{HERE}waiting/")
    assert no in listed and "2027年工作日历尚未载入" in listed and "事项照常办理，不必等待" in listed


def test_a_wrong_line_is_refused_with_line_field_and_what_to_do_and_nothing_is_loaded(county):
    said = words(sent(entered("operator"), "日期,截止,类别,名称\n2027-01-01,,假,元旦\n"))
    assert "2" in said and "假" in said and not CalendarYear.objects.exists()


def test_without_a_file_and_a_number_both_are_told_at_once(county):
    with at(NOW):
        said = words(entered("operator").post(HERE, {"source": ""}, follow=True))
    assert "共 2 处" in said or ("文号" in said and "放假安排" in said)


def test_what_the_page_carried_and_was_changed_on_the_way_is_refused(county):
    client = entered("operator")
    given = {**carried(sent(client)), "content": "@@", "confirmed": "1"}
    with at(NOW):
        assert client.post(HERE, given, follow=True).status_code == 422
    assert not CalendarYear.objects.exists()


def test_others_see_the_years_and_load_nothing(county):
    said = seen("consumer", HERE)
    assert "工作日历由平台运维单位或者电子政务主管部门载入。" in said and "2026" in said
    assert entered("consumer").get(f"{HERE}waiting/").status_code == 403
    assert sent(entered("consumer")).status_code in (403, 422) and not CalendarYear.objects.exists()
