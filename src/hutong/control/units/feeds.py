"""The private address at which a calendar reads an officer's deadlines: made, made anew, withdrawn, and read.

Whoever has the address reads; so it is shown once and only its digest is kept. It tells what the officer's own page of
deadlines tells, and nothing once the officer is stopped.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hutong.control.procedures.due import Due, DueFilters
from hutong.control.procedures.models import CalendarAddress
from hutong.control.recording import record
from hutong.control.units import dues, queries
from hutong.control.units.operations import locked
from hutong.control.units.rules import Actor
from hutong.core.errors import Missing

MOST = 500
"""Deadlines that a calendar is told, the nearest first."""


class NoSuchCalendar(Missing):
    """There is no such calendar: its address was made anew or withdrawn, or its officer was stopped."""


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """What a calendar is told: whose deadlines, and which."""

    actor: Actor
    rows: list[Due]


def make(actor: Actor, *, now: datetime) -> str:
    """Make an officer's address, anew where there is one, and return the token in it; the one before reads no more.

    It is returned this once. One entry says that it was made.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        locked(actor.officer)
        told = {"digest": _digest(token), "made_at": now}
        CalendarAddress.objects.update_or_create(officer=actor.officer, defaults=told)
        _enter(actor, "calendar_address_made", now=now)
    return token


def withdraw(actor: Actor, *, now: datetime) -> bool:
    """Withdraw an officer's address, and return whether there was one; where there was, one entry says so."""
    with transaction.atomic():
        locked(actor.officer)
        gone, _ = CalendarAddress.objects.filter(officer=actor.officer).delete()
        if gone:
            _enter(actor, "calendar_address_withdrawn", now=now)
    return bool(gone)


def made_at(actor: Actor) -> datetime | None:
    """Return since when an officer has an address; None where there is none."""
    found = CalendarAddress.objects.filter(officer=actor.officer).first()
    return found.made_at if found else None


def read(token: str, *, now: datetime) -> CalendarRead:
    """Return what waits for the officer of an address and has a day, the nearest first, at most MOST.

    Raises NoSuchCalendar, of an officer or a unit that was stopped, too.
    """
    found = CalendarAddress.objects.filter(digest=_digest(token)).first()
    if found is None:
        raise NoSuchCalendar
    try:
        actor = queries.actor(found.officer, now=now)
    except queries.NoSuchOfficer:
        raise NoSuchCalendar from None
    rows = dues.page(dues.MINE, actor, filters=DueFilters(), after=None, limit=MOST)
    return CalendarRead(actor, [row for row in rows if row.day is not None])


def _enter(actor: Actor, change: str, *, now: datetime) -> None:
    fields = {"officer": actor.officer, "change": change, "by": actor.officer}
    record("auth.changed", fields, now=now, unit=actor.unit)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
