"""Reads of organisations and officers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from hutong.control.orgs.models import FailedLogin, Officer, Organisation, SecondFactor
from hutong.control.orgs.rules import Actor, Tries
from hutong.control.rulebook import queries as rulebook
from hutong.core import beijing
from hutong.core.errors import Missing


class NoSuchOfficer(Missing):
    """There is no active officer {username}."""


class NoSuchOrganisation(Missing):
    """There is no organisation {org}."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation as a page shows it."""

    credit_code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What is registered of a unit and may change; whether it is `active` is not changed with the rest."""

    name: str
    kind: str
    region_code: str
    competent: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What is registered of an officer."""

    name: str
    org: str
    roles: frozenset[str]
    active: bool


@dataclass(frozen=True, slots=True)
class Factor:
    """An officer's second factor: since when, and how many recovery codes are left."""

    set_at: datetime
    recovery_left: int


def actor(username: str) -> Actor:
    """Return who `username` is; raises NoSuchOfficer."""
    found = (
        Officer.objects.select_related("org", "user")
        .filter(user__username=username, active=True, user__is_active=True, org__active=True)
        .first()
    )
    if found is None:
        raise NoSuchOfficer(username=username)
    return Actor(username, found.name, found.org_id, found.org.name, frozenset(found.roles))


def holders(role: str, *, org: str) -> dict[str, str]:
    """Return the names of a unit's active officers with `role`, by username."""
    found = Officer.objects.select_related("user").filter(
        org_id=org, roles__contains=[role], active=True, user__is_active=True
    )
    return {officer.user.username: officer.name for officer in found.order_by("user__username")}


def registered(credit_code: str) -> Registered | None:
    """Return a unit as registered, active or not; None where there is none."""
    row = Organisation.objects.filter(pk=credit_code).first()
    return row and Registered(row.name, row.kind, row.region_code, row.competent_id, row.active)


def code_of(org: str) -> str:
    """Return the credit code of the unit that `org` is the code or the name of; raises NoSuchOrganisation."""
    found = Organisation.objects.filter(Q(pk=org) | Q(name=org)).first()
    if found is None:
        raise NoSuchOrganisation(org=org)
    return found.pk


def account(username: str) -> Account | None:
    """Return an officer's account, active or not; None where there is none."""
    row = Officer.objects.filter(user__username=username).first()
    return row and Account(row.name, row.org_id, frozenset(row.roles), row.active)


def factor(username: str) -> Factor | None:
    """Return an officer's second factor; None where there is none."""
    row = SecondFactor.objects.filter(officer__user__username=username).first()
    return row and Factor(row.set_at, len(row.recovery))


def units() -> list[Unit]:
    """Return every active organisation by name."""
    rows = Organisation.objects.filter(active=True).order_by("name")
    return [Unit(row.credit_code, row.name, row.kind) for row in rows]


def names() -> dict[str, str]:
    """Return the name of each organisation by credit code."""
    return dict(Organisation.objects.values_list("credit_code", "name"))


def tries(now: datetime) -> Tries:
    """Return how many failures shut the door, by the rulebook in force."""
    book = rulebook.in_force(beijing.day(now))
    return Tries(
        book.number("login.attempts"),
        book.number("login.source_attempts"),
        book.number("login.codes"),
        timedelta(minutes=book.number("login.within_minutes")),
    )


def recovery_codes(now: datetime) -> int:
    """Return how many recovery codes an account is given, by the rulebook in force."""
    return rulebook.in_force(beijing.day(now)).number("login.recovery_codes")


def failures(*, username: str, source: str, now: datetime, within: timedelta) -> tuple[int, int]:
    """Return how many logins failed `within` that time from this source: of this account, and of any."""
    lately = FailedLogin.objects.filter(source=source, at__gt=now - within)
    return lately.filter(username=username[:150]).count(), lately.count()
