"""Until when versions of an entry are answered from once a newer one has data (P-6)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from psycopg import Cursor

from hutong.control.calendars.queries import calendar as whole_calendar
from hutong.control.catalog import queries, reminding, rules
from hutong.control.catalog.models import Change, Entry
from hutong.control.procedures.rules import NotYourRole
from hutong.control.rulebook import queries as rulebooks
from hutong.control.units import meanwhile, offices
from hutong.control.units.rules import Actor
from hutong.core import beijing, lifecycle, workdays
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import versions
from hutong.plane.definition import Definition
from hutong.plane.versions import VersionInUse


@dataclass(frozen=True, slots=True)
class FormerVersions:
    """The versions an entry is answered from, and those of them whose last day the reader may set."""

    newest: int
    versions: list[VersionInUse]
    settable: list[VersionInUse]
    at: str
    """The state in which they are shown."""


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A version that grants go on with once a change of its entry is published: how many, of how many units."""

    version: int
    grants: int
    units: int
    until: date | None
    """Its last day, which counts once the newer version has data; None where the authority has to set it."""


def going_on(change: Change, *, now: datetime, calendar: Calendar) -> list[GoingOn]:
    """Return the versions that grants go on with if a change is published now, the newest first.

    None where it is the first version, or says that nothing is shared. `calendar` holds the packaged years.
    """
    if change.base is None or change.sharing_type == rules.NOT_SHARED:
        return []
    today, region = beijing.day(now), change.provider.region_code
    days = rulebooks.in_force(today, region=region).number("version.end_days")
    try:
        usual: date | None = workdays.add_workdays(today, days, calendar=whole_calendar(calendar)).day
    except workdays.YearNotLoaded:
        usual = None
    with transaction.atomic(), database.joined(connection) as cur:
        found = versions.listed(cur, code=change.entry.code, now=now)
    return [
        GoingOn(each.version, each.grants, each.consumers, usual if _is_over(each, today) else each.last_day)
        for each in found
        if each.grants and not each.over(today)
    ]


def _is_over(each: VersionInUse, today: date) -> bool:
    """Whether publishing sets its last day: none is set, or one that is over and ended nothing."""
    return each.last_day is None or each.last_day < today


def end_formers(
    cur: Cursor, made: Definition, *, region: str, now: datetime, by: str, calendar: Calendar
) -> None:
    """Set the last day of what a version that was just published succeeds: so many working days from now.

    The rulebook has the number (`version.end_days`); the authority may set another day, and one that is set already
    stays. Where the calendar of that year is not loaded none is set, and the former is answered from until the
    authority sets one. `calendar` holds the packaged years.
    """
    today = beijing.day(now)
    days = rulebooks.in_force(today, region=region).number("version.end_days")
    for version in versions.without_end(cur, code=made.code, before=made.version, today=today):
        try:
            until = workdays.add_workdays(today, days, calendar=whole_calendar(calendar)).day
        except workdays.YearNotLoaded:
            return
        versions.set_end(cur, code=made.code, version=version, until=until, now=now, by=by)


def end(
    code: str, *, version: int, until: date, actor: Actor, now: datetime, calendar: Calendar,
    meant_for: str | None = None,
) -> None:  # fmt: skip
    """Set the last day of a version, by the authority; where it is near, who has not moved is reminded of it at once.

    `calendar` holds the packaged years. Raises NoSuchEntry, NotYourRole, EndPast, VersionEndOver and what
    `meanwhile.check` does.
    """
    if not ends(code, actor=actor):
        raise NotYourRole(role="authority", officer=actor.name)
    with transaction.atomic(), database.joined(connection) as cur:
        meanwhile.check(
            meanwhile.Thing(code, ("plane.last_day_set",), ({"resource": code},)), meant_for,
            state=lambda: _state(versions.listed(cur, code=code, now=now)), doing="plane.last_day_set",
            same={"version": version, "last_day": until.isoformat()}, actor=actor, now=now,
        )  # fmt: skip
        versions.set_end(cur, code=code, version=version, until=until, now=now, by=actor.officer)
        reminding.remind_of(cur, code, version=version, now=now, calendar=calendar)


def _state(found: list[VersionInUse]) -> dict[int, str]:
    return {each.version: f"{each.last_day or ''}" for each in found}


def ends(code: str, *, actor: Actor) -> bool:
    """Whether the actor holds the authority's office for the entry's provider, and so sets last days."""
    parties = offices.current().parties(queries.entry(code).provider.region_code)
    return lifecycle.office("authority", parties=parties) in actor.seats


def formers(entry: Entry, *, actor: Actor, now: datetime) -> FormerVersions | None:
    """Return the versions of an entry that hold data or are named by grants in force, the newest first.

    None where nobody is answered from a former one.
    """
    said = entry.current
    if said is None or not rules.is_shared(state=entry.state, sharing_type=said.sharing_type):
        return None
    with transaction.atomic(), database.joined(connection) as cur:
        found = versions.listed(cur, code=entry.code, now=now)
    former = [each for each in found if each.version < said.number]
    if not former:
        return None
    open_still = [each for each in former if not each.over(beijing.day(now))]
    at = meanwhile.shown(_state(found), now=now)
    return FormerVersions(said.number, found, open_still if ends(entry.code, actor=actor) else [], at)
