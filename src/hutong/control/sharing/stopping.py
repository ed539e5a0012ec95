"""Stopping a unit that was merged or abolished (机构撤并), and starting it again.

First, those who decide about it settle what the unit publishes and what is under way. Then, in one transaction, its
officers are locked out, its systems are stopped and its service is suspended.
"""

from datetime import datetime

from django.db import connection, transaction

from hutong.control.catalog import queries as catalog
from hutong.control.procedures import turns
from hutong.control.recording import record
from hutong.control.registration import listing
from hutong.control.sharing import queries
from hutong.control.units import competence, offices
from hutong.control.units import operations as members
from hutong.control.units.models import Unit
from hutong.control.units.rules import ROLES
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid
from hutong.db import database
from hutong.plane import suspensions


class StopWithoutReason(Invalid):
    """A unit is stopped for a reason: the decision that merged or abolished it; none is given."""


class UnitStillCompetent(Conflicting):
    """{unit} endorses the applications of {units}; it cannot be stopped before."""

    clause = "SX-08-a"


class UnitHasOffice(Conflicting):
    """{unit} holds {offices}; it cannot be stopped before another unit does."""

    clause = "D-23"


class UnitStillProvides(Conflicting):
    """{unit} still has entries in the catalogue or on their way there: {entries}; it cannot be stopped before."""

    clause = "SX-06-b"


class UnitStillApplies(Conflicting):
    """{unit} is a party of applications under way: {applications}; it cannot be stopped before."""

    clause = "SX-08-b"


def stop(credit_code: str, *, reason: str, now: datetime, by: str) -> None:
    """Stop a unit; stopped already, it is left as it is.

    SX-03: only registered units are members, so none of its systems is answered from then on. Raises
    NoSuchUnit, StopWithoutReason, UnitHasOffice, UnitStillCompetent, UnitStillProvides and UnitStillApplies.
    """
    if is_blank(reason):
        raise StopWithoutReason
    with transaction.atomic():
        unit = members.lock_unit(credit_code)
        if not unit.active:
            return
        _check_settled(unit)
        systems = listing.in_use(credit_code)
        turns.lock(shared=False)  # before the answers: the catalogue waits for these while it has the turns
        unit.active = False
        unit.save(update_fields=["active"])
        record("units.unit_stopped", {"unit": credit_code, "reason": reason, "by": by}, now=now, unit=credit_code)
        told = f"使用单位已停用：{reason}"
        with database.joined(connection) as cur:
            suspensions.suspend_with_unit(cur, unit=credit_code, reason=told, now=now, by=by)
        listing.lock(systems, reason=told, now=now, by=by)
        turns.reconsider("units.unit", credit_code)
        members.reconsider(credit_code, ROLES, officers=unit.officers.all())


def start(credit_code: str, *, now: datetime, by: str) -> None:
    """Let a stopped unit in again: its officers may log in, and what it was suspended with is lifted.

    Its systems are started one by one, and whatever else was suspended of it is lifted for itself.

    Raises NoSuchUnit, and UnitStopped where its competent department is.
    """
    with transaction.atomic():
        unit = members.lock_unit(credit_code)
        if unit.active:
            return
        if department := competence.department(credit_code):
            members.require_active(department)
        unit.active = True
        unit.save(update_fields=["active"])
        record("units.unit_started", {"unit": credit_code, "by": by}, now=now, unit=credit_code)
        with database.joined(connection) as cur:
            suspensions.lift_with_unit(cur, unit=credit_code, verified="使用单位已重新启用", now=now, by=by)
        turns.reconsider("units.unit", credit_code)
        members.reconsider(credit_code, ROLES, officers=unit.officers.all())


def _check_settled(unit: Unit) -> None:
    if there := sorted(offices.of_units([unit.credit_code])):
        raise UnitHasOffice(unit=unit.name, offices=_listed(list(dict.fromkeys(role for _, role, _ in there))))
    under = Unit.objects.filter(pk__in=competence.under(unit.credit_code), active=True).order_by("name")
    if names := [each.name for each in under]:
        raise UnitStillCompetent(unit=unit.name, units=_listed(names))
    if entries := [f"{entry.name} {entry.code}" for entry in catalog.unsettled(unit.credit_code)]:
        raise UnitStillProvides(unit=unit.name, entries=_listed(entries))
    if numbers := queries.under_way(unit.credit_code):
        raise UnitStillApplies(unit=unit.name, applications=_listed(numbers))


def _listed(names: list[str]) -> str:
    return ", ".join(names)
