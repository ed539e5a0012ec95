"""Second factors: codes by the clock (RFC 6238) with recovery codes, set, shown and removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from hutong.control.recording import record
from hutong.control.units import ended_tokens, logins, operations, queries, rules
from hutong.control.units.models import Officer, SecondFactor
from hutong.core import passwords, totp
from hutong.core.errors import Conflicting, Missing, Unidentified
from hutong.plane.keys import Keyring

_USE = "second-factor"


class CodeWrong(Unidentified):
    """The code is wrong, used already or no longer valid."""


class FactorThere(Conflicting):
    """The account {username} has a second factor already."""


class FactorMissing(Missing):
    """The account {username} has no second factor."""


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code as an officer showed it."""

    username: str
    code: str = field(repr=False)
    source: str
    keyring: Keyring
    at: datetime
    """The moment by the clock that telephones keep, also where the platform has another."""
    now: datetime
    device: str = ""
    """The device known, on which the account was used before."""


def put(shown: ShownCode, *, present: str, secret: bytes) -> list[str]:
    """Give an officer who knows the present password a second factor, and return recovery codes, kept nowhere else.

    The code shows that the officer's app has the secret; the factor is set at `shown.now`. Raises LoginBlocked,
    PasswordWrong, CodeWrong, FactorThere and NoSuchOfficer.
    """
    username, now = shown.username, shown.now
    logins.prove_password(username=username, present=present, source=shown.source, now=now)
    period = totp.period(passwords.typed(shown.code), secret=secret, at=shown.at)
    if period is None:
        raise CodeWrong
    kept, (codes, digests) = shown.keyring.lock(secret, use=_USE, place=username), _new_codes(now)
    with transaction.atomic():
        officer = operations.locked(username)
        if SecondFactor.objects.filter(officer=officer).exists():
            raise FactorThere(username=username)
        SecondFactor.objects.create(officer=officer, secret=kept, period=period, recovery=digests, set_at=now)
        _enter(officer, "second_factor_set", now=now, by=username)
    return codes


def login(shown: ShownCode, *, unit: str, after: str = "password") -> None:
    """Let in an officer whose password was right, by a code; `after` is what was right, where it was something else.

    Raises CodesBlocked, FactorMissing and CodeWrong.
    """
    with _right(shown) as (_, method):
        given = {"username": shown.username, "source": shown.source, "device": shown.device}
        logins.note_login(**given, unit=unit, now=shown.now, method=f"{after}+{method}")


def enter(shown: ShownCode, *, after: str = "password") -> queries.Factor | None:
    """Let in an officer whose password (or what `after` says) was right, and return the second factor they came in by.

    Raises NoSuchOfficer where they were stopped meanwhile, and what `login` does.
    """
    login(shown, unit=queries.actor(shown.username, now=shown.now).unit, after=after)
    return queries.factor(shown.username)


@contextmanager
def proven(shown: ShownCode) -> Iterator[None]:
    """Open a transaction in which something is done that an officer's code is asked for; it uses the code up.

    Raises CodesBlocked, FactorMissing and CodeWrong.
    """
    with _right(shown):
        yield


def renew_recovery(shown: ShownCode) -> list[str]:
    """Replace an officer's recovery codes, those that are left too, and return the new ones.

    Raises CodesBlocked, FactorMissing and CodeWrong.
    """
    codes, digests = _new_codes(shown.now)
    with _right(shown) as (factor, _):
        factor.recovery = digests
        factor.save(update_fields=["recovery"])
        _enter(factor.officer, "recovery_codes_renewed", now=shown.now, by=shown.username)
    return codes


def remove(shown: ShownCode) -> None:
    """Take an officer's second factor away, as they ask; raises CodesBlocked, FactorMissing and CodeWrong."""
    with _right(shown) as (factor, _):
        _remove(factor, now=shown.now, by=shown.username)


def reset(*, username: str, now: datetime, by: str) -> None:
    """Take away the second factor of an officer who lost it; raises FactorMissing."""
    with transaction.atomic():
        _remove(_locked(username), now=now, by=by)


@contextmanager
def _right(shown: ShownCode) -> Iterator[tuple[SecondFactor, str]]:
    """Open a transaction that uses up the right code of an officer; a wrong one is counted, entered and refused."""
    tries = queries.tries(shown.now)
    with transaction.atomic():
        factor = _locked(shown.username)
        wrong = rules.counting_codes(factor.wrong, last_at=factor.wrong_at, now=shown.now, tries=tries)
        blocked = wrong >= tries.codes
        method = "" if blocked else _used(factor, shown)
        if blocked:
            _enter_blocked(factor, shown, tries=tries)
        else:
            factor.wrong, factor.wrong_at = (0, None) if method else (wrong + 1, shown.now)
            factor.save()
        if method:
            yield factor, method
        elif not blocked:
            logins.note_failure(
                username=shown.username, source=shown.source, reason=CodeWrong.code, now=shown.now, method="code"
            )
    if blocked:
        raise rules.codes_blocked(last_at=factor.wrong_at, now=shown.now, tries=tries)
    if not method:
        raise CodeWrong


def _enter_blocked(factor: SecondFactor, shown: ShownCode, *, tries: rules.Tries) -> None:
    """Enter once that the account is shut; a count one above the largest possible marks that this is done."""
    if factor.wrong > tries.codes:
        return
    factor.wrong = tries.codes + 1
    factor.save(update_fields=["wrong"])
    logins.note_blocked(
        username=shown.username, source=shown.source, shut="account", failures=tries.codes, now=shown.now, method="code"
    )


def _used(factor: SecondFactor, shown: ShownCode) -> str:
    """Use a code up and return what kind it was; nothing where it is wrong."""
    code = passwords.typed(shown.code)
    secret = shown.keyring.unlock(bytes(factor.secret), use=_USE, place=shown.username)
    period = totp.period(code, secret=secret, at=shown.at, after=factor.period)
    if period is not None:
        factor.period = period
        return "totp"
    if _digest(code) in factor.recovery:
        factor.recovery = [left for left in factor.recovery if left != _digest(code)]
        return "recovery"
    return ""


def _locked(username: str) -> SecondFactor:
    found = SecondFactor.objects.select_for_update(of=("self",)).select_related("officer__user")
    factor = found.filter(officer__user__username=username).first()
    if factor is None:
        raise FactorMissing(username=username)
    return factor


def _remove(factor: SecondFactor, *, now: datetime, by: str) -> None:
    officer = factor.officer
    factor.delete()
    ended_tokens.end_all(username=officer.user.username, reason=ended_tokens.FACTOR, now=now, by=by)
    _enter(officer, "second_factor_removed", now=now, by=by)


def _enter(officer: Officer, change: str, *, now: datetime, by: str) -> None:
    fields = {"officer": officer.user.username, "change": change, "by": by}
    record("auth.changed", fields, now=now, unit=officer.unit_id)


def _new_codes(now: datetime) -> tuple[list[str], list[str]]:
    """Return recovery codes of 74 bits each, which need no slow digest, and their digests."""
    codes = [passwords.new(groups=3) for _ in range(queries.recovery_codes(now))]
    return codes, [_digest(passwords.typed(code)) for code in codes]


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
