"""Reads of registrations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from hutong.control.orgs import queries as orgs
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import handling
from hutong.control.procedures.queries import COUNTED, PAGE, waits_at
from hutong.control.registration import rules
from hutong.control.registration.lifecycle import REGISTRATION, UNUSED
from hutong.control.registration.models import Registration


@dataclass(frozen=True, slots=True)
class Asked:
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
    if waits_at(REGISTRATION.name, found.no, orgs.headed(actor)):
        return True
    return handling.consulted(REGISTRATION.name, found.no, unit=actor.org)


def standing(kind: str, code: str, *, unit: str) -> Registration | None:
    """Return the registration of what has this code: the one that is under way, or was ever registered.

    Of persons and devices the unit's own: another's may be called so too.
    """
    found = Registration.objects.exclude(state__in=UNUSED).filter(kind=kind, code=code)
    return (found if kind == "system" else found.filter(unit=unit)).first()


def visible(
    actor: Actor, asked: Asked, *, before: tuple[datetime, int] | None = None, limit: int = PAGE
) -> list[Registration]:
    """Return a page of the registrations the actor may read, the newest first.

    Each of the words begins the number, or occurs in the code, the name or the unit's name. `before` is where the page
    before ended: `entered_at` and id of its last row.
    """
    found = _fitting(actor, asked)
    if before is not None:
        later = Q(entered_at__lt=before[0]) | Q(entered_at=before[0], id__lt=before[1])
        found = found.filter(later, entered_at__lte=before[0])
    return list(found.select_related("unit").order_by("-entered_at", "-id")[:limit])


def every(actor: Actor, asked: Asked) -> Iterator[Registration]:
    """Yield all registrations that fit, the newest first, as a file of them lists them."""
    return _fitting(actor, asked).select_related("unit").order_by("-entered_at", "-id").iterator(chunk_size=1000)


def counted(actor: Actor, asked: Asked) -> int:
    """Return how many registrations fit, on all pages; exact up to COUNTED."""
    return _fitting(actor, asked)[: COUNTED + 1].count()


def _fitting(actor: Actor, asked: Asked) -> QuerySet[Registration]:
    theirs = [actor.org, *orgs.of_regions(actor)]
    found = Registration.objects.all() if actor.everywhere else Registration.objects.filter(unit_id__in=theirs)
    for word in asked.words.split():
        found = found.filter(
            Q(no__startswith=word.upper())
            | Q(code__icontains=word)
            | Q(name__icontains=word)
            | Q(unit__name__icontains=word)
        )
    narrowed = {name: value for name, value in (("kind", asked.kind), ("state", asked.state)) if value}
    return found.filter(**narrowed)


def editable(registration: Registration, *, actor: Actor) -> bool:
    """Whether the actor may change what it says now."""
    return registration.state in REGISTRATION.editable and rules.is_applicant(actor, unit=registration.unit_id)
