"""A calendar as RFC 5545 has it: whatever stands in a title, a line is a line and a value a value."""

from datetime import UTC, date, datetime

from hutong.web.calendar import ics

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def lines(*titles: str) -> list[bytes]:
    events = [ics.WholeDay(f"{number}@hutong", date(2026, 3, 9), title) for number, title in enumerate(titles)]
    told = ics.written(events, name="互通", now=NOW)
    assert told.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in told.replace(b"\r\n", b"")
    return told.split(b"\r\n")[:-1]


def summaries(*titles: str) -> list[str]:
    whole = b"\r\n".join(lines(*titles)).replace(b"\r\n ", b"").decode().split("\r\n")
    return [line.removeprefix("SUMMARY:") for line in whole if line.startswith("SUMMARY:")]


def test_a_day_is_a_whole_day_and_blocks_nobodys_time():
    told = lines("一")
    assert b"DTSTART;VALUE=DATE:20260309" in told and b"TRANSP:TRANSPARENT" in told
    assert b"DTSTAMP:20260302T010000Z" in told


def test_no_line_has_more_than_seventy_five_bytes_and_no_character_is_cut():
    title = "核验低保申请人身份" * 20
    assert max(map(len, lines(title))) <= 75
    assert [each.decode() for each in lines(title)]
    assert summaries(title) == [title]


def test_nothing_in_a_title_ends_its_line_or_begins_another():
    assert summaries("一\r\nBEGIN:VEVENT\nDTSTART:1") == ["一\\nBEGIN:VEVENT\\nDTSTART:1"]
    assert summaries("甲;乙,丙\\丁\x07") == ["甲\\;乙\\,丙\\\\丁"]


def test_a_calendar_without_days_is_one():
    assert lines()[0] == b"BEGIN:VCALENDAR" and b"BEGIN:VEVENT" not in lines()
