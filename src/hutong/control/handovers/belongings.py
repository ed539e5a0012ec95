"""What is open in an officer's name at a unit: whatever a hand-over passes on, and who there may have it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from hutong.control.notices import queries as notices
from hutong.control.procedures.models import Turn
from hutong.control.procedures.procedure import Procedure, installed
from hutong.control.units import queries as members
from hutong.control.units.models import Deputy, Officer
from hutong.control.units.rules import apart
from hutong.core.lifecycle import Seat

FIELD = "to|"
"""How the name of the field begins that says to whom a part goes."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """One thing that is open in an officer's name: a case, a draft, a role nobody else has, a deputyship, the contact.

    `able` are the accounts of the unit that may have it.
    """

    kind: str
    able: frozenset[str]
    role: str
    unit: str
    """At which desk it waits, or which role in which unit it is."""
    lifecycle: str = ""
    case: str = ""
    title: str = ""
    state: str = ""
    late_at: datetime | None = None
    number: int = 0
    """Of a deputyship."""
    desks: frozenset[Seat] = frozenset()
    """At which desks the case is the officer's."""

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.kind}|{self.lifecycle or self.role}|{self.case or self.unit}"


def colleagues(officer: Officer, *, unit: str) -> dict[str, str]:
    """Return who of a unit may be handed something: the names of its other active officers, by account."""
    rows = members.colleagues(unit).exclude(pk=officer.pk).order_by("name", "pk")
    return dict(rows.values_list("user__username", "name"))


def of(officer: Officer, *, unit: str, now: datetime) -> list[Belonging]:
    """Return what is open in an officer's name at a unit: roles first, then what has a day, the earliest first.

    A bounded number of statements for each procedure, however many cases there are.
    """
    others = frozenset(colleagues(officer, unit=unit))
    roles = list(_roles(officer, unit=unit, others=others, now=now))
    may_get = {Seat(each.role, each.unit): each.able for each in roles}
    account = officer.user.username
    has = Turn.objects.filter(handler=account, unit__in=("", unit))
    found = [*_cases(has, "case", others=others, may_get=may_get)]
    known = {(each.lifecycle, each.case) for each in found}
    for procedure in installed().values():
        for each in _cases(_drafts(procedure, account, unit=unit), "draft", others=others, may_get=may_get):
            if (each.lifecycle, each.case) not in known:
                found.append(each)
    found.sort(key=lambda each: (each.late_at is None, each.late_at or now, each.lifecycle, each.case))
    return [*roles, *_deputies(officer, others=others), *_contact(officer, unit=unit, others=others), *found]


def _cases(
    rows: Collection[Turn], kind: str, *, others: frozenset[str], may_get: Mapping[Seat, frozenset[str]]
) -> Iterator[Belonging]:
    """Yield each case of these turns once, with who sits at one of its desks and has something to do there."""
    rows = sorted(rows, key=lambda row: (row.lifecycle, row.case, not row.leads, row.pk))
    staff = members.staff({Seat(row.role, row.unit) for row in rows})
    by_case: dict[tuple[str, str], list[Turn]] = {}
    for row in rows:
        by_case.setdefault((row.lifecycle, row.case), []).append(row)
    for (lifecycle, case), turns in by_case.items():
        able: set[str] = set()
        for row in turns:
            desk = Seat(row.role, row.unit)
            able |= (staff[desk] | may_get.get(desk, frozenset())) - set(row.away)
        first = turns[0]
        yield Belonging(
            kind, others & able, first.role, first.unit, lifecycle, case, first.title, first.state, first.late_at,
            desks=frozenset(Seat(row.role, row.unit) for row in turns),
        )  # fmt: skip


def _drafts(procedure: Procedure, account: str, *, unit: str) -> Collection[Turn]:
    """Return the turns of what an officer wrote and has not handed in, or has back to be corrected, and nobody has."""
    life = procedure.life
    if not any(field.name == "written_by" for field in procedure.model._meta.get_fields()):
        return []
    begins = {move.action for move in life.moves if move.before == life.start and not move.optional}
    states = {move.before for move in life.moves if move.action in begins}
    written = procedure.model._default_manager.filter(state__in=states, written_by__contains=[account])
    numbers = written.values_list(procedure.number, flat=True)
    waits = Turn.objects.filter(lifecycle=life.name, case__in=numbers, action__in=begins)
    return waits.filter(Q(handler="") | Q(handler=account), unit=unit)


def _roles(officer: Officer, *, unit: str, others: frozenset[str], now: datetime) -> Iterator[Belonging]:
    """Yield the roles that count now and that nobody else of the unit has: without a successor its desk is empty."""
    mine = officer.assignments.filter(members.counts(now), unit=unit).order_by("role").values_list("role", flat=True)
    for role in list(mine):
        staff = members.staff({Seat(role, unit)}, now=now)[Seat(role, unit)]
        if staff - {officer.user.username}:
            continue
        yield Belonging("role", _going_with(role, others=others, now=now), role, unit)


def _going_with(role: str, *, others: Collection[str], now: datetime) -> frozenset[str]:
    """Return which of these officers have no role that one person may not have beside `role` (SX-11-a)."""
    rows = Officer.objects.filter(user__username__in=list(others))
    rows = rows.annotate(roles=members.roles_of("pk", members.counts(now)))
    found = rows.values_list("user__username", "roles")
    return frozenset(account for account, roles in found if not apart([*roles, role]))


def _deputies(officer: Officer, *, others: frozenset[str]) -> Iterator[Belonging]:
    rows = Deputy.objects.filter(officer=officer, ended_at__isnull=True).select_related("unit").order_by("pk")
    for row in rows:
        yield Belonging("deputy", others, row.role, row.unit_id, title=row.unit.name, number=row.pk)


def _contact(officer: Officer, *, unit: str, others: frozenset[str]) -> Iterator[Belonging]:
    named = notices.named(unit)
    if named is not None and named.officer_id == officer.pk:
        yield Belonging("contact", others, "", unit, title=named.no)
