"""Reads of registrations."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from hutong.control.procedures import handling
from hutong.control.procedures.queries import PAGE, in_order, waits_at, worded
from hutong.control.registration import rules
from hutong.control.registration.lifecycle import REGISTRATION, UNUSED
from hutong.control.registration.models import Registration
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core.counting import COUNTED


@dataclass(frozen=True, slots=True)
class RegistrationFilters:
    """What a list is narrowed to; empty where all is listed."""

    words: str = ""
    kind: str = ""
    state: str = ""


def registration(no: str, *, actor: Actor) -> Registration:
    """Return one registration; raises NoSuchRegistration, also where the actor may not see it."""
    found = Registration.objects.select_related("unit").filter(no=no).first()
    if found is None or not _reads(found, actor):
        raise rules.NoSuchRegistration(no=no)
    return found


def _reads(found: Registration, actor: Actor) -> bool:
    if rules.sees(actor, unit=found.unit_id, region=found.unit.region_code):
        return True
    if waits_at(REGISTRATION.name, found.no, members.headed(actor)):
        return True
    return handling.consulted(REGISTRATION.name, found.no, actor=actor)


def standing(kind: str, code: str, *, unit: str) -> Registration | None:
    """Return the registration of what has this code: the one that is under way, or was ever registered.

    Of users and devices the unit's own: another's may be called so too.
    """
    found = Registration.objects.exclude(state__in=UNUSED).filter(kind=kind, code=code)
    return (found if kind == "system" else found.filter(unit=unit)).first()


def department_stands(name: str, *, unit: str) -> bool:
    """Whether a unit has a department of this name registered and in use (SX-10-d)."""
    return Registration.objects.filter(kind="department", unit=unit, code=name, state="ACTIVE").exists()


def departments(unit: str) -> list[str]:
    """Return the departments that a unit has registered and in use, by name."""
    found = Registration.objects.filter(kind="department", unit=unit, state="ACTIVE")
    return list(found.order_by("code").values_list("code", flat=True))


def visible(
    actor: Actor,
    asked: RegistrationFilters,
    *,
    after: tuple[datetime, int] | None = None,
    oldest: bool = False,
    limit: int = PAGE,
) -> list[Registration]:
    """Return a page of the registrations the actor may read, the newest first.

    Each of the words begins the number, or occurs in the code, the name or the unit's name. `after` is where the page
    before ended: `entered_at` and id of its last row; `oldest` turns the order.
    """
    found = in_order(_fitting(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("unit")[:limit])


def counted(actor: Actor, asked: RegistrationFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many registrations fit, on all pages, counted up to `most`."""
    return _fitting(actor, asked)[:most].count()


def _fitting(actor: Actor, asked: RegistrationFilters) -> QuerySet[Registration]:
    found = worded(Registration.objects.filter(members.theirs(actor)), asked.words, "code", "name", "unit__name")
    narrowed = {name: value for name, value in (("kind", asked.kind), ("state", asked.state)) if value}
    return found.filter(**narrowed)


def editable(registration: Registration, *, actor: Actor) -> bool:
    """Whether the actor may change what it says now."""
    return registration.state in REGISTRATION.editable and rules.is_applicant(actor, unit=registration.unit_id)
