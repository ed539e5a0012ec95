"""What ran inside the window that was told, and what did not: computed from moments, said of nobody (SX-15-a)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Stray(StrEnum):
    """How work can stray from the window that was told."""

    EARLY = "early"
    """It began before the window."""
    AFTER = "after"
    """It began when the window was over."""
    OVERRAN = "overran"
    """It ended after the window."""
    NEVER_BEGUN = "never_begun"
    """The window is over, and nobody told that it began."""
    NEVER_ENDED = "never_ended"
    """The window is over, and nobody told that it ended."""


@dataclass(frozen=True, slots=True)
class WorkTime:
    """A window that was told, `until_at` excluded, and what is known of the work: None where it was not told yet."""

    no: str
    from_at: datetime
    until_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExcludedSpan:
    """A time in which a unit need not be reached, its end excluded, and the notice that says why."""

    from_at: datetime
    until_at: datetime
    notice: str


def strays(work: WorkTime, *, open: bool, now: datetime) -> tuple[Stray, ...]:
    """Return how work strays from its window as it is known `now`; `open` is what was neither put off nor cancelled."""
    found = []
    if work.begun_at is not None and work.begun_at < work.from_at:
        found.append(Stray.EARLY)
    if work.begun_at is not None and work.begun_at >= work.until_at:
        found.append(Stray.AFTER)
    if work.ended_at is not None and work.ended_at > work.until_at:
        found.append(Stray.OVERRAN)
    if open and now >= work.until_at:
        if work.begun_at is None:
            found.append(Stray.NEVER_BEGUN)
        elif work.ended_at is None:
            found.append(Stray.NEVER_ENDED)
    return tuple(found)


def excluded(works: Iterable[WorkTime], *, from_at: datetime, until_at: datetime) -> list[ExcludedSpan]:
    """Return the times between two moments in which work ran inside its window, in order, no moment twice.

    Of work whose end was not told no time counts: how long it took nobody knows.
    """
    found: list[ExcludedSpan] = []
    last = from_at
    for work in sorted(works, key=_began):
        if work.begun_at is None or work.ended_at is None:
            continue
        begins = max(work.begun_at, work.from_at, last)
        ends = min(work.ended_at, work.until_at, until_at)
        if begins < ends:
            found.append(ExcludedSpan(begins, ends, work.no))
            last = ends
    return found


def total(spans: Iterable[ExcludedSpan]) -> timedelta:
    """Return how long spans are that do not meet, as `excluded` returns them."""
    return sum((each.until_at - each.from_at for each in spans), timedelta())


def _began(work: WorkTime) -> tuple[datetime, str]:
    return max(work.begun_at or work.from_at, work.from_at), work.no
