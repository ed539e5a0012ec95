"""The values of a sheet as texts, column by column: as they are shown, where nothing of them is lost by it.

A day is written YYYY-MM-DD, a moment YYYY-MM-DDThh:mm:ss, a time hh:mm:ss, whatever the format. In an item of text a
number is read as it is shown, with its leading zeros; a spreadsheet keeps 15 digits of a number, so that one with more
is no number of anything any more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from hutong.plane.delivery.reading.number_formats import TOO_LARGE, NumberFormat, plain

Value = float | int | str | bool | datetime | date | clock | timedelta
_SHORT = 16
_LAST_DAY = 2_958_465
"""9999-12-31, by the number of days that a workbook counts."""
_ABSENT = pa.scalar(None, pa.string())
T = TypeVar("T")


@dataclass(slots=True)
class ColumnTexts:
    """Some rows of a column: their texts, and which of them (0 is the first) show something else or lost digits."""

    text: pa.StringArray
    differing: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FormatRun:
    """Rows of a column, from the first to the last, in one format."""

    first: int
    last: int
    format: NumberFormat


def column(values: Sequence[Value], runs: Sequence[FormatRun], *, textual: bool, since_1904: bool) -> ColumnTexts:
    """Return `values`, of which those in `runs` have a format of their own, as texts of an item of text or another."""
    found = ColumnTexts(pa.array([], pa.string()))
    texts: list[pa.StringArray] = []
    at = 0
    for run in [*runs, FormatRun(len(values), len(values) - 1, _NO_FORMAT)]:
        for first, last, format in ((at, run.first, None), (run.first, run.last + 1, run.format)):
            if first < last:
                part = _Part(values[first:last], textual=textual, since_1904=since_1904).read(format)
                texts.append(part.text)
                found.differing += [first + place for place in part.differing]
                found.lost += [first + place for place in part.lost]
        at = run.last + 1
    found.text = texts[0] if len(texts) == 1 else pa.concat_arrays(texts) if texts else found.text
    return found


_NO_FORMAT = NumberFormat(())


@dataclass(slots=True)
class _Part:
    """Cells below each other, in one format."""

    values: Sequence[Value]
    textual: bool
    since_1904: bool

    def read(self, format: NumberFormat | None) -> ColumnTexts:
        """Return their texts."""
        kinds = set(map(type, self.values))
        others = None
        if kinds != {float}:
            others = self._others(kinds)
            if float not in kinds:
                return self._shown_texts(others, format) if format and str in kinds else ColumnTexts(others)
        numbers = pa.array([value if type(value) is float else None for value in self.values], pa.float64())
        if format is None:
            found = self._plain(numbers)
        elif format.dated:
            found = self._moments(numbers, format)
        else:
            found = self._formatted(numbers, format)
        if others is not None:
            texts = self._shown_texts(others, format) if format and str in kinds else ColumnTexts(others)
            found.text = pc.coalesce(found.text, texts.text)
            found.differing = sorted({*found.differing, *texts.differing})
        return found

    def _others(self, kinds: set[type]) -> pa.StringArray:
        """Return what is no number as text, and nothing where there is one."""
        if kinds == {str}:
            text = pa.array(self.values, pa.string())
        else:
            written = [value if type(value) is str else _written(value, textual=self.textual) for value in self.values]
            text = pa.array(written, pa.string())
        return pc.if_else(pc.equal(pc.binary_length(text), 0), _ABSENT, text)

    def _shown_texts(self, texts: pa.StringArray, format: NumberFormat) -> ColumnTexts:
        if not format.changes_texts:
            return ColumnTexts(texts)
        values: list[str | None] = texts.to_pylist()
        shown = [None if value is None else format.shown_text(value) for value in values]
        differing = [place for place, value in enumerate(values) if value != shown[place]]
        whole = self.textual and "\0" in format.shown_text("\0")
        return ColumnTexts(pa.array(shown, pa.string()) if whole else texts, differing)

    def _plain(self, numbers: pa.DoubleArray) -> ColumnTexts:
        """Return numbers as they are."""
        size = pc.abs(numbers)
        large = _rows(pc.greater_equal(size, TOO_LARGE))
        whole = pc.fill_null(pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(size, TOO_LARGE)), False)
        if pc.all(whole).as_py():
            text = numbers.cast(pa.int64()).cast(pa.string())
        else:
            text = numbers.cast(pa.string())
            exponent = pc.match_substring_regex(text, "[a-z]")
            known = pc.and_(pc.less_equal(pc.binary_length(text), _SHORT), pc.invert(exponent))
            integers = pc.if_else(whole, numbers, pa.scalar(None, pa.float64())).cast(pa.int64()).cast(pa.string())
            text = pc.if_else(whole, integers, text)
            doubtful = _rows(pc.and_(pc.invert(whole), pc.invert(known)))
            text = _replaced(text, doubtful, [plain(numbers[place].as_py()) for place in doubtful])
        return ColumnTexts(text, [] if self.textual else large, large if self.textual else [])

    def _moments(self, numbers: pa.DoubleArray, format: NumberFormat) -> ColumnTexts:
        """Return days and moments."""
        first = 0 if self.since_1904 else 61
        days = pc.fill_null(pc.and_(
            pc.equal(pc.floor(numbers), numbers),
            pc.and_(pc.greater_equal(numbers, first), pc.less_equal(numbers, _LAST_DAY)),
        ), False)  # fmt: skip
        since = _since(self.since_1904)
        epoch = pc.if_else(days, numbers, pa.scalar(None, pa.float64())).cast(pa.int32())
        text = pc.add(epoch, since.toordinal() - _UNIX).cast(pa.int32()).cast(pa.date32()).cast(pa.string())
        differing = [] if format.shows_days(time=0) else _rows(days)
        rest = _rows(pc.and_(pc.is_valid(numbers), pc.invert(days)))
        told = [_moment(numbers[place].as_py(), format, since_1904=self.since_1904) for place in rest]
        differing += [place for place, (_, whole) in zip(rest, told, strict=True) if not whole]
        return ColumnTexts(_replaced(text, rest, [said for said, _ in told]), sorted(differing))

    def _formatted(self, numbers: pa.DoubleArray, format: NumberFormat) -> ColumnTexts:
        """Return numbers as they are shown in an item of text, else as they are."""
        found = self._plain(numbers)
        return self._as_shown(found, numbers, format) if self.textual else self._as_they_are(found, numbers, format)

    def _as_they_are(self, found: ColumnTexts, numbers: pa.DoubleArray, format: NumberFormat) -> ColumnTexts:
        doubtful = pc.is_valid(numbers)
        if (decimals := format.decimals) is not None:
            doubtful = pc.not_equal(pc.round(numbers, decimals), numbers)
        shown, places = _once(format.shown), _rows(doubtful)
        values = numbers.take(pa.array(places, pa.int64())).to_pylist()
        other = [place for place, value in zip(places, values, strict=True) if not shown(value).whole]
        found.differing = sorted({*found.differing, *other})
        return found

    def _as_shown(self, found: ColumnTexts, numbers: pa.DoubleArray, format: NumberFormat) -> ColumnTexts:
        doubtful = pc.and_(pc.is_valid(numbers), pc.less(pc.abs(numbers), TOO_LARGE))
        differing: list[int] = []
        if (zeros := format.zeros) is not None:
            whole = pc.and_(doubtful, pc.and_(pc.equal(pc.floor(numbers), numbers), pc.greater_equal(numbers, 0)))
            padded = pc.utf8_lpad(found.text, zeros, "0")
            differing = _rows(pc.and_(whole, pc.not_equal(padded, found.text)))
            found.text = pc.if_else(pc.fill_null(whole, False), padded, found.text)
            doubtful = pc.and_(doubtful, pc.invert(whole))
        shown, places = _once(format.shown), _rows(doubtful)
        chosen = pa.array(places, pa.int64())
        values, texts = numbers.take(chosen).to_pylist(), found.text.take(chosen).to_pylist()
        changed: dict[int, str] = {}
        for place, value, text in zip(places, values, texts, strict=True):
            said = shown(value)
            if not said.whole or said.text is None:
                differing.append(place)
            elif said.text != text:
                differing.append(place)
                changed[place] = said.text
        found.text = _replaced(found.text, [*changed], [*changed.values()])
        found.differing = sorted(differing)
        return found


def _written(value: Value, *, textual: bool) -> str | None:
    """Return what is neither number nor text; what is true or false is shown in capitals."""
    if isinstance(value, bool):
        return str(value).upper() if textual else str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date | clock):
        return value.isoformat()
    return None if isinstance(value, float) else str(value)


def _moment(value: float, format: NumberFormat, *, since_1904: bool) -> tuple[str, bool]:
    """Return a moment as text, and whether it is shown whole."""
    if not 0 <= value < _LAST_DAY + 1:
        return plain(value), False
    days, seconds = divmod(round(value * 86_400), 86_400)
    if format.elapsed:
        return f"{days * 24 + seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}", format.shows_time(seconds)
    hour = clock(seconds // 3600, seconds // 60 % 60, seconds % 60)
    if not days and not since_1904 and (seconds or not format.shows_days(time=0)):
        return hour.isoformat(), format.shows_time(seconds)
    if not since_1904 and days in _NO_DAYS:
        return _NO_DAYS[days], True
    day = _since(since_1904) + timedelta(days + (days < 60 and not since_1904))
    whole = format.shows_days(time=seconds)
    return (datetime.combine(day, hour).isoformat(timespec="seconds") if seconds else day.isoformat()), whole


_NO_DAYS = {0: "1900-01-00", 60: "1900-02-29"}
"""Days that workbooks count and no calendar has."""
_UNIX = date(1970, 1, 1).toordinal()


def _since(since_1904: bool) -> date:
    return date(1904, 1, 1) if since_1904 else date(1899, 12, 30)


def _rows(mask: pa.BooleanArray) -> list[int]:
    found: list[int] = pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()
    return found


def _replaced(text: pa.StringArray, places: Sequence[int], by: Sequence[str]) -> pa.StringArray:
    if not places:
        return text
    mask = [False] * len(text)
    for place in places:
        mask[place] = True
    return pc.replace_with_mask(text, pa.array(mask), pa.array(by, pa.string()))


def _once(make: Callable[[float], T]) -> Callable[[float], T]:
    known: dict[float, T] = {}

    def of(value: float) -> T:
        if value not in known:
            known[value] = make(value)
        return known[value]

    return of
