"""Logins: who comes in by account and password, how often they may try, and what is entered of it.

Every door at which an officer gives a password asks here, so that it is judged and remembered once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import auth
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import connection, transaction
from django.db.models import Count, Max, QuerySet
from django.utils.crypto import salted_hmac

from hutong.audit import refusals
from hutong.control.recording import record
from hutong.control.units import queries, rules, sessions
from hutong.control.units.models import FailedLogin, Officer, SecondFactor, UsedPlace
from hutong.control.units.queries import Factor
from hutong.control.units.rules import Actor, Failures
from hutong.core import network
from hutong.core.errors import Refused, Unidentified
from hutong.db import database, locks

DAY = timedelta(days=1)
"""For how long a failure counts among those of strangers."""
PLACE_DAYS = timedelta(days=180)
"""For how long a place is known at which an account was used."""
NOBODY = 4096
"""Accounts that are not there are counted in so many piles a place: what was typed is kept nowhere."""


class LoginRefused(Unidentified):
    """Account or password is wrong."""


class FactorNeeded(Refused):
    """The account {username} has a role that may do nothing without a second factor, and has none."""

    clause = "SX-11-a"


class PasswordGivenOut(Refused):
    """The password of {username} was made by another and given out; it is changed before anything else is done."""

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
    *,
    username: str,
    password: str,
    source: str,
    now: datetime,
    factor_roles: Collection[str] = (),
    device: str = "",
) -> Login:
    """Judge an account and a password given at a door, and enter the login, or that it failed (SX-11-a).

    A login that stays halfway is entered by `factors.login`, once a right code is shown. Holders of `factor_roles` come
    no further without a second factor; a door where they may set one names none. A `device` that the account is known
    to have been used on has attempts of its own, which nobody else's failures slow down. Raises LoginBlocked,
    LoginRefused, also for who was stopped, and FactorNeeded.
    """
    claim_attempt(username=username, source=source, device=device, now=now)
    user = auth.authenticate(username=username, password=password)
    if user is None:
        note_failure(username=username, source=source, reason=LoginRefused.code, now=now)
        raise LoginRefused
    try:
        actor = queries.actor(username, now=now)
    except queries.NoSuchOfficer as refusal:
        note_failure(username=username, source=source, reason=refusal.code, now=now)
        raise LoginRefused from None  # as for a wrong password: nobody learns by it that this one is right
    if queries.factor(username) is not None:
        return Login(actor, user, halfway=True)
    if rules.must_set_factor(actor, roles=factor_roles):
        note_failure(username=username, source=source, reason=FactorNeeded.code, now=now)
        raise FactorNeeded(username=username)
    note_login(username=username, unit=actor.unit, source=source, device=device, now=now)
    return Login(actor, user, halfway=False)


def prove_password(*, username: str, present: str, source: str, now: datetime) -> None:
    """Check the password once more of an officer who is logged in; raises LoginBlocked and PasswordWrong.

    Trying counts as trying to log in, at a place that only who is inside comes to.
    """
    claim_attempt(username=username, source=source, device=INSIDE, now=now)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or not user.check_password(present):
        note_failure(username=username, source=source, reason=PasswordWrong.code, now=now)
        raise PasswordWrong
    FailedLogin.objects.filter(username=username, source=_place(source, INSIDE)).delete()


def claim_attempt(*, username: str, source: str, now: datetime, device: str = "") -> None:
    """Count a login as failed before its password is looked at; raises LoginBlocked where it comes too soon.

    Claims of one account at one place are made one after another, so that no number at once comes to more than is
    allowed. That pauses have begun is entered, once for as long as they go on. An attempt that comes too soon costs
    nothing and prolongs nothing.
    """
    tries, place, account = queries.tries(now), _place(source, device), _account(username)
    used = UsedPlace.objects.filter(username=account, source=place, at__gt=now - PLACE_DAYS)
    with transaction.atomic():
        with connection.cursor() as cur:
            locks.take(cur, f"hutong.login.{place}.{account}")
        stranger = not device and not used.exists()
        failed = FailedLogin.objects.filter(username=account)
        here = _failures(failed.filter(source=place, at__gt=now - tries.within))
        strangers = _failures(failed.filter(stranger=True, at__gt=now - DAY)) if stranger else None
        cause, left = rules.wait(here, strangers, tries=tries, now=now)
        if not cause:
            FailedLogin.objects.create(username=account, source=place, at=now, stranger=stranger)
        else:
            slowed = failed.filter(source=place) if cause == "account" else failed.filter(stranger=True)
            count = here.count if cause == "account" or strangers is None else strangers.count
            _enter_slowed(slowed, username=username, source=source, shut=cause, failures=count, now=now)
    if cause:
        raise rules.blocked(left)


def claim_place(*, called: str, source: str, now: datetime, method: str) -> int:
    """Count a login that names no account as failed before it is looked into, and return the number to forgive it by.

    `called` is what is tried, and no account's name. Only the place is slowed down. Raises LoginBlocked.
    """
    tries, place = queries.tries(now), _place(source, "")
    with transaction.atomic():
        with connection.cursor() as cur:
            locks.take(cur, f"hutong.login.{place}.{called}")
        failed = FailedLogin.objects.filter(username=called, source=place)
        here = _failures(failed.filter(at__gt=now - tries.within))
        cause, left = rules.wait(here, None, tries=tries, now=now)
        if not cause:
            return int(FailedLogin.objects.create(username=called, source=place, at=now).pk)
        _enter_slowed(
            failed, username=called, source=source, shut=cause, failures=here.count, now=now, method=method
        )
    raise rules.blocked(left)


def forgive(claim: int) -> None:
    """Count a claim of `claim_place` no more: what was tried succeeded, or failed by no fault of who tried."""
    FailedLogin.objects.filter(pk=claim).delete()


INSIDE = "inside"
"""The device of who is logged in and proves the password once more."""


def check_pause(*, username: str, source: str, now: datetime) -> None:
    """Refuse where the next attempt at an account from there has to wait, and count nothing; raises LoginBlocked."""
    tries = queries.tries(now)
    failed = FailedLogin.objects.filter(username=_account(username), source=_place(source, ""))
    _, left = rules.wait(_failures(failed.filter(at__gt=now - tries.within)), None, tries=tries, now=now)
    if left:
        raise rules.blocked(left)


def _place(source: str, device: str) -> str:
    return f"device {device}"[:64] if device else network.subscriber(source)[:64]


def _account(username: str) -> str:
    """Return the account as failures are counted by: one that is not there by a number that tells nothing of it."""
    if User.objects.filter(username=username).exists():
        return username
    digest = salted_hmac("hutong.login", username, algorithm="sha256").digest()
    return f"?{int.from_bytes(digest[:4], 'big') % NOBODY}"


def _failures(found: QuerySet[FailedLogin]) -> Failures:
    counted = found.aggregate(count=Count("pk"), last_at=Max("at"))
    return Failures(counted["count"], counted["last_at"])


def _enter_slowed(
    slowed: QuerySet[FailedLogin], *, username: str, source: str, shut: str, failures: int, now: datetime,
    method: str = "password",
) -> None:  # fmt: skip
    """Enter that pauses have begun, unless that is entered already of a failure that counts still."""
    newest = slowed.order_by("-at", "-id").first()
    since = now - (DAY if shut == "strangers" else queries.tries(now).within)
    if newest is None or slowed.filter(shut=shut, at__gt=since).exists():
        return
    newest.shut = shut
    newest.save(update_fields=["shut"])
    note_blocked(username=username, source=source, shut=shut, failures=failures, now=now, method=method)


def note_blocked(
    *, username: str, source: str, shut: str, failures: int, now: datetime, method: str = "password"
) -> None:
    """Enter, in the caller's transaction, that attempts at an account have to wait after so many failures."""
    known = User.objects.filter(username=username).exists()
    fields = {"officer": username if known else None, "source": source, "method": method}
    record("auth.blocked", {**fields, "shut": shut, "failures": failures}, now=now)


def note_login(
    *, username: str, unit: str, source: str, now: datetime, method: str = "password", device: str = ""
) -> None:
    """Remember a login and its method; earlier failures of the account at that place count no more."""
    place = _place(source, device)
    with transaction.atomic():
        FailedLogin.objects.filter(username=username, source=place).delete()
        UsedPlace.objects.update_or_create(
            username=username, source=network.subscriber(source)[:64], defaults={"at": now}
        )
        fields = {"officer": username, "unit": unit, "source": source, "method": method}
        record("auth.login", fields, now=now, unit=unit)


def note_failure(*, username: str, source: str, reason: str, now: datetime, method: str = "password") -> None:
    """Enter a login that failed, whose attempt was claimed; of many from one source the number.

    What was typed for an account that is not there may be a password, and is not entered.
    """
    known = User.objects.filter(username=username).exists()
    fields = {"officer": username if known else None, "source": source, "method": method, "reason": reason}
    with transaction.atomic(), database.joined(connection) as cur:
        refusals.enter(cur, "auth.failed", fields, unit=None, now=now)


def forget_past(*, now: datetime) -> int:
    """Drop the failed logins that count no more, and return how many; what was entered of them stays in the log."""
    gone, _ = FailedLogin.objects.filter(at__lte=now - max(queries.tries(now).within, DAY)).delete()
    places, _ = UsedPlace.objects.filter(at__lte=now - PLACE_DAYS).delete()
    return gone + places


def unlock(*, username: str, now: datetime, by: str) -> None:
    """Let an account try to log in again at once: its failures and wrong codes count no more."""
    with transaction.atomic():
        FailedLogin.objects.filter(username=username).delete()
        SecondFactor.objects.filter(officer__user__username=username).update(wrong=0, wrong_at=None)
        unit = Officer.objects.filter(user__username=username).values_list("unit_id", flat=True).first()
        record("auth.changed", {"officer": username, "change": "unlocked", "by": by}, now=now, unit=unit)


def note_logout(*, username: str, unit: str | None, now: datetime, session: str = "") -> None:
    """Remember that someone left; the login of that number stands no more."""
    with transaction.atomic():
        sessions.leave(session, now=now)
        record("auth.logout", {"officer": username, "unit": unit}, now=now, unit=unit)
