"""What a list is: the fields that narrow it, the orders it stands in, where its rows are read, and what they look like.

A page that lists what grows has one `Listing`, and `lists.pages` does the rest: the form, the count, the page of rows,
the way onward and the file.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from hutong.control.units.rules import Actor
from hutong.web.lists.places import Place

Pairs = Sequence[tuple[str, str]]
"""Codes and their names in the reader's language."""

Row = TypeVar("Row")

LONGEST = 100
"""Characters of a field that are taken, where the field says nothing else."""


def nothing(actor: Actor | None) -> Pairs:
    """Return no choices."""
    return ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A field above a list that narrows it: its name in the address, and its label (Chinese)."""

    name: str
    label: str
    kind: str = "choice"
    """`words`, `text`, `day`, `box` or `choice`."""
    options: Callable[[Actor | None], Pairs] = nothing
    """The choices, as the reader has them; a field of choices that has none is not shown."""
    unchosen: str = "全部"
    """What it is called to choose nothing (Chinese)."""
    longest: int = LONGEST
    example: str = ""
    """What is shown in the field while nothing stands there (Chinese)."""
    fits: Callable[[str], bool] = bool
    """Whether what was typed can be what the field asks for."""
    misfit: str = ""
    """What is said where it cannot (Chinese)."""


WORDS = Filter("q", "关键词", "words")
"""The field for words, each of which has to occur."""


@dataclass(frozen=True, slots=True)
class ListOrder:
    """An order a list can stand in: its name in the address, its label (Chinese), and what a row's place is made of."""

    name: str
    label: str
    place: tuple[type, ...]
    """`datetime`, `int` or `str` a part."""
    turned: str = ""
    """The order that is this one backwards: a list that has it leads to the page before, too."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A request for a list: reader and moment, the value of each filter (empty narrows nothing), and the order."""

    actor: Any
    """The officer; None where the public reads."""
    now: datetime
    values: Mapping[str, str]
    order: str
    unread: Mapping[str, str] = field(default_factory=dict)
    """What was typed for a day and is none, by field: it narrows nothing, and that is told beside it."""

    def __getitem__(self, name: str) -> str:
        """Return what a field holds; empty where it narrows nothing."""
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class FoundRows(Generic[Row]):
    """Rows that were read of a list, and whether there are more."""

    rows: Sequence[Row]
    more: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is read: at most `size` rows, those that follow the place `after`."""

    after: Place | None
    size: int

    @property
    def number(self) -> int | None:
        """The number it follows, where that alone is the place of a row."""
        return self.after[0] if self.after else None

    @property
    def limit(self) -> int:
        """How many rows are read: one more than the part has, so that it is known whether there are more."""
        return self.size + 1

    def cut(self, rows: Sequence[Row]) -> FoundRows[Row]:
        """Return what is of the part, of rows that were asked for by `limit`."""
        return FoundRows(rows[: self.size], len(rows) > self.size)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One list of the platform."""

    name: str
    """Names its file, and the list in the entry that its file leaves."""
    title: str
    """What is listed (Chinese)."""
    filters: tuple[Filter, ...]
    orders: tuple[ListOrder, ...]
    """The first is the one it stands in where nothing is said."""
    read: Callable[[ListRequest, Part], FoundRows[Row]]
    count: Callable[[ListRequest, int], int]
    """Returns how many rows there are on all pages, counted up to a bound."""
    place: Callable[[Row, str], Place]
    """Returns where a row stands in an order."""
    shown: Callable[[Sequence[Row], ListRequest], Any]
    """Returns the rows of a page as its template shows them."""
    columns: tuple[str, ...]
    """The columns of its file (Chinese)."""
    lines: Callable[[Sequence[Row], ListRequest], Iterable[Sequence[object]]]
    """Returns rows as lines of its file: what is a number there is a number, all else is text."""
    said: str
    """How many there are, as a sentence (Chinese) with `%(count)s`."""
    empty: str
    """What is said where there is nothing at all (Chinese)."""
    none_fit: str = "没有符合条件的记录。"
    """What is said where nothing fits (Chinese)."""
    room: str = ""
    """The room of the desk whose roles alone find rows in it (`units.rules.WORKS_IN`); any role, where it is empty."""
    parts: bool = True
    """Whether a reader may see a part of what there is: an empty page then says that there may be more."""
    size: int = 50
    """Rows on a page."""
    summed: Callable[[ListRequest], tuple[str, Any]] | None = None
    """Returns how many there are in words, and what the page makes of it besides, where one number does not say it."""
    piece: int = 1000
    """Rows that are read at once for its file."""
