"""The one reader of headers: which row names the columns, and which item each column is.

Titles are compared as forms write them: by code or name, in full or half width, with line breaks and blanks inside,
with a star or 必填 beside them. Above the header may stand titles of the table; a header of two rows is one where the
lower row completes the upper; a table may begin at any column.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest

from hutong.core import headings, labels
from hutong.core.errors import Malformed
from hutong.core.headings import Alike
from hutong.core.labels import Both, both
from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import OP
from hutong.plane.delivery.reading import numbering
from hutong.plane.delivery.reading.failures import FileEmpty
from hutong.plane.delivery.reading.numbering import NUMBERING

_TOLD = 50
"""Columns a refusal lists."""
_NOTHING = _BETWEEN = Both("", "")


class ColumnsWrong(Malformed):
    """The columns of {file}{at} do not fit {resource}: missing {missing}, {count} unknown (columns {unknown}).{near}"""

    lacking = 0
    """How many columns are missing."""


class ColumnsMissing(ColumnsWrong):
    """The columns of {file}{at} do not fit {resource}: missing {missing}.{near}"""


class ColumnsUnknown(ColumnsWrong):
    """The columns of {file}{at} do not fit {resource}: {count} unknown (columns {unknown}).{near}"""


class ColumnsRepeated(ColumnsWrong):
    """The columns of {file}{at} do not fit {resource}: twice {twice}.{near}"""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is and what it names."""

    row: int
    """Its place among the rows looked at, 1 is the first; of a header of two rows the lower."""
    columns: tuple[str, ...]
    """For each column of the file its item code, or without a definition its title; empty where it is left out."""
    above: int
    """Rows above it that say something."""

    @property
    def found(self) -> list[str]:
        """The columns that are read, in their order."""
        return [name for name in self.columns if name]

    @property
    def numbering(self) -> int:
        """Where the column stands that only numbers the rows, 1 is the first; 0 where there is none."""
        return self.columns.index(NUMBERING) + 1 if NUMBERING in self.columns else 0

    @property
    def places(self) -> list[int]:
        """Where the columns that are read stand, 0 is the first."""
        return [place for place, name in enumerate(self.columns) if name]


def find(rows: Sequence[Sequence[str]], *, wanted: Definition | None, changes: bool = False, file: str) -> Header:
    """Return the header among the first `rows` of a file (`headings.beginning`), empty rows included, as texts.

    With a definition it is the row that names every item once and nothing else; without one the first with two
    titles or more. Raises FileEmpty where no row says anything, and ColumnsWrong with what fits best.
    """
    said = [place for place, row in enumerate(rows) if headings.says_something(row)]
    if not said:
        raise FileEmpty(file=file)
    if wanted is None:
        return _first(rows, said)
    names = _Wanted(wanted, changes=changes)
    nearest: tuple[int, int, list[Alike]] = (-1, 0, [])
    for lower, upper, titles in headings.readings(rows, said):
        columns = _numbered([names.of(alike) for alike in titles], titles, rows[lower + 1 :])
        fitting = len(set(columns) - {"", NUMBERING})
        if fitting == len(names.wanted) and not _faults(columns, rows, lower, names):
            return Header(lower + 1, tuple(columns), sum(each < upper for each in said))
        if fitting > nearest[0]:
            nearest = (fitting, lower, titles)
    _, lower, titles = nearest
    faults = _faults([names.of(alike) for alike in titles], rows, lower, names)
    raise _misfit(faults, names, file=file, row=lower + 1, near=_near(faults, titles, names))


def columns(header: Sequence[str], *, definition: Definition, changes: bool, file: str) -> list[str]:
    """Return the item code of each column that has a name of its own, as in Parquet and Arrow; raises ColumnsWrong."""
    found = find([header], wanted=definition, changes=changes, file=file)
    if unnamed := [place for place, code in enumerate(found.columns) if not code]:
        names = _Wanted(definition, changes=changes)
        raise _misfit(_Faults([], unnamed, []), names, file=file)
    return found.found


def _numbered(columns: list[str], titles: Sequence[Alike], below: Sequence[Sequence[str]]) -> list[str]:
    """Return the codes of columns, with NUMBERING for the first that has a title where that only numbers the rows."""
    first = next((place for place, alike in enumerate(titles) if alike), None)
    if first is None or columns[first] or not any(map(numbering.is_title, titles[first])):
        return columns
    cells = [row[first] if first < len(row) else "" for row in below if headings.says_something(row)]
    if not cells or not numbering.counts(cells):
        return columns
    return [*columns[:first], NUMBERING, *columns[first + 1 :]]


def numbered_otherwise(place: int, *, definition: Definition, changes: bool, file: str, row: int) -> ColumnsWrong:
    """Return the refusal of a file whose column at `place`, 1 is the first, only seemed to number its rows."""
    return _misfit(_Faults([], [place - 1], []), _Wanted(definition, changes=changes), file=file, row=row or None)


class _Wanted:
    """The items that are wanted of a file."""

    def __init__(self, definition: Definition, *, changes: bool) -> None:
        self.resource = definition.code
        self.wanted = {item.code: item.name for item in definition.items} | ({OP: OP} if changes else {})
        self.of = headings.Titles(self.wanted).of

    def told(self, codes: Sequence[str]) -> Both:
        """Return items by their names and codes."""
        each = [
            both("headers.item", name=self.wanted[code], code=code) if self.wanted[code] != code else Both(code, code)
            for code in codes[:_TOLD]
        ]
        more, between = both("headers.more") if len(codes) > _TOLD else _NOTHING, both("headers.between")
        return Both(*(between[to].join(one[to] for one in each) + more[to] for to in ("zh", "en")))


@dataclass(frozen=True, slots=True)
class _Faults:
    """What does not fit: codes that are missing or there twice, places of columns that are none."""

    missing: list[str]
    unknown: list[int]
    twice: list[str]

    def __bool__(self) -> bool:
        return bool(self.missing or self.unknown or self.twice)


def _faults(columns: Sequence[str], rows: Sequence[Sequence[str]], row: int, names: _Wanted) -> _Faults:
    """Return what does not fit; a column without a title is meant where most of the rows below say something in it."""
    below = [headings.filled(line) for line in rows[row + 1 :] if headings.says_something(line)]
    often = Counter(place for places in below for place in places)
    meant = headings.filled(rows[row]) | {place for place, count in often.items() if 2 * count > len(below)}
    found = Counter(code for code in columns if code)
    return _Faults(
        missing=[code for code in names.wanted if code not in found],
        unknown=sorted(place for place in meant if place >= len(columns) or not columns[place]),
        twice=sorted(code for code, count in found.items() if count > 1),
    )


def _misfit(
    faults: _Faults, names: _Wanted, *, file: str, row: int | None = None, near: Both = _NOTHING
) -> ColumnsWrong:
    numbers = [str(place + 1) for place in faults.unknown]
    told: dict[str, object] = {"unknown": _listed(numbers)} if numbers else {}
    told |= {name: names.told(codes) for name, codes in (("missing", faults.missing), ("twice", faults.twice)) if codes}
    told["at"] = both("headers.at", row=row) if row else _NOTHING
    told["near"] = near
    if numbers:
        told["count"] = len(numbers)
    fault: type[ColumnsWrong] = ColumnsRepeated
    if faults.missing or numbers:
        fault = ColumnsWrong if faults.missing and numbers else ColumnsMissing if faults.missing else ColumnsUnknown
    made = fault(file=file, resource=names.resource, **told)
    made.lacking = len(faults.missing)
    return made


def _near(faults: _Faults, titles: Sequence[Alike], names: _Wanted) -> Both:
    """Return which unknown columns have titles that resemble what is missing, told by their places.

    Of the column that changes alone have it is said which way of delivering goes with it.
    """
    if OP in faults.missing:
        return labels.joined([_BETWEEN, both("headers.op_missing")])
    if OP not in names.wanted and any(
        place < len(titles) and OP in map(headings.cleaned, titles[place]) for place in faults.unknown
    ):
        return labels.joined([_BETWEEN, both("headers.op_unknown")])
    if len(titles) == 1 and titles[0] and sum(_stands_in(titles[0][-1], name) for name in names.wanted.items()) > 1:
        return both("headers.one_column")
    missing = {headings.folded(names.wanted[code]): names.wanted[code] for code in faults.missing}
    told = []
    for place in faults.unknown:
        if place < len(titles) and titles[place]:
            title = headings.folded(headings.cleaned(titles[place][-1]))
            found = get_close_matches(title, missing, n=1, cutoff=_RESEMBLING)
            within = [each for each in missing if len(each) > 1 and each in title][:1]
            told += [both("headers.near", column=place + 1, name=missing[each]) for each in found or within]
    return labels.joined([_BETWEEN, *told[:_TOLD]]) if told else _NOTHING


def _stands_in(title: str, named: tuple[str, str]) -> bool:
    """Whether an item's code or name is a part of a title."""
    return any(headings.folded(each) in headings.folded(title) for each in named)


_RESEMBLING = 0.6


def _first(rows: Sequence[Sequence[str]], said: Sequence[int]) -> Header:
    """Return the first row with two titles or more that reaches as far as the rows below it; else the first at all.

    Where the row below it has what it lacks, and lacks what it has, both are the header.
    """
    for place in said:
        upper = headings.filled(rows[place])
        lower = headings.filled(rows[place + 1]) if place + 1 in said else set()
        titles = [*map(headings.text_of, rows[place])]
        last = place
        if lower and not lower <= upper and not upper <= lower:
            below = [headings.text_of(cell) for cell in rows[place + 1]]
            titles = [low or high for high, low in zip_longest(titles, below, fillvalue="")]
            last = place + 1
        filled = headings.filled(titles)
        reach = [max(headings.filled(row)) for at, row in enumerate(rows) if at > last and at in said][:_COMPARED]
        if len(filled) > 1 and all(each <= max(filled) for each in reach):
            return Header(last + 1, tuple(map(headings.cleaned, titles)), sum(each < place for each in said))
    return Header(said[0] + 1, tuple(map(headings.cleaned, rows[said[0]])), 0)


_COMPARED = 3
"""Rows below a header that are compared with it."""


def _listed(those: Sequence[str]) -> str:
    return ", ".join(those[:_TOLD]) + (", \u2026" if len(those) > _TOLD else "")
