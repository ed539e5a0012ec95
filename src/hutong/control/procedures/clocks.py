"""The clocks of a case: begun, stood still, gone on and ended as its state says; the rule's version stays with each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from hutong.control.calendars.queries import calendar as whole_calendar
from hutong.control.procedures import models
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.rulebook.queries import Rulebook, in_force
from hutong.core import deadlines, lifecycle, workdays
from hutong.core.deadlines import Deadline, DeadlineFacts, Pause
from hutong.core.labels import Both
from hutong.core.lifecycle import Counting
from hutong.core.workdays import Calendar, YearNotLoaded
from hutong.db import sql

statements = sql.load(__package__, "turns.sql")

LEAD_RULE = "lead.rule"
"""Name in the rulebook of how working days ahead are counted (D-7)."""
_BATCH = 1000


def told_ahead(limit: str, *, region: str, today: date, calendar: Calendar) -> tuple[int, date | None]:
    """Return so many working days ahead something is told, and the first day for which that is in time today (D-7).

    The limit is that in force in `region`; `calendar` holds the packaged years. The day is None where the calendar
    does not reach so far.
    """
    rulebook = in_force(today, region=region)
    days = rulebook.number(limit)
    rule: workdays.Rule = "B" if rulebook.value(LEAD_RULE) == "B" else "A"
    try:
        return days, workdays.earliest_day_told(today, days, rule=rule, calendar=whole_calendar(calendar)).day
    except YearNotLoaded:
        return days, None


def go_on(
    procedure: Procedure, seen: Seen, *, step: models.Step | None, now: datetime, rulebook: Rulebook, calendar: Calendar
) -> None:
    """Start, pause and end the clocks of a case for the state it has entered; `step` is None where the case begins."""
    open_clocks = {clock.name: clock for clock in standing(procedure.life.name, [seen.number])}
    paused = {name for name, clock in open_clocks.items() if _event(clock).stands_still}
    moved = lifecycle.ticking(
        procedure.life, seen.state, facts=seen.facts, running=open_clocks.keys() - paused, paused=paused
    )
    for clock in moved.ends:
        _end(open_clocks[clock.name], now=now)
    for clock in moved.pauses:
        row = open_clocks[clock.name]
        _keep(row, _event(row).paused(now, reason=clock.pauses[seen.state]), calendar=calendar)
    for clock in moved.goes_on:
        row = open_clocks[clock.name]
        _keep(row, _event(row).going_on(now), calendar=calendar)
    for clock in moved.begins:
        _begin(procedure, seen, clock, step=step, now=now, rulebook=rulebook, calendar=calendar)


def standing(life: str, cases: Collection[str]) -> list[models.Clock]:
    """Return the clocks of these cases that have not ended."""
    return list(models.Clock.objects.raw(statements.clocks, {"lifecycle": life, "cases": list(cases)}))


def nearest(rows: Iterable[models.Clock]) -> models.Clock | None:
    """Return the clock that ends first; where none has a day, one that waits for a calendar; None where none runs."""
    running = [row for row in rows if not _event(row).stands_still]
    return min(running, key=lambda row: (row.late_at is None, row.late_at or row.from_at, row.id), default=None)


def recompute(calendar: Calendar) -> list[tuple[str, str]]:
    """Compute the deadlines that waited for a calendar (D-20), in the caller's transaction.

    Those of clocks that have ended meanwhile, too: only now can be told whether they were met. Returns the cases whose
    deadline could be and still runs: lifecycle and number, once for each deadline.
    """
    waiting = models.Clock.objects.select_for_update().filter(late_at__isnull=True, left__isnull=True).order_by("id")
    computed = [row for row in waiting if _computed(row, calendar)]
    models.Clock.objects.bulk_update(
        computed, ["day", "late_at", "left", "zh", "en", "skipped", "result"], batch_size=_BATCH
    )
    return [(row.lifecycle, row.case) for row in computed if row.ended_at is None]


def computable(row: models.Clock, *, calendar: Calendar) -> bool:
    """Return whether the deadline of a clock that waits could be computed by a calendar; nothing is changed."""
    found = deadlines.reckon(_event(row), calendar=calendar)
    return found.late_at is not None or found.left is not None


@dataclass(frozen=True, slots=True)
class KeptDeadline:
    """A running deadline that keeps its day although the calendar counts to another since."""

    lifecycle: str
    case: str
    day: date
    reckoned: date
    """The day the calendar counts to now."""
    day_off: bool
    """Whether its own day is one on which nobody works."""


def kept(calendar: Calendar, *, year: int) -> list[KeptDeadline]:
    """Return the running deadlines from a year on that would end on another day by `calendar`, the nearest first."""
    first = date(year, 1, 1)
    running = models.Clock.objects.filter(ended_at__isnull=True, counting=Counting.WORKING_DAYS, day__gte=first)
    found = []
    for row in running.order_by("day", "id").iterator():
        reckoned = deadlines.reckon(_event(row), calendar=calendar).day
        if row.day is not None and reckoned is not None and reckoned != row.day:
            off = not calendar.is_workday(row.day)
            found.append(KeptDeadline(row.lifecycle, row.case, row.day, reckoned, off))
    return found


def _computed(row: models.Clock, calendar: Calendar) -> bool:
    found = deadlines.reckon(_event(row), calendar=calendar)
    if found.late_at is None and found.left is None:
        return False
    _set(row, found)
    if row.ended_at is not None:
        row.result = found.result(at=row.ended_at)
    return True


def _begin(
    procedure: Procedure, seen: Seen, clock: lifecycle.Clock, *, step: models.Step | None, now: datetime,
    rulebook: Rulebook, calendar: Calendar,
) -> None:  # fmt: skip
    row = models.Clock(
        lifecycle=procedure.life.name, case=seen.number, name=clock.name, step=step, event=clock.event,
        counting=clock.counting, rulebook_name=clock.limit, amount=rulebook.number(clock.limit) if clock.limit else 0,
        lead_rule=rulebook.value(LEAD_RULE) if clock.counting is Counting.LEAD else "A",
        rulebook_version=rulebook.version, clause=clock.clause, from_at=now,
        named_day=_named_day(clock, seen),
    )  # fmt: skip
    _keep(row, _event(row), calendar=calendar)
    if clock.counting is Counting.LEAD:  # it asks whether what was told now was told early enough
        _end(row, now=now)


def _named_day(clock: lifecycle.Clock, seen: Seen) -> date | None:
    return seen.dates[clock.date] if clock.date else None


def _event(row: models.Clock) -> DeadlineFacts:
    return DeadlineFacts(
        Counting(row.counting), row.amount, row.from_at, row.named_day, "B" if row.lead_rule == "B" else "A",
        tuple(Pause.read(each) for each in row.pauses),
    )  # fmt: skip


def _keep(row: models.Clock, event: DeadlineFacts, *, calendar: Calendar) -> None:
    row.pauses = [each.plain() for each in event.pauses]
    _set(row, deadlines.reckon(event, calendar=calendar))
    row.save()


def _set(row: models.Clock, found: Deadline) -> None:
    row.day, row.late_at, row.left = found.day, found.late_at, found.left
    row.zh, row.en = found.told.zh, found.told.en
    row.skipped = [[day, why.zh, why.en] for day, why in found.skipped]


def _end(row: models.Clock, *, now: datetime) -> None:
    reached = Deadline(row.day, row.late_at, Both(row.zh, row.en), left=row.left)
    row.ended_at, row.result = now, reached.result(at=now)
    row.save()
