"""Letting records go at the command line: one officer requests, another approves, each by password (W13)."""

from datetime import date, datetime

from hutong.audit import purges, retention
from hutong.audit.events import RecordClass
from hutong.audit.purges import Purge
from hutong.console import opening
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.db.database import Database
from hutong.installation.opening import Installation
from hutong.plane import rulebook

PURGE_SECONDS = 6 * 3600.0
"""Longest one statement of a purge may take: it removes the records of a month at once."""


def request(installation: Installation, *, record_class: RecordClass, before: date, by: Actor) -> Purge:
    """Ask that records of a class from before a day (Beijing time) be purged; raises DayFarOff, KeptLonger."""
    beijing.check(before, field="--before")
    moment = beijing.midnight(before)
    with opening.database(installation, role="retention") as db:
        now = installation.clock()
        years = _years(db, record_class, now=now)
        number = retention.request(
            db, record_class=record_class, before=moment, by=by.officer, seats=by.platform_seats, now=now, years=years
        )
    return show(installation, number)


def show(installation: Installation, number: int) -> Purge:
    """Return a purge as it stands; raises NoSuchPurge."""
    with opening.database(installation, role="retention") as db, db.transaction() as cur:
        return purges.read(cur, purge=number)


def approve(installation: Installation, *, number: int, by: Actor) -> Purge:
    """Approve what another requested, purge, and return it with its certificate; attachments go with their class.

    One that was approved, but stopped by a hold that has been lifted since, goes on. Raises what `approve` and
    `purge` raise.
    """
    # Django's models ask for its settings, which are there once the installation is joined.
    from hutong.control.procedures import attachments

    with opening.database(installation, role="retention", statement_seconds=PURGE_SECONDS) as db:
        with db.transaction() as cur:
            asked = purges.read(cur, purge=number)
        if asked.approved_by is None:
            retention.approve(db, purge=number, by=by.officer, seats=by.platform_seats, now=installation.clock())
        now = installation.clock()
        years = _years(db, asked.record_class, now=now)
        return retention.purge(
            db, purge=number, by=by.officer, seats=by.platform_seats, now=now, years=years, also=attachments.purge
        )


def drop(installation: Installation, *, number: int, reason: str, by: Actor) -> None:
    """End what was requested and is not done; raises what `retention.drop` raises."""
    with opening.database(installation, role="retention") as db:
        now = installation.clock()
        retention.drop(db, purge=number, reason=reason, by=by.officer, seats=by.platform_seats, now=now)


def _years(db: Database, record_class: RecordClass, *, now: datetime) -> int:
    """Return how long the rulebook has records of a class kept."""
    with db.transaction() as cur:
        return rulebook.number(cur, f"audit.{record_class}_years", day=beijing.day(now))
