"""Letting in whom an identity service knows: judged like a password, and entered like one (SX-11-a)."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, User

from hutong.control.signon import queries, rules
from hutong.control.signon.models import IdentityService
from hutong.control.units import logins, powers
from hutong.control.units import queries as members
from hutong.control.units.queries import Factor
from hutong.control.units.rules import Actor


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a service says somebody is: subject and `acr` of its token, as they were checked, and what it calls them."""

    subject: str
    acr: str
    called: str


@dataclass(frozen=True, slots=True)
class ServiceLogin:
    """Whose account that is; `halfway` while the code of their second factor is still to be shown."""

    actor: Actor
    user: AbstractBaseUser
    halfway: bool
    method: str
    """As the entry of the login has it."""
    factor: Factor | None
    two_factors: bool
    """Whether the service vouches for two factors."""


def enter(service: IdentityService, known: Vouched, *, source: str, device: str, now: datetime) -> ServiceLogin:
    """Let in the officer whose account is bound to issuer and subject, and enter it; by no name, ever.

    The second factor of the account is asked for still, unless the service's `acr` is listed; and where another bound
    an account of an office or an administrator, so that nobody comes in as one of those alone. Raises NotBound, and
    LoginRefused for who was stopped, as at a wrong password.
    """
    username = queries.bound(service.issuer, known.subject)
    if username is None:
        note_failure(service, source=source, reason=rules.NotBound.code, now=now)
        raise rules.NotBound
    try:
        actor = members.actor(username, now=now)
    except members.NoSuchOfficer as refusal:
        logins.note_failure(username=username, source=source, reason=refusal.code, now=now, method=method(service))
        raise logins.LoginRefused from None
    two_factors = bool(known.acr) and known.acr in service.acr
    if powers.beyond_units(actor.roles) and queries.bound_by(service.issuer, known.subject) != username:
        two_factors = False
    factor = members.factor(username)
    by = f"{method(service)}+acr" if two_factors else method(service)
    halfway = factor is not None and not two_factors
    if not halfway:
        logins.note_login(username=username, unit=actor.unit, source=source, device=device, now=now, method=by)
    user = User.objects.get(username=username)
    return ServiceLogin(actor, user, halfway=halfway, method=by, factor=factor, two_factors=two_factors)


def method(service: IdentityService) -> str:
    """Return what the entry of a login says of how it was."""
    return f"oidc:{service.code}"


def note_failure(service: IdentityService, *, source: str, reason: str, now: datetime) -> None:
    """Enter that somebody was not let in who came from a service: of a flood the number; whom it called is not told."""
    logins.note_failure(username="", source=source, reason=reason, now=now, method=method(service))
