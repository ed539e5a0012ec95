"""Reads of registrations."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from hutong.control.procedures import handling, since
from hutong.control.procedures.queries import PAGE, in_order, waits_at, worded
from hutong.control.registration import papers, rules
from hutong.control.registration.lifecycle import REGISTRATION, UNUSED
from hutong.control.registration.models import Registration
from hutong.control.registration.rules import RegistrationNotEditable
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core.counting import COUNTED


@dataclass(frozen=True, slots=True)
class RegistrationFilters:
    """What a list is narrowed to; empty where all is listed."""

    words: str = ""
    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class RegistrationPage:
    """A registration, and what its page says besides."""

    registration: Registration
    editable: bool
    """Whether the reader may change now what it says."""
    rules_by_name: str
    """Who accepted the rules of use; empty where nobody has."""
    again: bool
    """Whether the reader may write it down again as it was: nothing came of it."""
    papers_missing: bool
    """Whether it cannot be submitted, nor found in order, for want of the papers of its protection level."""


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """A registration as its form begins."""

    registration: Registration
    may: bool
    """Whether the reader registers for its unit."""
    refusal: RegistrationNotEditable | None
    """Why who registers for the unit cannot change it now."""
    at: str
    """The state it is shown in (`since.point`)."""
    departments: list[str]
    """Those of its unit that are registered and in use."""


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """What a new registration begins from."""

    may: bool
    """Whether the reader registers for the own unit."""
    former: Registration | None
    """The unit's earlier one that is written down again; None where none is named."""
    departments: list[str]
    """Those of the unit that are registered and in use."""


def page(no: str, *, actor: Actor) -> RegistrationPage:
    """Return a registration with what its page says of it; raises NoSuchRegistration."""
    found = registration(no, actor=actor)
    names = members.people({found.rules_by} - {""})
    again = found.state in UNUSED and rules.is_applicant(actor, unit=found.unit_id) and found.unit_id == actor.unit
    return RegistrationPage(
        found, editable(found, actor=actor), names.get(found.rules_by, found.rules_by), again, papers.missing(found)
    )


def new_form(kind: str, *, actor: Actor, again: str = "") -> NewRegistration:
    """Return what a new registration of the actor's unit begins from: the earlier one `again`, where one is named.

    Raises NoSuchRegistration where that is another unit's or of another kind.
    """
    former = registration(again, actor=actor) if again else None
    if former is not None and (former.unit_id, former.kind) != (actor.unit, kind):
        raise rules.NoSuchRegistration(no=again)
    return NewRegistration(rules.is_applicant(actor, unit=actor.unit), former, departments(actor.unit))


def form(no: str, *, actor: Actor) -> RegistrationForm:
    """Return a registration as its form begins; raises NoSuchRegistration."""
    found, refusal = registration(no, actor=actor), None
    may = rules.is_applicant(actor, unit=found.unit_id)
    if may and found.state not in REGISTRATION.editable:
        refusal = RegistrationNotEditable(no=no, case_state=REGISTRATION.states[found.state].name)
    at = str(since.point(REGISTRATION.name, no, found))
    return RegistrationForm(found, may, refusal, at, departments(found.unit_id))


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
