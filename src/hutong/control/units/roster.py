"""The officers, for those who administer them: the list, and the history of one."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hutong.control.procedures.queries import PAGE
from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import meanwhile, powers, queries, sessions
from hutong.control.units.models import Deputy, Officer, RoleAssignment
from hutong.control.units.queries import NoSuchOfficer, counts
from hutong.control.units.rules import Actor
from hutong.control.units.sessions import StandingLogin
from hutong.core import beijing
from hutong.core.counting import COUNTED

STATES = ("active", "stopped")


@dataclass(frozen=True, slots=True)
class OfficerFilters:
    """The filters of the list; an empty one narrows nothing. Each of `words` occurs in name, account or unit."""

    words: str = ""
    unit: str = ""
    role: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An officer as the list shows one; `roles` count now."""

    username: str
    name: str
    unit: str
    unit_name: str
    roles: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """A unit in which an officer worked, the present one without an end."""

    unit_name: str
    from_at: datetime
    until_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class AssignedRole:
    """A role that an officer has, had or will have: `state` is counts, to_come or ended."""

    role: str
    unit_name: str
    from_date: date
    until_date: date | None
    state: str
    given_by: str
    ended_at: datetime | None
    ended_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What an officer filled in for: an empty unit is the office of the role."""

    role: str
    unit_name: str
    from_at: datetime
    until_date: date
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class OfficerHistory:
    """What is known of an officer, the newest first."""

    listed: Listed
    factor: bool
    postings: tuple[Posted, ...]
    assigned: tuple[AssignedRole, ...]
    deputies: tuple[FilledIn, ...]
    logins: tuple[StandingLogin, ...]
    """Those that stand, the latest used first."""


@dataclass(frozen=True, slots=True)
class OfficerPage:
    """An officer as an administrator reads of one, and what that one may do about the account."""

    history: OfficerHistory
    acts: list[str]
    """Of `powers.DONE_BY`."""
    gives: list[str]
    """The roles that the reader gives there and takes."""
    at: str
    """The state in which the officer is shown."""


def officer(username: str, *, actor: Actor, now: datetime) -> OfficerPage:
    """Return an officer whom the actor sees; raises NotYourRole, and NoSuchOfficer."""
    found = known(username, unit=powers.seen(actor), now=now)
    unit = found.listed.unit
    return OfficerPage(
        found,
        acts=powers.acts(unit=unit, officer=username, actor=actor, roles=open_roles(username)),
        gives=powers.gives(unit=unit, officer=username, actor=actor),
        at=meanwhile.shown(state_of(username), now=now),
    )


def unit_of(username: str) -> str:
    """Return the unit of an officer; raises NoSuchOfficer."""
    unit = Officer.objects.filter(user__username=username).values_list("unit_id", flat=True).first()
    if unit is None:
        raise NoSuchOfficer(username=username)
    return str(unit)


def open_roles(username: str) -> frozenset[str]:
    """Return the roles of an officer that were not ended, those included whose first day is still to come."""
    rows = RoleAssignment.objects.filter(officer__user__username=username, ended_at__isnull=True)
    return frozenset(rows.values_list("role", flat=True))


def state_of(username: str) -> dict[str, object]:
    """Return the state of an officer as the page shows it, without where the officer is logged in."""
    row = Officer.objects.select_related("user").get(user__username=username)
    roles = row.assignments.order_by("pk").values_list("pk", "role", "from_date", "until_date", "ended_at")
    return {
        "name": row.name, "unit": row.unit_id, "active": row.active, "password": row.user.password,
        "factor": queries.factor(username) is not None, "roles": [list(map(str, role)) for role in roles],
    }  # fmt: skip


def where_to_add(actor: Actor) -> list[tuple[str, str]]:
    """Return the units in which the actor may add officers, by code and name; raises NotYourRole where in none."""
    units = [(unit.credit_code, unit.name) for unit in queries.units()]
    found = [unit for unit in units if "add" in powers.acts(unit=unit[0], officer="", actor=actor)]
    if not found:
        raise NotYourRole(role=", ".join(powers.DONE_BY["add"]), officer=actor.name)
    return found


def page(
    asked: OfficerFilters,
    *,
    now: datetime,
    after: tuple[str, str] | None = None,
    by_name: bool = False,
    limit: int = PAGE,
) -> list[Listed]:
    """Return officers by unit, or by name, and account: those that follow this unit or name and this account."""
    first = "name" if by_name else "unit_id"
    rows = _asked(asked, now=now)
    if after is not None:
        rows = rows.filter(Q(**{f"{first}__gt": after[0]}) | Q(**{first: after[0]}, user__username__gt=after[1]))
    rows = rows.select_related("user", "unit").annotate(roles=queries.roles_of("pk", counts(now)))
    return [_listed(row) for row in rows.order_by(first, "user__username")[:limit]]


def count(asked: OfficerFilters, *, now: datetime, most: int = COUNTED + 1) -> int:
    """Return how many officers the list has, counted up to `most`."""
    return _asked(asked, now=now)[:most].count()


def known(username: str, *, unit: str, now: datetime) -> OfficerHistory:
    """Return what is known of an officer, of one in `unit` where that is not empty; raises NoSuchOfficer."""
    rows = Officer.objects.select_related("user", "unit").annotate(roles=queries.roles_of("pk", counts(now)))
    row = rows.filter(user__username=username, **({"unit": unit} if unit else {})).first()
    if row is None:
        raise NoSuchOfficer(username=username)
    return OfficerHistory(
        _listed(row),
        factor=queries.factor(username) is not None,
        postings=tuple(
            Posted(each.unit.name, each.from_at, each.until_at, each.reason)
            for each in row.postings.select_related("unit").order_by("-from_at", "-pk")
        ),
        assigned=_assigned(row, today=beijing.day(now)),
        deputies=tuple(
            FilledIn(
                each.role, each.unit.name if each.unit else "", each.from_at, each.until_date, each.ended_at,
                each.reason,
            )
            for each in Deputy.objects.filter(officer=row).select_related("unit").order_by("-from_at", "-pk")
        ),
        logins=tuple(sessions.standing(username, now=now)),
    )  # fmt: skip


def _assigned(officer: Officer, *, today: date) -> tuple[AssignedRole, ...]:
    rows = list(officer.assignments.select_related("unit").order_by(F("ended_at").desc(nulls_first=True), "-pk"))
    names = queries.people({by for row in rows for by in (row.given_by, row.ended_by)})
    return tuple(
        AssignedRole(
            row.role, row.unit.name, row.from_date, row.until_date, _state(row, today=today),
            names.get(row.given_by, row.given_by), row.ended_at, names.get(row.ended_by, row.ended_by), row.reason,
        )
        for row in rows
    )  # fmt: skip


def _state(row: RoleAssignment, *, today: date) -> str:
    if row.ended_at is not None or (row.until_date is not None and row.until_date < today):
        return "ended"
    return "counts" if row.from_date <= today else "to_come"


def _listed(row: Officer) -> Listed:
    return Listed(row.user.username, row.name, row.unit_id, row.unit.name, tuple(row.roles), row.active)  # type: ignore[attr-defined]


def _asked(asked: OfficerFilters, *, now: datetime) -> QuerySet[Officer]:
    rows = Officer.objects.all()
    for word in asked.words.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(user__username__icontains=word) | Q(unit__name__icontains=word)
        )
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    if asked.role:
        rows = rows.filter(Exists(RoleAssignment.objects.filter(counts(now), officer=OuterRef("pk"), role=asked.role)))
    if asked.state:
        rows = rows.filter(active=asked.state == "active")
    return rows
