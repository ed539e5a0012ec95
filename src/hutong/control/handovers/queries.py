"""Reads of hand-overs, and of what is open in an officer's name."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from hutong.control.handovers import belongings, rules
from hutong.control.handovers.belongings import Belonging
from hutong.control.handovers.lifecycle import HANDOVER
from hutong.control.handovers.models import Handover, HandoverPart
from hutong.control.procedures import handling
from hutong.control.procedures.queries import PAGE, in_order, waits_at, worded
from hutong.control.units import queries as members
from hutong.control.units.models import Officer
from hutong.control.units.queries import NoSuchOfficer
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.counting import COUNTED

SHOWN = 200
"""So many things that are open a page shows one by one; all of them are handed over."""


@dataclass(frozen=True, slots=True)
class HandoverFilters:
    """What a list is narrowed to; empty where all is listed."""

    words: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What is open in an officer's name, and who of the unit there is to hand it to."""

    officer: str
    name: str
    colleagues: dict[str, str]
    """Accounts and names, by name."""
    belongings: list[Belonging]
    """At most SHOWN of them."""
    many: int
    """How many there are."""
    able: dict[str, int]
    """How many of them each of the colleagues may have."""


@dataclass(frozen=True, slots=True)
class NewHandover:
    """What the form of a hand-over begins from: whose work can be handed over, and the work of who was chosen."""

    choices: tuple[tuple[str, str], ...]
    work: OpenWork | None


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """A hand-over with its parts: those that were handed over or stayed; before its day what is open now."""

    handover: Handover
    parts: list[HandoverPart]
    open: list[Belonging]
    many: int
    told_by_name: str


def officer(username: str, *, actor: Actor) -> Officer:
    """Return an officer whose open work the actor hands over; raises NoSuchOfficer and NotYoursToHandOver."""
    found = Officer.objects.select_related("user").filter(user__username=username, unit=actor.unit).first()
    if found is None:
        raise NoSuchOfficer(username=username)
    if not rules.may(actor, unit=found.unit_id, officer=username):
        raise rules.NotYoursToHandOver(officer=found.name)
    return found


def choosable(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Return whose work the actor hands over: accounts and names of the unit's officers, or the own alone."""
    if not rules.arranges(actor, unit=actor.unit):
        return ((actor.officer, actor.name),)
    rows = Officer.objects.filter(unit=actor.unit).order_by("name", "pk")
    return tuple(rows.values_list("user__username", "name"))


def open_work(username: str, *, actor: Actor, now: datetime) -> OpenWork:
    """Return what is open in an officer's name; raises NoSuchOfficer and NotYoursToHandOver."""
    found = officer(username, actor=actor)
    there = belongings.of(found, unit=found.unit_id, now=now)
    others = belongings.colleagues(found, unit=found.unit_id)
    able = {account: sum(account in each.able for each in there) for account in others}
    return OpenWork(username, found.name, others, there[:SHOWN], len(there), able)


def new_form(username: str, *, actor: Actor, now: datetime) -> NewHandover:
    """Return what a hand-over of an officer's work begins from; of nobody's where several can be chosen and none is.

    Raises NoSuchOfficer and NotYoursToHandOver.
    """
    choices = choosable(actor)
    username = username or (choices[0][0] if len(choices) == 1 else "")
    return NewHandover(choices, open_work(username, actor=actor, now=now) if username else None)


def due(*, now: datetime) -> list[str]:
    """Return the numbers of the hand-overs whose day has come and that have not taken effect, the earliest first."""
    there = Handover.objects.filter(state=HANDOVER.start, effective_date__lte=beijing.day(now))
    return list(there.order_by("effective_date", "id").values_list("no", flat=True))


def handover(no: str, *, actor: Actor) -> Handover:
    """Return one hand-over; raises NoSuchHandover, also where the actor may not see it."""
    found = Handover.objects.select_related("unit", "officer__user", "to__user").filter(no=no).first()
    if found is None or not _reads(found, actor):
        raise rules.NoSuchHandover(no=no)
    return found


def page(no: str, *, actor: Actor, now: datetime) -> HandoverPage:
    """Return one hand-over with its parts, at most SHOWN of them; raises NoSuchHandover."""
    found = handover(no, actor=actor)
    parts = list(found.parts.order_by("pk")[:SHOWN])
    planned = found.state == HANDOVER.start
    there = belongings.of(found.officer, unit=found.unit_id, now=now) if planned else []
    told_by = members.people([found.told_by]).get(found.told_by, found.told_by)
    return HandoverPage(found, parts, there[:SHOWN], len(there) if planned else found.parts.count(), told_by)


def _reads(found: Handover, actor: Actor) -> bool:
    if rules.sees(actor, unit=found.unit_id, region=found.unit.region_code):
        return True
    if waits_at(HANDOVER.name, found.no, members.headed(actor)):
        return True
    return handling.consulted(HANDOVER.name, found.no, actor=actor)


def visible(
    actor: Actor, asked: HandoverFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[Handover]:  # fmt: skip
    """Return a page of the hand-overs the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the name of the unit or of one of the two officers. `after` is
    where the page before ended: `entered_at` and id of its last row.
    """
    found = in_order(_fitting(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("unit", "officer", "to")[:limit])


def counted(actor: Actor, asked: HandoverFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many hand-overs fit, on all pages, counted up to `most`."""
    return _fitting(actor, asked)[:most].count()


def _fitting(actor: Actor, asked: HandoverFilters) -> QuerySet[Handover]:
    found = Handover.objects.filter(members.theirs(actor))
    found = worded(found, asked.words, "unit__name", "officer__name", "to__name")
    return found.filter(state=asked.state) if asked.state else found


def editable(handover: Handover, *, actor: Actor) -> bool:
    """Whether the actor may change what a hand-over says: nobody may, it is taken back and arranged anew."""
    return False
