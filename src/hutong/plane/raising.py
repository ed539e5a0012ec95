"""Raising a limit of comparing or querying for one unit until a day, and closing an alarm (D-25).

Each is a decision of its own with its reason, stays readable, and leaves one entry. After the last day the limit is
again what the rulebook says, whatever was counted meanwhile.
"""

from dataclasses import dataclass
from datetime import date, datetime

from psycopg import Cursor

from hutong.audit import log
from hutong.core import beijing, defaults, limits
from hutong.core.errors import Conflicting, Invalid, Missing
from hutong.db import rows, sql
from hutong.plane import rulebook
from hutong.plane.definition import Definition

statements = sql.load(__package__, "raising.sql")

RAISABLE = {
    "compare.value_records": True,
    "compare.share_percent": False,
    "query.records_least": True,
    "query.daily_records": True,
}
"""Limit that may be raised → whether it may be so for one resource; another is counted over all that a unit does."""
MOST_DAYS = "raised.most_days"
"""The rulebook's name of how long a limit stays raised."""


class LimitNotRaised(Invalid):
    """{parameter} is not raised for a unit."""

    clause = "D-25"


class LimitOfEveryResource(Invalid):
    """{parameter} is counted over all resources; it is not raised for one."""

    clause = "D-25"


class LimitNotHigher(Conflicting):
    """{parameter} is {value} for this unit already; {asked} is not more."""

    clause = "D-25"


class ShareIsMore(Conflicting):
    """By the share of the holding this unit may query {value} records a year of it already; {asked} is not more."""

    clause = "D-25"


class YearIsLess(Conflicting):
    """This unit may query {year} records a year; raising {parameter} from {value} a day changes nothing."""

    clause = "D-25"


class NothingLimited(Conflicting):
    """{parameter} does not count for {code}: it is about no people, or is compared without a limit."""

    clause = "D-25"


class RaisedTooLong(Invalid):
    """A limit is raised from today until a day within {most} days, not until {day}."""

    clause = "D-25"


class NoSuchAlarm(Missing):
    """There is no alarm {id} that stands open."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What is decided: the limit by its name in the rulebook, for whom, to what, until which day, and why.

    Without `code` it is raised for every resource.
    """

    name: str
    consumer: str
    value: int
    until_date: date
    reason: str
    code: str = ""


def raise_limit(
    cur: Cursor, *, raised: Raised, definition: Definition | None = None, now: datetime, by: str
) -> int:
    """Raise a limit for a unit from today until a day, and return the number of the decision.

    It counts from the next answer on. `definition` is the resource's, where it is raised for one. Raises
    LimitNotRaised, LimitOfEveryResource, LimitOutOfBounds, RaisedTooLong and LimitNotHigher, and where it would change
    nothing NothingLimited, ShareIsMore and YearIsLess. Enters plane.limit_raised.
    """
    today, name = beijing.day(now), raised.name
    if name not in RAISABLE:
        raise LimitNotRaised(parameter=name)
    if raised.code and not RAISABLE[name]:
        raise LimitOfEveryResource(parameter=name)
    limits.check(defaults.limit(name), raised.value)
    most = rulebook.number(cur, MOST_DAYS, day=today)
    if not 0 <= (raised.until_date - today).days < most:
        raise RaisedTooLong(day=raised.until_date.isoformat(), most=most)
    given = {
        "name": name, "consumer": raised.consumer, "code": raised.code, "value": raised.value,
        "until_date": raised.until_date, "reason": raised.reason.strip(),
    }  # fmt: skip
    holds = rows.one(
        cur.execute(statements.in_force, {**given, "day": today, "delivered": defaults.number(name)})
    )["value"]
    if raised.value <= holds:
        raise LimitNotHigher(parameter=name, value=holds, asked=raised.value)
    if name.startswith("query.") or definition is not None:
        _require_effect(cur, raised=raised, definition=definition, holds=holds, today=today)
    made = rows.one(cur.execute(statements.raise_limit, {**given, "from_date": today, "by": by, "now": now}))
    record = {
        "limit": name, "unit": raised.consumer, "resource": raised.code or None, "value": raised.value,
        "until_date": raised.until_date.isoformat(), "reason": given["reason"], "by": by,
    }  # fmt: skip
    log.append(cur, [log.LogEntry("plane.limit_raised", now, record, raised.consumer)])
    return int(made["id"])


def _require_effect(
    cur: Cursor, *, raised: Raised, definition: Definition | None, holds: int, today: date
) -> None:
    """Refuse what changes nothing today; without a resource only where that is so of every one there is."""
    name, querying = raised.name, raised.name.startswith("query.")
    if definition is not None and not (definition.personal if querying else definition.compared_within_limits):
        raise NothingLimited(parameter=name, code=raised.code)
    if not querying:
        return
    given = {
        "consumer": raised.consumer, "code": raised.code, "day": today, "least": defaults.number("query.records_least"),
        "percent": defaults.number("query.records_percent"),
    }  # fmt: skip
    held = rows.named(cur.execute(statements.of_holding, given))
    if not held:
        return
    share, year = min(each["share"] for each in held), max(each["year"] for each in held)
    if name == "query.records_least" and raised.value <= share:
        raise ShareIsMore(value=share, asked=raised.value)
    if name == "query.daily_records" and year <= holds:
        raise YearIsLess(parameter=name, year=year, value=holds)


def alarm(cur: Cursor, *, id: int) -> rows.Named | None:
    """Return limit, consumer and resource of an alarm and when it was closed, locked; None where there is none."""
    return rows.only(cur.execute(statements.alarm, {"id": id}))


def alarmed_unit(cur: Cursor, *, id: int) -> str | None:
    """Return of whom an alarm is that stands open, locked; None where there is none."""
    found = rows.only(cur.execute(statements.alarm, {"id": id}))
    return found["consumer"] if found is not None and found["closed_at"] is None else None


def close_alarm(cur: Cursor, *, id: int, finding: str, now: datetime, by: str) -> None:
    """Close an alarm with what was found, and enter plane.alarm_closed; raises NoSuchAlarm.

    The limit stays: where it is reached again, another opens.
    """
    found = rows.only(cur.execute(statements.alarm, {"id": id}))
    if found is None or found["closed_at"] is not None:
        raise NoSuchAlarm(id=id)
    cur.execute(statements.close_alarm, {"id": id, "finding": finding.strip(), "now": now, "by": by})
    record = {
        "limit": found["name"], "unit": found["consumer"], "resource": found["code"] or None,
        "finding": finding.strip(), "by": by,
    }  # fmt: skip
    log.append(cur, [log.LogEntry("plane.alarm_closed", now, record, found["consumer"])])
