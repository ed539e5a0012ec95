"""Limits that were raised for a unit, and alarms: who decides about them, and who reads them (D-25).

Machines open alarms where a limit is reached; the authority of the unit's region decides, and nobody else, nor
the authority about its own unit: there its deputy from another unit does, or the authority of the region above.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection, transaction

from hutong.control.procedures.rules import GroundsMissing, NotYourRole
from hutong.control.sharing import queries
from hutong.control.units import meanwhile
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor, regions_above
from hutong.core import beijing
from hutong.core.blanks import is_blank
from hutong.core.counting import COUNTED
from hutong.core.errors import Refused
from hutong.db import database, sql
from hutong.plane import raising, tables
from hutong.plane.raising import Raised

statements = sql.load(__package__, "raised.sql")

ROLE = "authority"
"""Whose officers decide."""
BY = {"newest": statements.newest, "oldest": statements.oldest}
"""Order → the statement of a page."""


class OwnUnitDecided(Refused):
    """{officer} belongs to the unit, or fills in there: nobody decides about limits of the own unit."""

    clause = "SX-11-a"


@dataclass(frozen=True, slots=True)
class LimitShown:
    """An alarm, or a decision that raised a limit, as a list shows it."""

    kind: str
    """`alarm` or `raised`."""
    no: str
    id: int
    at: datetime
    name: str
    consumer: str
    unit: str
    region: str
    code: str
    """The resource; empty where it is of all."""
    resource: str
    seen: int | None
    most: int
    """What was in force when the alarm opened, or what the limit was raised to."""
    words: str
    """What was found, or why it was raised."""
    by: str
    until_date: date | None
    stands: bool
    closes: bool = False
    """Whether the reader closes it: an alarm that stands open, of a unit whose limits the reader decides about."""
    shown_at: str = ""
    """The state in which it is shown, where the reader closes it."""


def raise_limit(raised: Raised, *, actor: Actor, now: datetime, meant_for: str | None = None) -> int:
    """Raise a limit for a unit until a day, and return the number of the decision.

    Raises NotYourRole, OwnUnitDecided, GroundsMissing, ResourceUnknown and what the plane and `meanwhile.check` raise.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        _require(actor, unit=raised.consumer)
        if is_blank(raised.reason):
            raise GroundsMissing(action="提高上限", fields="reason")
        about = {"limit": raised.name, "unit": raised.consumer, "resource": raised.code or None}
        same = {**about, "value": raised.value, "until_date": raised.until_date.isoformat()}
        meanwhile.check(
            meanwhile.Thing(raised.name, ("plane.limit_raised",), (about,)), meant_for, state=lambda: None,
            doing="plane.limit_raised", same=same, actor=actor, now=now,
        )  # fmt: skip
        definition = tables.definition(cur, code=raised.code) if raised.code else None
        return raising.raise_limit(cur, raised=raised, definition=definition, now=now, by=actor.officer)


@dataclass(frozen=True, slots=True)
class ClosedAlarm:
    """What an alarm was about: the limit by its name, and the consumer that reached it."""

    limit: str
    consumer: str


def close_alarm(
    id: int, *, finding: str, actor: Actor, now: datetime, meant_for: str | None = None
) -> ClosedAlarm:
    """Close an alarm with what was found, and return what it was about.

    Raises NotYourRole, OwnUnitDecided, GroundsMissing, NoSuchAlarm and what `meanwhile.check` does.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        found = raising.alarm(cur, id=id)
        standing = found is not None and found["closed_at"] is None
        _require(actor, unit=found["consumer"] if found and (standing or meant_for is not None) else "")
        if is_blank(finding):
            raise GroundsMissing(action="查看完毕", fields="finding")
        if found is not None:
            about = {"limit": found["name"], "unit": found["consumer"], "resource": found["code"] or None}
            meanwhile.check(
                meanwhile.Thing(found["name"], ("plane.alarm_closed",), (about,)), meant_for,
                state=lambda: {"stands": standing}, doing="plane.alarm_closed", same=about, actor=actor, now=now,
            )  # fmt: skip
        raising.close_alarm(cur, id=id, finding=finding, now=now, by=actor.officer)
    assert found is not None, "what is not there is not closed"
    return ClosedAlarm(found["name"], found["consumer"])


def may_decide(actor: Actor) -> bool:
    """Whether an officer decides about limits, in some region."""
    return any(role == ROLE for role, _ in _offices(actor))


def decides(actor: Actor, *, unit: str, region: str) -> bool:
    """Whether an officer decides about the limits of a unit of a region.

    About the authority's own unit that is the authority of the region above, or a deputy named for it, who comes from
    another unit (SX-11-a, D-24).
    """
    return _answers(actor, region=region) and not _belongs(actor, unit=unit)


def _require(actor: Actor, *, unit: str) -> None:
    if not _answers(actor, region=queries.region(unit)):
        raise NotYourRole(role=ROLE, officer=actor.name)
    if _belongs(actor, unit=unit):
        raise OwnUnitDecided(officer=actor.name)


def _answers(actor: Actor, *, region: str) -> bool:
    return any((ROLE, each) in _offices(actor) for each in regions_above(region))


def _belongs(actor: Actor, *, unit: str) -> bool:
    return unit == actor.unit or any(seat.unit == unit and seat.role != ROLE for seat in actor.deputises)


def _offices(actor: Actor) -> frozenset[tuple[str, str]]:
    return actor.offices | actor.filled_offices


def listed(
    actor: Actor, *, words: str = "", kind: str = "", standing: bool = False, order: str = "newest",
    after: tuple[datetime, str] | None = None, limit: int, now: datetime,
) -> list[LimitShown]:  # fmt: skip
    """Return a page of alarms and raised limits: of the own unit, of their regions for authority and operator, of all
    for the auditor.

    `kind` is `alarm` or `raised`; `standing` leaves out what is closed or over. `after` is where the page before ended.
    """
    place = {"after_at": after[0] if after else None, "after_no": after[1] if after else "", "limit": limit}
    with connection.cursor() as cur:
        cur.execute(BY[order], {**_asked(actor, words, kind, standing=standing, now=now), **place})
        names = [column.name for column in cur.description]
        found = [LimitShown(**dict(zip(names, row, strict=True))) for row in cur.fetchall()]
    at = meanwhile.shown({"stands": True}, now=now)
    return [
        replace(each, closes=True, shown_at=at)
        if each.kind == "alarm" and each.stands and decides(actor, unit=each.consumer, region=each.region) else each
        for each in found
    ]  # fmt: skip


def counted(
    actor: Actor, *, words: str = "", kind: str = "", standing: bool = False, most: int = COUNTED + 1, now: datetime
) -> int:
    """Return how many fit, on all pages, counted up to `most`."""
    with connection.cursor() as cur:
        cur.execute(statements.counted, {**_asked(actor, words, kind, standing=standing, now=now), "limit": most})
        return int(cur.fetchone()[0])


def _asked(actor: Actor, words: str, kind: str, *, standing: bool, now: datetime) -> dict[str, object]:
    return {
        "everyone": actor.everywhere, "units": sorted(actor.units), "of_region": members.of_regions(actor),
        "words": words.lower().split(), "kind": kind, "standing": standing, "today": beijing.day(now),
    }  # fmt: skip
