"""Titles of columns as forms write them, and which rows may be a header: the same for deliveries and calendars.

They are compared as codes or names in full or half width, with line breaks and blanks inside, with a star or 必填
beside them. A header may have two rows, of which the lower completes the upper.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import TypeVar

from hutong.core import normalise

LOOKED_AT = 50
"""Rows of a file among which its header is, from the first on that says something."""
MOST_EMPTY = 10_000
"""Rows before it that say nothing."""

LONGEST_TITLE = 1000
"""Characters; what is longer names nothing."""

T = TypeVar("T")
Alike = tuple[str, ...]
"""What one column may be called, the likeliest first."""


def cleaned(title: str) -> str:
    """Return a title without what forms and programs put around it: marks, blanks, a star, 必填, brackets."""
    title = " ".join(title.translate(_INVISIBLE).split())
    if title.startswith('="') and title.endswith('"'):  # a formula that holds a text
        title = title[2:-1]
    title = _AROUND.sub("", _HINT.sub("", title))
    return inner[1].strip() if (inner := _BRACKETED.fullmatch(title)) else title


def folded(title: str) -> str:
    """Return the form in which titles are compared."""
    return normalise.normalise(title).replace(" ", "")


_INVISIBLE = dict.fromkeys(code for first, last in normalise.INVISIBLE for code in range(first, last + 1))
_WORDS_OF_HINTS = (
    "(?:非?必|选)[填录]项?|可选|可空|不可为空|required|optional|[0-9]+位(?:数字|字符|编码|代码)?"
    "|(?:请|格式)[^()（）\\[\\]【】]{1,30}|y{4}[-/.年]?m{1,2}[-/.月]?d{1,2}日?"
)
_HINT = re.compile(rf"\s*[(（\[【]\s*(?:{_WORDS_OF_HINTS})\s*[)）\]】]\s*", re.I)
_AROUND = re.compile(r"^[\s*＊※\"'“”`]+|[\s*＊※\"'“”`:：]+$")
_BRACKETED = re.compile(r"[\[【〔]([^\[\]【】〔〕]+)[\]】〕]")


class Titles:
    """The columns that are wanted, by every way to write their codes and names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` has the name of each code."""
        self._exact = _once((name, code) for code, name in names.items()) | {code: code for code in names}
        self._folded = _once((folded(name), code) for name, code in self._exact.items())
        self._together = _once(
            (folded(way.format(*pair)), code)
            for code, name in names.items()
            for pair in ((name, code), (code, name))
            for way in _TOGETHER
        )

    def of(self, titles: Sequence[str]) -> str:
        """Return the code that the first of `titles` names which names any; empty for none."""
        for title in titles:
            if len(title) > LONGEST_TITLE:
                continue
            if code := self._exact.get(title) or self._folded.get(folded(title)):
                return code
            clean = folded(cleaned(title))
            if code := self._folded.get(clean) or self._together.get(clean):
                return code
        return ""


_TOGETHER = ("{}({})", "{}[{}]", "{}/{}", "{}-{}", "{} {}")
"""Ways to write name and code in one title, as refusals tell them."""


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return name → code, without names of several codes."""
    found: dict[str, str] = {}
    for name, code in pairs:
        found[name] = "" if found.get(name, code) != code else code
    return {name: code for name, code in found.items() if code}


def beginning(rows: Iterator[T], says_something: Callable[[T], bool]) -> Iterator[T]:
    """Yield the rows among which a header is looked for, with those before them that say nothing, and take no more."""
    left = LOOKED_AT
    for row in islice(rows, MOST_EMPTY + LOOKED_AT):
        yield row
        if left < LOOKED_AT or says_something(row):
            left -= 1
        if not left:
            return


def says_something(row: Sequence[str]) -> bool:
    """Return whether anybody sees something in a row."""
    return any(text_of(cell) for cell in row)


def text_of(cell: str) -> str:
    """Return what a person sees of a cell."""
    return cell.translate(_INVISIBLE).strip()


def filled(row: Sequence[str]) -> set[int]:
    """Return the places of the cells that say something."""
    return {place for place, cell in enumerate(row) if text_of(cell)}


def readings(rows: Sequence[Sequence[str]], said: Sequence[int]) -> Iterator[tuple[int, int, list[Alike]]]:
    """Yield each row as a header, then each with the row below it: its last row, its first, the titles of columns.

    Of two rows a column has the lower title, behind the upper where that is merged over several; or the upper alone.
    """
    for place in said:
        yield place, place, [(title,) if title else () for title in map(text_of, rows[place])]
    for place in said:
        if place + 1 not in said:
            continue
        upper, lower = ([text_of(cell) for cell in row] for row in rows[place : place + 2])
        width = max(len(upper), len(lower))
        upper, lower = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
        groups: Iterator[str] = accumulate(upper, _last_said)
        titles: list[Alike] = []
        for group, high, low in zip(groups, upper, lower, strict=True):
            titles.append((group + low, low) if low else (high,) if high else ())
        yield place + 1, place, titles


def _last_said(before: str, title: str) -> str:
    return title or before
