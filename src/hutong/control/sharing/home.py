"""What an officer's first page says besides what waits there: grants that stopped, consultations, own applications."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from hutong.audit import waiting
from hutong.audit.rollups import Month
from hutong.control.catalog import deliveries
from hutong.control.catalog.deliveries import WaitingDelivery
from hutong.control.procedures import handling, message_names
from hutong.control.procedures.message_names import Named
from hutong.control.procedures.models import Handling
from hutong.control.sharing import queries, statistics
from hutong.control.sharing.models import Application
from hutong.control.units import offices
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Problem, Unavailable
from hutong.db import database
from hutong.db.database import Cur

MENDS = ("operator", "system_admin")
"""Roles whose holders mend what is wanting of the machine, and are told how."""
LOG_TOLD = (*MENDS, "authority", "auditor")
"""Roles whose holders are told how the evidence log and the machine fare; who cannot mend the machine, who does."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """What is wanting: of the machine, and of the papers that the officer looks after."""

    machine: Sequence[Problem] = ()
    papers: Sequence[Problem] = ()


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
    titles: Named
    """What the cases are about on which they ask."""
    asked: int
    """How many consultations wait for the officer's unit, counted up to a bound."""
    own: list[Application]
    months: list[Month]
    """The uses of the last months."""
    waiting_deliveries: list[WaitingDelivery]
    """Deliveries that wait for the officer's word."""
    log: list[Problem]
    """What somebody has to decide about the evidence log, for those who look after it."""
    machine: list[Problem]
    """What is wanting of the machine, of what places entries in the log, and of what protects the evidence there."""
    papers: list[Problem]
    """What is wanting of the emergency plans."""
    mends: bool
    """Whether the officer is one who mends the machine."""
    operator: str
    """The name of the unit that does; empty where no unit holds that office."""


def page(
    actor: Actor,
    *,
    now: datetime,
    consultations: int,
    own: int,
    unprotected: Sequence[Problem] = (),
    look: Callable[[Cur], Wanting] = lambda cur: Wanting(),
) -> HomePage:
    """Return what an officer's first page says; so many of the newest consultations and own applications.

    `unprotected` is what the installation says is wanting of the protection of evidence, and
    `look` finds what is wanting of the machine and of the plans.
    """
    unmoved, first_end = queries.unmoved(actor, now=now)
    consumer = actor.has_role("consumer")
    asked = handling.consultations(actor, limit=consultations)
    told = any(actor.has_role(role) for role in LOG_TOLD)
    log, wanting = _log(look, now=now) if told else ([], Wanting())
    away = [each for each in log if isinstance(each, Unavailable)]  # placing goes on by itself once the machine does
    machine = [*away, *wanting.machine, *unprotected] if told else []
    return HomePage(
        suspended=queries.grants_counted(actor, state=queries.SUSPENDED) if consumer else 0,
        revoked=queries.revoked(actor.units_as("consumer"), now=now),
        unmoved=unmoved,
        first_end=first_end,
        consultations=asked,
        titles=message_names.of_cases((each.lifecycle, each.case) for each in asked),
        asked=handling.consultations_counted(actor) if asked else 0,
        own=queries.own(actor.unit, limit=own),
        months=statistics.months(actor, today=beijing.day(now)),
        waiting_deliveries=deliveries.to_approve(actor, now=now),
        log=[each for each in log if each not in away],
        machine=machine,
        papers=list(wanting.papers),
        mends=any(actor.has_role(role) for role in MENDS),
        operator=_operator() if machine else "",
    )


def _log(look: Callable[[Cur], Wanting], *, now: datetime) -> tuple[list[Problem], Wanting]:
    with transaction.atomic(), database.joined(connection) as cur:
        return list(waiting.read(cur, now=now).problems), look(cur)


def _operator() -> str:
    unit = offices.current().parties("")["operator"]
    return members.names().get(unit, "") if unit else ""
