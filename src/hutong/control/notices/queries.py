"""Reads of notices, and who is the contact of a unit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from hutong.control.notices import rules
from hutong.control.notices.lifecycle import CONTACT_CHANGE, LEAD_DAYS
from hutong.control.notices.models import IN_FORCE, ContactChange
from hutong.control.procedures import clocks, handling
from hutong.control.procedures.handling import HEAD
from hutong.control.procedures.models import Clock
from hutong.control.procedures.queries import PAGE, in_order, waits_at, worded
from hutong.control.units import queries as members
from hutong.control.units.models import Unit
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.counting import COUNTED
from hutong.core.lifecycle import Seat
from hutong.core.workdays import Calendar


@dataclass(frozen=True, slots=True)
class NoticeFilters:
    """What a list is narrowed to; empty where all is listed."""

    words: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class UnitContact:
    """Who answers for a unit to the operator: the officer it named, or its head until it names one (SX-12-a)."""

    unit: str
    unit_name: str
    name: str
    """Empty where the unit has neither."""
    phone: str
    since: date | None
    named: bool
    """Whether the unit named this officer; else it is the head."""
    notice: str
    """The notice by which it was named."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """What the form of a notice begins from."""

    may: bool
    """Whether the reader tells for the own unit."""
    present: str
    """The name of the present contact the unit named; empty where it named none."""
    officers: tuple[tuple[str, str], ...]
    """Whom the unit can name: usernames and names of its active officers."""
    days: int
    """So many working days ahead a change is told."""
    earliest: date | None
    """From which day what is told today is in time; None where the calendar does not reach so far."""


@dataclass(frozen=True, slots=True)
class Lead:
    """How far ahead a notice was told, as its clock says."""

    in_time: bool | None = None
    """Whether it was in time; None where nothing had to be told ahead, or no calendar reaches so far yet."""
    latest: date | None = None
    """The last working day on which it was in time."""


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A notice, and how far ahead it was told."""

    notice: ContactChange
    lead: Lead


def leads(numbers: Collection[str], *, life: str = CONTACT_CHANGE.name) -> Mapping[str, Lead]:
    """Return how far ahead each of these notices of a lifecycle was told, by number: one statement."""
    there = Clock.objects.filter(lifecycle=life, case__in=list(numbers), name="lead")
    found = {each.case: Lead({"met": True, "late": False}.get(each.result), each.day) for each in there}
    return {number: found.get(number, Lead()) for number in numbers}


def tells(actor: Actor) -> bool:
    """Whether the actor tells of the own unit's contact."""
    return rules.tells(actor, unit=actor.unit)


def acting(actor: Actor) -> Actor:
    """Return the actor as one who tells for the own unit, where that named this officer as its contact (SX-12-a)."""
    if actor.has_role(rules.TELLING):
        return actor
    found = named(actor.unit)
    is_contact = found is not None and found.officer.user.username == actor.officer
    return replace(actor, roles=actor.roles | {rules.TELLING}) if is_contact else actor


def staff(seats: Collection[Seat], *, now: datetime | None = None) -> dict[Seat, frozenset[str]]:
    """Return who sits at each of these seats, among who tells for a unit its contact.

    The contact may act where the unit's administrator may, and is waited for at no desk: without `now` it is left out.
    """
    found = members.staff(seats, now=now)
    telling = {each.unit: each for each in found if each.role == rules.TELLING}
    if now is not None:
        for unit, notice in _named(telling).items():
            found[telling[unit]] |= {notice.officer.user.username}
    return found


def new_form(*, actor: Actor, now: datetime, calendar: Calendar) -> NewNotice:
    """Return what a notice of the actor's unit begins from; `calendar` holds the packaged years."""
    present = named(actor.unit)
    there = members.colleagues(actor.unit)
    if present is not None:
        there = there.exclude(pk=present.officer_id)
    officers = tuple(there.order_by("name", "pk").values_list("user__username", "name"))
    region = region_of(actor.unit)
    days, earliest = clocks.told_ahead(LEAD_DAYS, region=region, today=beijing.day(now), calendar=calendar)
    return NewNotice(tells(actor), present.officer.name if present else "", officers, days, earliest)


def region_of(unit: str) -> str:
    """Return the region of a registered unit; empty where it has none."""
    return str(Unit.objects.values_list("region_code", flat=True).get(pk=unit))


def named(unit: str) -> ContactChange | None:
    """Return the notice by which a unit's present contact was named; None where that officer acts there no more."""
    return _named([unit]).get(unit)


def contact(unit: str, *, now: datetime) -> UnitContact:
    """Return who is the contact of a registered unit now (SX-12-a)."""
    (found,) = _contacts([Unit.objects.get(pk=unit)], now=now)
    return found


def contacts(
    actor: Actor, *, words: str = "", after: tuple[str, str] | None = None, limit: int = PAGE, now: datetime
) -> list[UnitContact]:
    """Return the contacts of the active units the actor may read, by the units' names; three statements.

    Each of the words occurs in the unit's name. `after` is name and code of the last unit of the page before.
    """
    found = _units(actor, words)
    if after is not None:
        found = found.filter(Q(name__gt=after[0]) | Q(name=after[0], credit_code__gt=after[1]))
    return _contacts(list(found.order_by("name", "credit_code")[:limit]), now=now)


def contacts_counted(actor: Actor, *, words: str = "", most: int = COUNTED + 1) -> int:
    """Return how many units fit, on all pages, counted up to `most`."""
    return _units(actor, words)[:most].count()


def _units(actor: Actor, words: str) -> QuerySet[Unit]:
    found = Unit.objects.filter(members.theirs(actor, "credit_code"), active=True)
    for word in words.split():
        found = found.filter(name__icontains=word)
    return found


def _contacts(units: Sequence[Unit], *, now: datetime) -> list[UnitContact]:
    codes = [each.pk for each in units]
    notices = _named(codes)
    without = [each for each in codes if each not in notices]
    heads = members.officers_by_unit(HEAD, units=without, now=now)
    return [
        _by_notice(each, notices[each.pk]) if each.pk in notices else _by_head(each, heads.get(each.pk, []))
        for each in units
    ]


def _named(units: Collection[str]) -> dict[str, ContactChange]:
    """Return by which notice the present contact of each of these units was named: the last in effect, if it acts.

    What is told too late may name a day that is over, and still is what the unit said last.
    """
    there = ContactChange.objects.filter(unit__in=list(units), state__in=IN_FORCE).select_related("officer__user")
    last = there.order_by("unit", "-entered_at", "-id").distinct("unit")
    return {each.unit_id: each for each in last if _acts(each)}


def _by_notice(unit: Unit, notice: ContactChange) -> UnitContact:
    name, since = notice.officer.name, notice.effective_date
    return UnitContact(unit.pk, unit.name, name, notice.phone, since, True, notice.no)


def _by_head(unit: Unit, heads: Sequence[str]) -> UnitContact:
    return UnitContact(unit.pk, unit.name, "、".join(heads), "", None, False, "")


def _acts(found: ContactChange) -> bool:
    return found.officer.active and found.officer.unit_id == found.unit_id


def due(*, now: datetime) -> list[str]:
    """Return the numbers of the notices whose day has come and that have not come into effect, the earliest first."""
    there = ContactChange.objects.filter(state=CONTACT_CHANGE.start, effective_date__lte=beijing.day(now))
    return list(there.order_by("effective_date", "id").values_list("no", flat=True))


def notice(no: str, *, actor: Actor) -> ContactChange:
    """Return one notice; raises NoSuchNotice, also where the actor may not see it."""
    found = ContactChange.objects.select_related("unit", "officer", "former").filter(no=no).first()
    if found is None or not _reads(found, actor):
        raise rules.NoSuchNotice(no=no)
    return found


def page(no: str, *, actor: Actor) -> NoticePage:
    """Return one notice with what its page says besides; raises NoSuchNotice."""
    return NoticePage(notice(no, actor=actor), leads([no])[no])


def _reads(found: ContactChange, actor: Actor) -> bool:
    if rules.sees(actor, unit=found.unit_id, region=found.unit.region_code):
        return True
    if waits_at(CONTACT_CHANGE.name, found.no, members.headed(actor)):
        return True
    return handling.consulted(CONTACT_CHANGE.name, found.no, actor=actor)


def visible(
    actor: Actor, asked: NoticeFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[ContactChange]:  # fmt: skip
    """Return a page of the notices the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the name of the unit or of the contact. `after` is where the page
    before ended: `entered_at` and id of its last row.
    """
    found = in_order(_fitting(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("unit", "officer")[:limit])


def counted(actor: Actor, asked: NoticeFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many notices fit, on all pages, counted up to `most`."""
    return _fitting(actor, asked)[:most].count()


def _fitting(actor: Actor, asked: NoticeFilters) -> QuerySet[ContactChange]:
    found = worded(ContactChange.objects.filter(members.theirs(actor)), asked.words, "unit__name", "officer__name")
    return found.filter(state=asked.state) if asked.state else found


def editable(notice: ContactChange, *, actor: Actor) -> bool:
    """Whether the actor may change what a notice says: nobody may, it is taken back and told anew."""
    return False
