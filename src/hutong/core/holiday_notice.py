"""The State Council's yearly notice as a CSV file: which days are off, and which weekends are worked for them.

One line for each run of days::

    date,until,kind,name
    2027-01-01,2027-01-03,holiday,元旦
    2027-02-20,,workday,春节

`date` is the first day (YYYY-MM-DD), `until` the last; empty, or the column left out, it is that one day. `kind` is
`holiday` (放假) or `workday` (a weekend that is worked, 上班). `name` is the holiday's. Weekends that are simply off
need no line, but may stand inside a run. A notice may name days of the December before its year (that of 2007 did).
The columns may be called 日期, 截止, 类别, 名称 as well, and stand under a title (`core.headings`); other columns are
left alone. UTF-8, GB18030 or UTF-16 with a mark; commas, tabs or semicolons.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hutong.core import headings
from hutong.core.errors import Conflicting, Invalid, Malformed
from hutong.core.workdays import HOLIDAYS

SEPARATORS = (",", "\t", ";")
NEEDED = ("date", "kind", "name")
COLUMNS = {"date": "日期", "until": "截止", "kind": "类别", "name": "名称"}
KINDS = {"holiday": "holiday", "放假": "holiday", "workday": "workday", "上班": "workday"}
LONGEST_CELL = 200
"""Characters; a cell of more is no date, kind or name."""
LONGEST_RUN = timedelta(days=30)


class NoticeUnreadable(Malformed):
    """The calendar file cannot be read: neither UTF-8 nor GB18030, or no CSV."""


class NoticeColumnMissing(Malformed):
    """The calendar file has no column {column}; its first line names the columns date, until, kind, name."""


class NoticeEmpty(Invalid):
    """The calendar file names no holiday."""


class NoticeDateUnreadable(Invalid):
    """Line {line}, field {field}: {found} is not a date; dates are written 2027-01-01."""


class NoticeKindUnknown(Invalid):
    """Line {line}, field {field}: {found} is neither holiday nor workday."""


class NoticeNameMissing(Invalid):
    """Line {line}, field {field}: the holiday has no name."""


class NoticeRunWrong(Invalid):
    """Line {line}, field {field}: {until} is before {day}, or more than 30 days after it."""


class NoticeDayOutside(Invalid):
    """Line {line}, field {field}: {day} belongs neither to {year} nor to the December before it."""


class NoticeDayTwice(Conflicting):
    """Line {line}, field {field}: {day} stands in line {before} already."""


class NoticeNotWeekend(Invalid):
    """Line {line}, field {field}: {day} is a working day already; only a Saturday or Sunday is made one."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's notice, as `workdays.Calendar.with_year` takes it."""

    year: int
    days_off: Mapping[date, str]
    makeup: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    first: date
    last: date
    kind: str
    name: str

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1))


def read(content: bytes, *, year: int | None = None) -> Notice:
    """Return the notice that a CSV file holds; of `year`, or of the year most of its days belong to.

    Raises a Problem that names line and field of the first thing wrong.
    """
    lines = list(_lines(_text(content)))
    days = [day for line in lines for day in line.days()]
    if not any(line.kind == "holiday" for line in lines):
        raise NoticeEmpty
    of = year or Counter(day.year for day in days).most_common(1)[0][0]
    seen: dict[date, int] = {}
    for line in lines:
        for day in line.days():
            where = {"line": line.number, "field": "date", "day": day}
            if day.year != of and (day.year, day.month) != (of - 1, 12):
                raise NoticeDayOutside(**where, year=of)
            if day in seen:
                raise NoticeDayTwice(**where, before=seen[day])
            if line.kind == "workday" and day.weekday() < 5:
                raise NoticeNotWeekend(**where)
            seen[day] = line.number
    off = {day: line.name for line in lines if line.kind == "holiday" for day in line.days()}
    return Notice(of, off, tuple(day for line in lines if line.kind == "workday" for day in line.days()))


def _text(content: bytes) -> str:
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.lstrip("\ufeff")
    raise NoticeUnreadable


def _lines(text: str) -> Iterator[_Line]:
    place, rows = _table(text)
    for number, cells in rows:
        if max(map(len, cells), default=0) > LONGEST_CELL:
            raise NoticeUnreadable
        if headings.says_something(cells):
            given = {name: cells[at].strip() if at < len(cells) else "" for name, at in place.items()}
            yield _line(number, given)


def _table(text: str) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    """Return where each column is, and the rows below the header with their lines; raises NoticeColumnMissing."""
    names = headings.Titles(COLUMNS)
    nearest = list(NEEDED)
    for separator in SEPARATORS:
        rows = _rows(text, separator) if separator in text else []
        first = [row for _, row in rows[: headings.LOOKED_AT]]
        said = [place for place, row in enumerate(first) if headings.says_something(row)]
        for lower, _, titles in headings.readings(first, said):
            columns = [names.of(alike) for alike in titles]
            missing = [name for name in NEEDED if name not in columns]
            if not missing:
                return {name: columns.index(name) for name in COLUMNS if name in columns}, rows[lower + 1 :]
            nearest = min(nearest, missing, key=len)
    raise NoticeColumnMissing(column=nearest[0])


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    sheet = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(sheet.line_num, cells) for cells in sheet]
    except csv.Error:
        raise NoticeUnreadable from None


def _line(number: int, given: Mapping[str, str]) -> _Line:
    first = _date(number, "date", given["date"])
    last = _date(number, "until", given["until"]) if given.get("until") else first
    if not timedelta() <= last - first <= LONGEST_RUN:
        raise NoticeRunWrong(line=number, field="until", until=last, day=first)
    kind = KINDS.get(given["kind"])
    if kind is None:
        raise NoticeKindUnknown(line=number, field="kind", found=given["kind"] or "-")
    if kind == "holiday" and not given["name"]:
        raise NoticeNameMissing(line=number, field="name")
    return _Line(number, first, last, kind, HOLIDAYS.get(given["name"], given["name"]))


def _date(number: int, field: str, found: str) -> date:
    try:
        if len(found) == 10:
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise NoticeDateUnreadable(line=number, field=field, found=found or "-")
