"""A year's notice from a file: read whole, or refused with line and field."""

from datetime import date

import pytest

from hutong.core import holiday_notice
from hutong.core.workdays import Calendar

GOOD = """date,until,kind,name
2027-01-01,2027-01-03,holiday,元旦
2027-02-05,2027-02-11,holiday,春节
2027-02-20,,workday,春节
"""


def test_reads_runs_of_days_off_and_single_workdays():
    read = holiday_notice.read(GOOD.encode())

    assert read.year == 2027
    assert [day.isoformat() for day in read.days_off][:4] == ["2027-01-01", "2027-01-02", "2027-01-03", "2027-02-05"]
    assert read.makeup == (date(2027, 2, 20),)
    calendar = Calendar.official().with_year(read.year, read.days_off, read.makeup)
    assert calendar.day(date(2027, 2, 8)).why().zh == "春节放假"
    assert calendar.day(date(2027, 2, 8)).why().en == "Spring Festival"
    assert calendar.is_workday(date(2027, 2, 20))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_reads_what_a_spreadsheet_saves_with_chinese_columns(encoding):
    text = "名称,类别,日期\r\n元旦,放假,2027-01-01\r\n,,\r\n元旦,上班,2027-01-09\r\n"

    read = holiday_notice.read(text.encode(encoding))

    assert (read.days_off, read.makeup) == ({date(2027, 1, 1): "New Year's Day"}, (date(2027, 1, 9),))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff\ufeff日期,类别,名称\n2027-01-01,放假,元旦\n",
        "2027年放假安排,,\n\n日 期*,类别（必填）,名称\n2027-01-01,放假,元旦\n",
        "日期\t截止\t类别\t名称\n2027-01-01\t\t放假\t元旦\n",
        "Date;Kind;Name;Remark\n2027-01-01;holiday;元旦;x\n",
        "日期,,类别,名称\n2027-01-01,,放假,元旦\n,,,\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_reads_its_header_as_that_of_a_delivery_is_read(text, encoding):
    read = holiday_notice.read(text.encode(encoding))

    assert read.days_off == {date(2027, 1, 1): "New Year's Day"}


def test_lines_are_those_of_the_file_whatever_stands_above():
    with pytest.raises(holiday_notice.NoticeDateUnreadable) as refused:
        holiday_notice.read("放假安排\n\n日期,类别,名称\n\n2027-1-1,放假,元旦\n".encode())

    assert refused.value.facts["line"] == 5


def test_takes_days_of_the_december_before():
    read = holiday_notice.read(GOOD.replace("2027-01-01,2027-01-03", "2026-12-31,2027-01-03").encode())

    assert (read.year, min(read.days_off)) == (2027, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("wrong", "right", "problem", "line", "field"),
    [
        ("2027-1-1", "2027-01-01", holiday_notice.NoticeDateUnreadable, 2, "date"),
        ("2027-02-30", "2027-02-11", holiday_notice.NoticeDateUnreadable, 3, "until"),
        ("20270205", "2027-02-05", holiday_notice.NoticeDateUnreadable, 3, "date"),
        ("2026-12-30", "2027-01-03", holiday_notice.NoticeRunWrong, 2, "until"),
        ("2027-08-03", "2027-01-03", holiday_notice.NoticeRunWrong, 2, "until"),
        ("2028-01-01,", "2027-01-01,2027-01-03", holiday_notice.NoticeDayOutside, 2, "date"),
        ("2026-11-30,", "2027-01-01,2027-01-03", holiday_notice.NoticeDayOutside, 2, "date"),
        ("2027-01-03,2027-02-11", "2027-02-05,2027-02-11", holiday_notice.NoticeRunWrong, 3, "until"),
        ("2027-01-03,2027-01-05", "2027-02-05,2027-02-11", holiday_notice.NoticeDayTwice, 3, "date"),
        ("2027-02-06", "2027-02-20", holiday_notice.NoticeDayTwice, 4, "date"),
        ("2027-02-22", "2027-02-20", holiday_notice.NoticeNotWeekend, 4, "date"),
        ("work", "workday", holiday_notice.NoticeKindUnknown, 4, "kind"),
        ("holiday,", "holiday,春节", holiday_notice.NoticeNameMissing, 3, "name"),
    ],
)
def test_refuses_what_is_wrong_with_its_line_and_field(wrong, right, problem, line, field):
    with pytest.raises(problem) as refused:
        holiday_notice.read(GOOD.replace(right, wrong, 1).encode())

    assert (refused.value.facts["line"], refused.value.facts["field"]) == (line, field)


def test_names_the_day_and_where_it_stood_before():
    with pytest.raises(holiday_notice.NoticeDayTwice, match=r"Line 4, field date: 2027-02-06 stands in line 3 already"):
        holiday_notice.read(GOOD.replace("2027-02-20", "2027-02-06").encode())


def test_refuses_a_file_of_another_year_than_was_said():
    with pytest.raises(holiday_notice.NoticeDayOutside, match="2028"):
        holiday_notice.read(GOOD.encode(), year=2028)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", holiday_notice.NoticeColumnMissing),
        (b"date,kind\n", holiday_notice.NoticeColumnMissing),
        (b"date,kind,name\n", holiday_notice.NoticeEmpty),
        (b"date,kind,name\n2027-02-20,workday,x\n", holiday_notice.NoticeEmpty),
        (b"\xff\xfe\x00dx", holiday_notice.NoticeUnreadable),
        (b'date,kind,name\n"' + b"x" * 200_000, holiday_notice.NoticeUnreadable),
    ],
)
def test_refuses_what_is_no_such_file(content, problem):
    with pytest.raises(problem):
        holiday_notice.read(content)
