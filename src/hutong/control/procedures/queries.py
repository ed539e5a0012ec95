"""Reads of cases, whichever procedure they belong to: what waits at a desk, how many, and what was done so far."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from hutong.control.procedures import clocks, models
from hutong.control.procedures.procedure import Actor
from hutong.core.counting import COUNTED
from hutong.core.lifecycle import Seat, sits
from hutong.db import sql

statements = sql.load(__package__, "queries.sql")

Case = TypeVar("Case", bound=Model)
Row = TypeVar("Row", bound=Model)

PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case as it waits at a desk."""

    id: int
    lifecycle: str
    case: str
    title: str
    state: str
    action: str
    label: str
    clause: str
    role: str
    unit: str
    of_role: str
    of_unit: str
    why: str
    stage: str
    """The hand that is next of any of its steps; empty where none was given."""
    entered_at: datetime
    late_at: datetime | None
    day: date | None
    """The last day in time, Beijing."""
    amount: int | None
    counting: str
    zh: str
    en: str
    """How the day was reached."""
    order_at: datetime
    handler: str
    urged_at: datetime | None
    away: list[str]
    """Who sits there and has nothing to do there now."""

    def late(self, now: datetime) -> bool:
        """Whether its deadline has passed."""
        return self.late_at is not None and now >= self.late_at


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """How many cases wait at a desk and how many of them are late; each exact up to COUNTED."""

    waiting: int
    late: int


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """The filters of a desk's list: one procedure, late cases, cases that one officer has in hand."""

    lifecycle: str = ""
    late_at: datetime | None = None
    """Only what was late at this moment."""
    handler: str | None = None
    """Only what this officer has; an empty name is what nobody has."""
    elsewhere: bool = False
    """Only what waits here because nobody is left where it belongs."""
    reader: str = ""
    """Without what this officer has nothing to do about: kept apart, or having given a hand to what is under way."""
    words: str = ""
    """Only what has every word in its number or title."""


Place = tuple[datetime, int]
"""Where a page of a desk's list ends: `order_at` and id of its last row."""


def waiting(
    seats: Collection[Seat], *, filters: CaseFilters | None = None, after: Place | None = None, limit: int = PAGE
) -> list[Waiting]:
    """Return what waits at these seats, late first, what has no limit last; at most `limit`, following `after`.

    A case stands once, however many of its moves are open and at however many of the seats.
    """
    places = sorted(set(seats))
    with connection.cursor() as cur:
        cur.execute(
            statements.waiting,
            {
                **_asked(places, filters or CaseFilters()),
                "after_at": after[0] if after else None,
                "after_id": after[1] if after else 0,
                "limit": limit,
            },
        )
        names = [column.name for column in cur.description]
        return [Waiting(**dict(zip(names, row, strict=True))) for row in cur.fetchall()]


def counts(
    seats: Collection[Seat], *, now: datetime, filters: CaseFilters | None = None, most: int = COUNTED + 1
) -> DeskCounts:
    """Return how many cases wait at these seats, and how many of them are late, each counted up to `most`."""
    places = sorted(set(seats))
    with connection.cursor() as cur:
        asked = {**_asked(places, filters or CaseFilters()), "now": now, "most": most}
        cur.execute(statements.count, asked)
        found = cur.fetchone()
    return DeskCounts(*found)


def is_stuck(of_case: Iterable[models.Turn], *, now: datetime) -> bool:
    """Return whether a case is late, or waits where nobody is left who may act, by its turns."""
    return any(row.why or (row.late_at is not None and row.late_at <= now) for row in of_case)


def waits_at(life: str, case: str, seats: Collection[Seat]) -> bool:
    """Return whether a case waits at one of these seats."""
    return any(sits(Seat(row.role, row.unit), seats=seats) for row in turns(life, case))


def in_order(
    found: QuerySet[Case], *, after: tuple[datetime, int | str] | None, oldest: bool, by: str = "entered_at"
) -> QuerySet[Case]:
    """Return cases the newest first, or the oldest: those that follow the place `after`, a moment and an id.

    The place is the moment `by` and id of the last row of the page before; an index on both is entered there.
    """
    if after is not None:
        beyond, turned = ("gt", "gte") if oldest else ("lt", "lte")
        # The first condition alone would do; with the second the index is entered at the place, not at its end.
        later = Q(**{f"{by}__{beyond}": after[0]}) | Q(**{by: after[0], f"id__{beyond}": after[1]})
        found = found.filter(later, **{f"{by}__{turned}": after[0]})
    return found.order_by(*((by, "id") if oldest else (f"-{by}", "-id")))


def worded(found: QuerySet[Case], words: str, *names: str) -> QuerySet[Case]:
    """Return the cases of which each of `words` begins the number, or occurs in one of the columns `names`."""
    for word in words.split():
        fits = Q(no__startswith=word.upper())
        for name in names:
            fits |= Q(**{f"{name}__icontains": word})
        found = found.filter(fits)
    return found


def by_number(found: QuerySet[Row], *, after: int | None, oldest: bool) -> QuerySet[Row]:
    """Return rows, the newest first, or the oldest: those that follow the row with the number `after`."""
    if after is not None:
        found = found.filter(**{"pk__gt" if oldest else "pk__lt": after})
    return found.order_by("pk" if oldest else "-pk")


def takes(row: models.Turn, actor: Actor) -> bool:
    """Return whether a step that waits is the actor's to take: at an own desk, not kept apart, and not another's."""
    here = sits(Seat(row.role, row.unit), seats=actor.seats)
    return here and not row.why and actor.officer not in row.away and row.handler in ("", actor.officer)


def handlers(of_case: Iterable[models.Turn]) -> dict[Seat, str]:
    """Return who has taken or was given what waits of a case, seat by seat; not what a whole office has."""
    return {Seat(row.role, row.unit): row.handler for row in of_case if row.handler}


def name_of(life: str, case: str, officer: str) -> str:
    """Return the name that the handler of a case had when taking it; the account where nobody ever took it."""
    given = models.Handling.objects.filter(lifecycle=life, case=case, to_officer=officer).order_by("-id").first()
    return given.to_name if given else officer


def steps(life: str, case: str) -> list[models.Step]:
    """Return the steps of a case in their order, each with the clocks that began with it."""
    found = models.Step.objects.filter(lifecycle=life, case=case).order_by("id")
    return list(found.prefetch_related("clocks"))


def turns(life: str, case: str) -> list[models.Turn]:
    """Return the turns of a case; the move that carries it on comes first."""
    return turns_of(life, [case])


def turns_of(life: str, cases: Collection[str]) -> list[models.Turn]:
    """Return the turns of these cases; of each case the move that carries it on comes first."""
    return list(models.Turn.objects.raw(statements.turns_of, {"lifecycle": life, "cases": list(cases)}))


def deadlines(life: str, cases: Collection[str]) -> Mapping[str, models.Clock]:
    """Return, case by case, the clock that ends first, or waits for a calendar; cases without one are left out."""
    running: dict[str, list[models.Clock]] = defaultdict(list)
    for row in clocks.standing(life, cases):
        running[row.case].append(row)
    found = {case: clocks.nearest(rows) for case, rows in running.items()}
    return {case: row for case, row in found.items() if row is not None}


def handlings(life: str, case: str) -> list[models.Handling]:
    """Return what was done about a case without moving it, in order of time."""
    return list(models.Handling.objects.filter(lifecycle=life, case=case).order_by("id"))


def hands_given(life: str, case: str) -> list[models.HandGiven]:
    """Return every hand given to a case's steps, in order of time; also those that count no more."""
    return list(models.HandGiven.objects.filter(lifecycle=life, case=case).order_by("id"))


def _asked(places: Sequence[Seat], filters: CaseFilters) -> dict[str, Any]:
    return {
        "roles": [each.role for each in places],
        "units": [each.unit for each in places],
        "lifecycle": filters.lifecycle or None,
        "late_at": filters.late_at,
        "handler": filters.handler,
        "elsewhere": filters.elsewhere,
        "reader": filters.reader,
        "words": filters.words.lower().split(),
    }
