"""The operator's own duties with their days: drills, backups, answers; shown to the authority, never candidates (P-15).

Article 16 is about the units that share: what the operator is late with is told here, and no violation is made of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from hutong.audit import backups
from hutong.audit.backups import KnownSet
from hutong.control.handovers import coming
from hutong.control.handovers.coming import Coming
from hutong.control.procedures import due
from hutong.control.procedures.due import Due, DueCounts
from hutong.control.rulebook import queries as rulebooks
from hutong.control.security import queries, rules
from hutong.control.units import heads, offices
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.lifecycle import Seat
from hutong.db import database
from hutong.db.database import Cur

SHOWN = 50
"""The operator's steps that stand there."""
REHEARSAL, BACKUP, READ_BACK = "rehearsal", "backup", "read_back"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: what it is, of which region, when it was done last, and by when it is to be done next.

    `late_at` is the moment from which it is late; None where nothing was done yet that it could be counted from, and
    then it is late at once.
    """

    kind: str
    region: str
    limit: str
    """The limit's name in the rulebook."""
    amount: int
    last_at: datetime | None
    late_at: datetime | None
    clause: str
    late: bool
    """Whether its day has passed, or it was never done."""


@dataclass(frozen=True, slots=True)
class DutiesPage:
    """The operator's duties, and the steps that wait for the operator."""

    duties: list[Duty]
    backups_named: bool
    """Whether a backup place is named; without one there is no day to tell."""
    trains: bool
    """Whether the platform lives on a training clock, and needs no backups."""
    answers: list[Due]
    counts: DueCounts
    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class DuePages:
    """What an officer has beside the list of what is due: two further pages, and what is settled and comes."""

    unit: bool
    """The page of a head."""
    operator: bool
    """That of the operator's duties."""
    coming: list[Coming]
    """What is settled at the unit and comes on a day."""


def pages(actor: Actor) -> DuePages:
    """Return what an officer has beside the list of what is due: which pages, and what is settled and comes."""
    return DuePages(heads.is_head(actor), sees(actor), coming.of_unit(actor))


def sees(actor: Actor) -> bool:
    """Whether the actor reads the operator's duties: the operator, the authority of its regions, and the auditor."""
    return rules.looks_after(actor)


def page(actor: Actor, *, now: datetime, real: datetime) -> DutiesPage:
    """Return the duties of the operators whose regions the actor reads.

    `real` is the machine's own moment, by which backups are told. Raises PapersNotYours.
    """
    if not sees(actor):
        raise rules.PapersNotYours(officer=actor.name)
    held = offices.current().units
    regions = sorted(region for role, region in held if role == rules.PREPARING and actor.reads_of(region))
    seats = frozenset(Seat(rules.PREPARING, held[rules.PREPARING, region]) for region in regions)
    found = [_rehearsal(region, now=now) for region in regions]
    with transaction.atomic(), database.joined(connection) as cur:
        trains, standing = backups.trains(cur), backups.archiving(cur)
        folder = standing.folder if standing else None
        if folder and "" in regions:
            found += _backups(cur, folder, now=now, real=real)
    return DutiesPage(
        found, bool(folder), trains, due.due(seats, limit=SHOWN), due.counts(seats, now=now), seats
    )  # fmt: skip


def _rehearsal(region: str, *, now: datetime) -> Duty:
    plan, days = queries.in_force(region), queries.rehearsal_days(region, now=now)
    late_at = beijing.over(plan.rehearsal_date) if plan else None
    last = plan.rehearsed_at if plan else None
    return Duty(REHEARSAL, region, "plan.rehearsal_days", days, last, late_at, "SX-11-c", _late(late_at, now))


def _backups(cur: Cur, folder: str, *, now: datetime, real: datetime) -> list[Duty]:
    book = rulebooks.in_force(beijing.day(now))
    hours, days = book.number("backup.hours"), book.number("backup.read_days")
    whole = [each for each in backups.sets(cur, folder=folder) if each.code is None]
    taken = whole[-1].ended_at if whole else None
    read = _read_longest_ago(whole)
    taken_by = taken + timedelta(hours=hours) if taken else None
    read_by = read + timedelta(days=days + 1) if read else None
    return [
        Duty(BACKUP, "", "backup.hours", hours, taken, taken_by, "IS-4.3", _late(taken_by, real)),
        Duty(READ_BACK, "", "backup.read_days", days, read, read_by, "IS-4.3", _late(read_by, real)),
    ]


def _read_longest_ago(whole: Sequence[KnownSet]) -> datetime | None:
    """Return when the set was read back, or taken, that was so the longest ago; None where there is none."""
    return min((each.read_back_at or each.ended_at for each in whole), default=None)


def _late(late_at: datetime | None, now: datetime) -> bool:
    return late_at is None or now >= late_at
