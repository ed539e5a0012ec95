"""What an officer's first page says besides what waits there: grants that stopped, consultations, own applications."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from hutong.audit import waiting
from hutong.audit.rollups import Month
from hutong.control.procedures import handling
from hutong.control.procedures.models import Handling
from hutong.control.sharing import queries, statistics
from hutong.control.sharing.models import Application
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.db import database
from hutong.db.database import Cur

LOG_TOLD = ("operator", "authority", "auditor")
"""Roles whose holders are told how the evidence log and the machine fare."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """What stands on an officer's first page beside the list of what waits."""

    suspended: int
    """Grants of the officer's unit that are in force and not served."""
    revoked: int
    """Grants of the officer's unit that ended before their time."""
    unmoved: int
    """Grants that a former version answers still, though it was said when that ends."""
    first_end: date | None
    """The first day on which one of them ends."""
    consultations: list[Handling]
    own: list[Application]
    months: list[Month]
    """The uses of the last months."""
    log: list[Problem]
    """What is wanting of the evidence log and of the machine, for those who look after them."""


def page(
    actor: Actor,
    *,
    now: datetime,
    consultations: int,
    own: int,
    unprotected: Sequence[Problem] = (),
    look: Callable[[Cur], Sequence[Problem]] = lambda cur: (),
) -> HomePage:
    """Return what an officer's first page says; so many of the newest consultations and own applications.

    `unprotected` is what the installation says is wanting of the protection of evidence, and
    `look` finds what is wanting of the machine.
    """
    unmoved, first_end = queries.unmoved(actor, now=now)
    consumer = actor.has_role("consumer")
    return HomePage(
        suspended=queries.grants_counted(actor, state=queries.SUSPENDED) if consumer else 0,
        revoked=queries.revoked(actor.units_as("consumer"), now=now),
        unmoved=unmoved,
        first_end=first_end,
        consultations=handling.consultations(actor, limit=consultations),
        own=queries.own(actor.unit, limit=own),
        months=statistics.months(actor, today=beijing.day(now)),
        log=[*_log(look, now=now), *unprotected] if any(actor.has_role(role) for role in LOG_TOLD) else [],
    )


def _log(look: Callable[[Cur], Sequence[Problem]], *, now: datetime) -> list[Problem]:
    with transaction.atomic(), database.joined(connection) as cur:
        return [*waiting.read(cur, now=now).problems, *look(cur)]
