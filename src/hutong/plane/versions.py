"""Versions of a resource side by side: when a newer one took over, and the last day of the former (P-6).

A grant is answered from the version it names. Once a newer version has data, the former is answered from until its
last day, or without an end while the authority has set none; deliveries for the newer one are brought to it as well
(`delivery.formers`). Nobody is cut off by a day that was over before the newer version had data: with its first data
that day is set no more, and the authority sets another.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg import Cursor

from hutong.audit import log
from hutong.core import beijing
from hutong.core.errors import Conflicting, Invalid, Judging
from hutong.db import rows, sql
from hutong.plane.lifecycle import in_force
from hutong.plane.tables import VersionUnknown

statements = sql.load(__package__, "versions.sql")


class EndPast(Invalid):
    """The last day of version {version} is {day} or later, not {until}."""


class VersionEndOver(Conflicting):
    """Version {version} of {code} was answered from until {day}; its last day is set no more."""


@dataclass(frozen=True, slots=True)
class VersionInUse:
    """A version of a resource that holds data, or is named by grants in force."""

    version: int
    rows: int
    loaded_at: datetime | None
    last_day: date | None
    """Its last day once it is succeeded; None while none is set."""
    as_of: datetime | None
    """The moment of the last delivery that reached it, where none does any more."""
    succeeded: bool
    """Whether a newer version has data."""
    grants: int
    """How many grants in force name it, and of how many consumers they are."""
    consumers: int

    def over(self, today: date) -> bool:
        """Whether nobody is answered from it any more."""
        return self.succeeded and over(self.last_day, today)


def over(ends_on: date | None, today: date) -> bool:
    """Whether a version that ends on this day, None where no end is set or counts yet, is answered from no more."""
    return ends_on is not None and ends_on < today


def listed(cur: Cursor, *, code: str, now: datetime) -> list[VersionInUse]:
    """Return the versions of a resource that hold data or are named by grants in force, the newest first."""
    cur.execute(statements.listed, {"code": code, "states": in_force(), "now": now})
    return [VersionInUse(**row) for row in rows.named(cur)]


@dataclass(frozen=True, slots=True)
class Ending:
    """A former version whose last day is set and not over, and the grants in force that name it."""

    code: str
    version: int
    last_day: date
    reminders: int
    """How many reminders were given of it: none, the first, the last."""
    provider: str
    grants: Sequence[str]
    consumers: Sequence[str]
    """Of each grant, beside it."""


def ending(cur: Cursor, *, now: datetime) -> list[Ending]:
    """Return the former versions from which somebody has not moved, and whose last day is set and not over."""
    asked = {"states": in_force(), "now": now, "today": beijing.day(now)}
    cur.execute(statements.ending, asked)
    return [Ending(**row) for row in rows.named(cur)]


def note_reminder(cur: Cursor, each: Ending, *, reminders: int) -> bool:
    """Note that so many reminders of a last day were given; returns whether that is new and the day still the same."""
    asked = {"code": each.code, "version": each.version, "last_day": each.last_day, "reminders": reminders}
    return cur.execute(statements.note_reminder, asked).fetchone() is not None


def reminded(
    cur: Cursor, *, consumers: Collection[str], providers: Collection[str], now: datetime
) -> tuple[int, date | None]:
    """Return of how many grants of these consumers, or on what these providers share, a reminder was given.

    Those whose last day has come or is over count as well. With it comes the first of the days on which they are
    answered for the last time, None where there is no grant.
    """
    asked = {
        "consumers": list(consumers),
        "providers": list(providers),
        "states": in_force(),
        "now": now,
        "today": beijing.day(now),
    }
    found = rows.one(cur.execute(statements.reminded, asked))
    return found["grants"], found["first"]


def succeed(cur: Cursor, *, code: str, version: int, former: int, now: datetime, by: str) -> None:
    """Note that `version` holds data from now on, where `former` was the newest that did.

    A last day of `former` that is over already ends nothing: it is taken back, and entered.
    """
    cur.execute(statements.succeed, {"code": code, "version": version, "now": now})
    found = _row(cur, code, former)
    if over(found["ends_on"], beijing.day(now)):
        _set(cur, code, former, None, found=found, now=now, by=by)


def stop(cur: Cursor, *, code: str, versions: Collection[int], now: datetime) -> None:
    """Note that deliveries do not reach these versions any more; what once stood still does not go on."""
    if versions:
        cur.execute(statements.stop, {"code": code, "versions": list(versions), "now": now})


def seal_anew(cur: Cursor, *, code: str, version: int, form: int) -> None:
    """Note the normal form in which the snapshot of this transaction has sealed every record of a version anew."""
    cur.execute(statements.seal_anew, {"code": code, "version": version, "form": form})


def without_end(cur: Cursor, *, code: str, before: int, today: date) -> list[int]:
    """Return the versions that version `before` succeeds once it holds data and for which no day from today on is set.

    None where the resource holds nothing yet.
    """
    asked = {"code": code, "version": before, "today": today}
    return [number for (number,) in cur.execute(statements.without_end, asked)]


def set_end(cur: Cursor, *, code: str, version: int, until: date, now: datetime, by: str) -> None:
    """Set the last day on which a version is answered from once a newer one has data; enters plane.last_day_set.

    The same day again changes nothing. Raises VersionUnknown, VersionEndOver where it ended, and EndPast: today is the
    first day that can be the last; Faults where both are wrong.
    """
    found = _row(cur, code, version)
    today, judging = beijing.day(now), Judging()
    if over(found["ends_on"], today):
        judging.add(VersionEndOver(code=code, version=version, day=found["ends_on"].isoformat()))
    if until < today:
        judging.add(EndPast(version=version, day=today.isoformat(), until=until.isoformat()))
    judging.end()
    if until != found["last_day"]:
        _set(cur, code, version, until, found=found, now=now, by=by)


def _set(
    cur: Cursor, code: str, version: int, until: date | None, *, found: rows.Named, now: datetime, by: str
) -> None:
    """Set a last day in the place of the one `found` in the locked row, and enter it."""
    cur.execute(statements.set_last_day, {"code": code, "version": version, "last_day": until})
    record = {
        "unit": found["provider"],
        "resource": code,
        "version": version,
        "before": _day(found["last_day"]),
        "last_day": _day(until),
        "by": by,
    }
    log.append(cur, [log.LogEntry("plane.last_day_set", now, record, found["provider"])])


def _row(cur: Cursor, code: str, version: int) -> rows.Named:
    cur.execute(statements.last_day, {"code": code, "version": version})
    found = rows.only(cur)
    if found is None:
        raise VersionUnknown(code=code, version=version)
    return found


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
