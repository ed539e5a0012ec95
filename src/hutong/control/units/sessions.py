"""Logins that stand: begun, used, ended by their officer or an administrator, or for want of use (SX-11-a)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from hutong.audit import log
from hutong.control.recording import record
from hutong.control.units import ended_tokens, kept_forms, queries
from hutong.control.units.models import EndedSession, Officer, OpenSession
from hutong.control.units.queries import Factor, NoSuchOfficer
from hutong.core.errors import Missing

LOOK = timedelta(minutes=1)
"""How exactly it is kept when a login was last used."""
ASKED, IDLE, LEFT = "asked", "idle", "left"
"""Why a login ended: somebody asked for it, nobody used it, or its officer left."""


class SessionEnded(Missing):
    """This login does not stand any more."""


@dataclass(frozen=True, slots=True)
class StandingLogin:
    """A login as its officer and administrators see it."""

    id: str
    source: str
    browser: str
    began_at: datetime
    seen_at: datetime
    own: bool
    """Whether it is the one that asks."""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What an officer sees of the own account."""

    factor: Factor | None
    logins: list[StandingLogin]


def account(username: str, *, now: datetime, own: str) -> AccountPage:
    """Return an officer's second factor and the logins that stand; `own` is the number of the one that asks."""
    return AccountPage(queries.factor(username), standing(username, now=now, own=own))


@dataclass(frozen=True, slots=True)
class BegunLogin:
    """A login that begins to stand: its number, and whether its officer came in by a password that another made."""

    number: str
    given_password: bool


def begin(*, username: str, source: str, browser: str, now: datetime) -> UUID:
    """Note that a login stands, and return its number, which its session keeps; raises NoSuchOfficer."""
    officer = Officer.objects.filter(user__username=username).first()
    if officer is None:
        raise NoSuchOfficer(username=username)
    given = {"source": source[:64], "browser": browser[:200], "began_at": now, "seen_at": now}
    return OpenSession.objects.create(officer=officer, **given).pk


def enter(*, username: str, source: str, browser: str, now: datetime) -> BegunLogin:
    """Note that a login stands, and return what its session keeps of it; raises NoSuchOfficer."""
    number = begin(username=username, source=source, browser=browser, now=now)
    return BegunLogin(str(number), queries.password_given(username))


def use(number: str, *, username: str, now: datetime) -> bool:
    """Note that a login is used, and return whether it stands; one that was not used for long ends, and is entered."""
    found = OpenSession.objects.select_related("officer__user").filter(pk=_number(number)).first()
    if found is None or found.officer.user.username != username:
        return False
    if now - found.seen_at > queries.idle(now):
        _end([found], reason=IDLE, by=log.PLATFORM, now=now)
        return False
    if now - found.seen_at >= LOOK:
        OpenSession.objects.filter(pk=found.pk).update(seen_at=now)
    return True


def standing(username: str, *, now: datetime, own: str = "") -> list[StandingLogin]:
    """Return the logins of an officer that stand, the latest used first; `own` is the number of the one that asks."""
    found = OpenSession.objects.filter(officer__user__username=username, seen_at__gt=now - queries.idle(now))
    return [
        StandingLogin(str(each.pk), each.source, each.browser, each.began_at, each.seen_at, str(each.pk) == own)
        for each in found.order_by("-seen_at", "-began_at", "pk")
    ]


def leave(number: str, *, now: datetime) -> None:
    """Note that a login was ended by leaving, which is entered as that."""
    for each in OpenSession.objects.filter(pk=_number(number)):
        each.delete()
        _remember(_number(number), each.officer_id, reason=LEFT, now=now)


def ended_at(number: str, *, username: str, longest: timedelta, now: datetime) -> datetime | None:
    """Return when a login of an officer ended whose browser sends forms still, or now where it stands.

    `longest` is how long a login may last. None where there was none, where it ended too long ago to be known, and
    where somebody had asked that it end: what comes from there is not to be trusted.
    """
    theirs = {"pk": _number(number), "officer__user__username": username, "officer__active": True}
    if ended := EndedSession.objects.filter(**theirs, officer__unit__active=True).first():
        return None if ended.reason == ASKED else ended.ended_at
    if stands := OpenSession.objects.filter(**theirs, officer__unit__active=True).first():
        return min(stands.seen_at + queries.idle(now), stands.began_at + longest, now)
    return None


def end(number: str, *, username: str, now: datetime) -> None:
    """End one login of the officer who asks; raises SessionEnded where it does not stand, or is not theirs."""
    with transaction.atomic():
        found = OpenSession.objects.filter(pk=_number(number), officer__user__username=username)
        rows = list(found.select_for_update(of=("self",)).select_related("officer__user"))
        if not rows:
            raise SessionEnded
        _end(rows, reason=ASKED, by=username, now=now)


def end_all(*, username: str, now: datetime, by: str, but: str = "") -> int:
    """End the logins of an officer, all but the one named, and every token; return how many logins."""
    with transaction.atomic():
        found = OpenSession.objects.filter(officer__user__username=username).exclude(pk=_number(but))
        rows = list(found.select_for_update(of=("self",)).select_related("officer__user"))
        _end(rows, reason=ASKED, by=by, now=now)
        ended_tokens.end_all(username=username, reason=ended_tokens.LOGINS, now=now, by=by)
    return len(rows)


def forget_past(*, now: datetime) -> int:
    """Drop the logins that nobody used for long and what browsers' sessions have expired; returns how many logins."""
    rows = list(OpenSession.objects.filter(seen_at__lte=now - queries.idle(now)).select_related("officer__user"))
    _end(rows, reason=IDLE, by=log.PLATFORM, now=now)
    EndedSession.objects.filter(ended_at__lte=now - kept_forms.bounds(now).ended).delete()
    SessionStore.clear_expired()
    return len(rows)


def _end(rows: list[OpenSession], *, reason: str, by: str, now: datetime) -> None:
    with transaction.atomic():
        for each in rows:
            number = each.pk
            gone, _ = OpenSession.objects.filter(pk=number).delete()
            if gone:
                at = min(each.seen_at + queries.idle(now), now) if reason == IDLE else now
                _remember(number, each.officer_id, reason=reason, now=at)
                unit = each.officer.unit_id
                fields = {"officer": each.officer.user.username, "unit": unit, "source": each.source}
                record("auth.session_ended", {**fields, "reason": reason, "by": by}, now=now, unit=unit)


def _remember(number: UUID, officer: int, *, reason: str, now: datetime) -> None:
    EndedSession.objects.get_or_create(
        pk=number, defaults={"officer_id": officer, "ended_at": now, "reason": reason}
    )


def _number(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        return UUID(int=0)
