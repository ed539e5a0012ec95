"""Logins: who comes in by account and password, how often they may try, and what is entered of it.

Every door at which an officer gives a password asks here, so that it is judged and remembered once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib import auth
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import connection, transaction

from hutong.control.orgs import queries, rules
from hutong.control.orgs.models import FailedLogin, Officer, SecondFactor
from hutong.control.orgs.queries import Factor
from hutong.control.orgs.rules import Actor
from hutong.control.recording import record
from hutong.core.errors import Refused, Unidentified
from hutong.db import locks


class LoginRefused(Unidentified):
    """Account or password is wrong."""


class FactorNeeded(Refused):
    """The account {username} has a role that may do nothing without a second factor, and has none."""

    clause = "SX-11-a"


class PasswordWrong(Refused):
    """The present password is not the one typed."""


@dataclass(frozen=True, slots=True)
class Login:
    """Whose password was right; `halfway` while the code of their second factor is still to be shown."""

    actor: Actor
    user: AbstractBaseUser
    halfway: bool


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who asks for a page: an officer, the second factor, and whether nothing may be done before one is set."""

    actor: Actor
    factor: Factor | None
    must_set_factor: bool


def entrant(username: str, *, now: datetime, factor_roles: Collection[str] = ()) -> Entrant:
    """Return who an account is; holders of `factor_roles` do nothing without a second factor (SX-11-a).

    Raises NoSuchOfficer, also for who was stopped.
    """
    actor, factor = queries.actor(username, now=now), queries.factor(username)
    return Entrant(actor, factor, factor is None and rules.must_set_factor(actor, roles=factor_roles))


def enter(
    *, username: str, password: str, source: str, now: datetime, factor_roles: Collection[str] = ()
) -> Login:
    """Judge an account and a password given at a door, and enter the login, or that it failed (SX-11-a).

    A login that stays halfway is entered by `factors.login`, once a right code is shown. Holders of `factor_roles` come
    no further without a second factor; a door where they may set one names none. Raises LoginBlocked, LoginRefused,
    NoSuchOfficer and FactorNeeded.
    """
    claim_attempt(username=username, source=source, now=now)
    user = auth.authenticate(username=username, password=password)
    if user is None:
        note_failure(username=username, source=source, reason=LoginRefused.code, now=now)
        raise LoginRefused
    try:
        actor = queries.actor(username, now=now)
    except queries.NoSuchOfficer as refusal:
        note_failure(username=username, source=source, reason=refusal.code, now=now)
        raise
    if queries.factor(username) is not None:
        return Login(actor, user, halfway=True)
    if rules.must_set_factor(actor, roles=factor_roles):
        note_failure(username=username, source=source, reason=FactorNeeded.code, now=now)
        raise FactorNeeded(username=username)
    note_login(username=username, org=actor.org, source=source, now=now)
    return Login(actor, user, halfway=False)


def prove_password(*, username: str, present: str, source: str, now: datetime) -> None:
    """Check the password once more of an officer who is logged in; raises LoginBlocked and PasswordWrong.

    Trying counts as trying to log in.
    """
    claim_attempt(username=username, source=source, now=now)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or not user.check_password(present):
        note_failure(username=username, source=source, reason=PasswordWrong.code, now=now)
        raise PasswordWrong
    FailedLogin.objects.filter(username=username, source=source).delete()


def claim_attempt(*, username: str, source: str, now: datetime) -> None:
    """Count a login as failed before its password is looked at; raises LoginBlocked where there were too many.

    Claims from one source are made one after another, so that no number at once comes to more than is allowed. That the
    door is shut is entered, once for as long as it stays so.
    """
    tries = queries.tries(now)
    with transaction.atomic():
        with connection.cursor() as cur:
            locks.take(cur, f"hutong.login.{source}")
        of_account, from_source = queries.failures(username=username, source=source, now=now, within=tries.within)
        shut = rules.shut(of_account, from_source=from_source, tries=tries)
        if shut is None:
            FailedLogin.objects.create(username=username[:150], source=source, at=now)
        else:
            counted = from_source if shut == "source" else of_account
            _enter_shut(username=username[:150], source=source, shut=shut, failures=counted, now=now)
    if shut is not None:
        raise rules.blocked(tries)


def _enter_shut(*, username: str, source: str, shut: str, failures: int, now: datetime) -> None:
    """Enter what the newest failure shut, unless that is entered already: a shut door lets no further failure come."""
    failed = FailedLogin.objects.filter(source=source).order_by("-at", "-id")
    newest = failed.first() if shut == "source" else failed.filter(username=username).first()
    if newest is None or newest.shut == shut:
        return
    newest.shut = shut
    newest.save(update_fields=["shut"])
    note_blocked(username=username, source=source, shut=shut, failures=failures, now=now)


def note_blocked(
    *, username: str, source: str, shut: str, failures: int, now: datetime, method: str = "password"
) -> None:
    """Enter, in the caller's transaction, that the door is shut to an account or a source after so many failures."""
    known = shut == "account" and User.objects.filter(username=username).exists()
    fields = {"officer": username if known else None, "source": source, "method": method}
    record("auth.blocked", {**fields, "shut": shut, "failures": failures}, now=now)


def note_login(*, username: str, org: str, source: str, now: datetime, method: str = "password") -> None:
    """Remember a login and its method; earlier failures of the account from that source count no more."""
    with transaction.atomic():
        FailedLogin.objects.filter(username=username, source=source).delete()
        fields = {"officer": username, "org": org, "source": source, "method": method}
        record("auth.login", fields, now=now, org=org)


def note_failure(*, username: str, source: str, reason: str, now: datetime, method: str = "password") -> None:
    """Enter a login that failed, whose attempt was claimed; `username` is as typed, cut to 150 characters."""
    with transaction.atomic():
        fields = {"officer": username[:150], "source": source, "method": method, "reason": reason}
        record("auth.failed", fields, now=now)


def forget_past(*, now: datetime) -> int:
    """Drop the failed logins that count no more, and return how many; what was entered of them stays in the log."""
    gone, _ = FailedLogin.objects.filter(at__lte=now - queries.tries(now).within).delete()
    return gone


def unlock(*, username: str, now: datetime, by: str) -> None:
    """Let an account try to log in again at once: its failures and wrong codes count no more."""
    with transaction.atomic():
        FailedLogin.objects.filter(username=username).delete()
        SecondFactor.objects.filter(officer__user__username=username).update(wrong=0, wrong_at=None)
        org = Officer.objects.filter(user__username=username).values_list("org_id", flat=True).first()
        record("auth.changed", {"officer": username, "change": "unlocked", "by": by}, now=now, org=org)


def note_logout(*, username: str, org: str | None, now: datetime) -> None:
    """Remember that someone left."""
    with transaction.atomic():
        record("auth.logout", {"officer": username, "org": org}, now=now, org=org)
