"""Personal tokens: made by an officer, shown once, known again at the door of programs, ended (SX-11-a).

A token opens less than its officer may: rooms one by one, to read or to act, and no grave step, account or password
ever. It ends with whatever it rests on: password, second factor, each of the roles it was made in, the posting.
"""

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from django.db import transaction
from django.db.models import Case, F, When

from hutong.control.recording import Bearer, record
from hutong.control.rulebook import queries as rulebook
from hutong.control.units import ended_tokens, factors, logins, operations, powers, queries
from hutong.control.units.factors import ShownCode
from hutong.control.units.models import Officer, PersonalToken
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Exhausted, Invalid, Judging, Missing, Refused, Unidentified

BEGINS = "hutong_pat_"
"""How every token begins, so that one that lies where it should not is found."""
READ, ACT = "read", "act"
"""What a token may do in a room: read what its officer reads there, or act besides."""
MINUTE = timedelta(minutes=1)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_SHAPE = re.compile(rf"{BEGINS}([{_LETTERS}]{{12}})_[A-Za-z0-9_-]{{43}}")


class TokenRefused(Unidentified):
    """The token is none of ours, or was sent in another way than as a bearer token."""

    clause = "SX-11-a"


class TokenEnded(Unidentified):
    """The token {token} has ended: its day is over, it was revoked, or what it rests on has changed."""

    clause = "SX-11-a"


class TokenBusy(Exhausted):
    """The token {token} has sent {most} requests within this minute; wait {seconds} seconds."""

    clause = "SX-11-a"


class BeyondScope(Refused):
    """This is outside the scope of the token {token}."""

    clause = "SX-11-a"


class TokenNameless(Invalid):
    """A token has a name of 1 to 100 characters, by which its officer knows what it is for."""


class TokenScopeless(Invalid):
    """A token names at least one room in which it may read or act."""

    clause = "SX-11-a"


class TokenDaysWrong(Invalid):
    """A token counts for 1 to {most} days; {days} is not among them."""

    clause = "SX-11-a"


class TokensFull(Conflicting):
    """{officer} has {most} tokens already, as many as one may have; one has to end first."""

    clause = "SX-11-a"


class NoSuchToken(Missing):
    """There is no token {token} that you may see."""


@dataclass(frozen=True, slots=True)
class TokenBounds:
    """What the rulebook in force says of tokens."""

    days: int
    """The most for which one counts."""
    usual_days: int
    """For how many it counts where nothing else is chosen."""
    most: int
    """How many an officer has at a time."""
    requests: int
    """How many requests one sends in a minute."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A token as an officer asks for it: its name, room → what it may do there, and for how many days it counts."""

    name: str
    scopes: Mapping[str, str]
    days: int


@dataclass(frozen=True, slots=True)
class Program:
    """A program that came with a token: for whom it acts, and what it may do in which room."""

    actor: Actor
    bearer: Bearer
    scopes: frozenset[str]

    def check(self, room: str, wanted: str) -> None:
        """Refuse what is not in the scope; who may act in a room reads there. Raises BeyondScope."""
        if not self.may(room, wanted):
            raise BeyondScope(token=self.bearer.token)

    def may(self, room: str, wanted: str) -> bool:
        """Whether something is in the scope."""
        return not self.scopes.isdisjoint({f"{room}:{wanted}", f"{room}:{ACT}"})


def bounds(now: datetime) -> TokenBounds:
    """Return what the rulebook in force says of tokens."""
    book = rulebook.in_force(beijing.day(now))
    return TokenBounds(
        book.number("token.days"), book.number("token.usual_days"), book.number("token.most"),
        book.number("token.minute_requests"),
    )  # fmt: skip


def make(
    asked: TokenFacts, *, rooms: Collection[str], actor: Actor, present: str, shown: ShownCode,
    judging: Judging | None = None,
) -> str:  # fmt: skip
    """Make a token for the officer who asks, and return it; it is nowhere else. `rooms` are those there are.

    What is wrong with its name, scope and days is told at once, with what reading them found (`judging`), before the
    password is tried. The password is proven once more, and a code of the second factor, without which nobody has a
    token (SX-11-a). Raises NotByToken, TokenNameless, TokenScopeless, TokenDaysWrong, LoginBlocked, PasswordWrong,
    CodesBlocked, FactorMissing, CodeWrong, TokensFull, and NoSuchUnit of who is of none.
    """
    powers.refuse_token()
    if not actor.unit:  # an examiner is of none, and reads on pages alone
        raise queries.NoSuchUnit(unit=actor.unit)
    now, most, judging = shown.now, bounds(shown.now), judging or Judging()
    if judging.spared("name") and (is_blank(asked.name) or len(asked.name) > 100 or not asked.name.isprintable()):
        judging.add(TokenNameless(), "name")
    scopes = sorted(f"{room}:{may}" for room, may in asked.scopes.items() if room in rooms and may in (READ, ACT))
    if not scopes:
        judging.add(TokenScopeless(), "scope")
    if judging.spared("days") and not 0 < asked.days <= most.days:
        judging.add(TokenDaysWrong(most=most.days, days=asked.days), "days")
    judging.end()
    logins.prove_password(username=actor.officer, present=present, source=shown.source, now=now)
    number = "".join(secrets.choice(_LETTERS) for _ in range(12))
    made = f"{BEGINS}{number}_{secrets.token_urlsafe(32)}"
    with factors.proven(shown):
        officer = operations.locked(actor.officer)
        standing = PersonalToken.objects.filter(officer=officer, ended_at__isnull=True, until_at__gt=now)
        if standing.count() >= most.most:
            raise TokensFull(officer=officer.name, most=most.most)
        until_at = beijing.midnight(beijing.day(now) + timedelta(days=asked.days))
        roles = sorted(actor.roles)
        PersonalToken.objects.create(
            id=number, officer=officer, unit_id=actor.unit, name=asked.name, digest=_digest(made), scopes=scopes,
            roles=roles, stamp=_stamp(officer), made_at=now, until_at=until_at,
        )  # fmt: skip
        fields = {"officer": actor.officer, "unit": actor.unit, "token": number, "name": asked.name, "scopes": scopes}
        until = f"{beijing.day(until_at - timedelta.resolution)}"
        record("auth.token_made", {**fields, "until_date": until, "by": actor.officer}, now=now, unit=actor.unit)
    return made


def known(given: str, *, source: str, now: datetime) -> Program:
    """Return the program that came with a token, and count its request (SX-11-a).

    Wrong tokens make the next attempt from there wait, as wrong passwords do; each is entered, of a flood the number.
    Raises LoginBlocked, TokenRefused, TokenEnded and TokenBusy.
    """
    shape = _SHAPE.fullmatch(given)
    number = shape[1] if shape else ""
    tried = f"token {number}"  # no account is called so, for it has a blank
    logins.check_pause(username=tried, source=source, now=now)
    token = PersonalToken.objects.select_related("officer__user").filter(pk=number).first()
    if token is None or not compare_digest(token.digest, _digest(given)):
        whose = token.officer.user.username if token else tried
        logins.claim_attempt(username=tried, source=source, now=now)
        logins.note_failure(username=whose, source=source, reason=TokenRefused.code, now=now, method="token")
        raise TokenRefused
    username = token.officer.user.username
    try:
        actor = _stands(token, username, now=now)
    except TokenEnded as ended:
        logins.note_failure(username=username, source=source, reason=ended.code, now=now, method="token")
        raise
    _count(token, source=source, now=now)
    return Program(actor, Bearer(token.pk, actor.officer, actor.unit), frozenset(token.scopes))


def _stands(token: PersonalToken, username: str, *, now: datetime) -> Actor:
    """Return the officer of a token as of now; raises TokenEnded where anything it rests on is no more."""
    ended = TokenEnded(token=token.pk)
    if token.ended_at is not None or token.until_at <= now:
        raise ended
    try:
        actor = queries.actor(username, now=now)
    except queries.NoSuchOfficer:
        raise ended from None
    if actor.unit != token.unit_id or not actor.roles.issuperset(token.roles):
        raise ended
    if not compare_digest(token.stamp, _stamp(token.officer)):
        raise ended
    return actor


def _count(token: PersonalToken, *, source: str, now: datetime) -> None:
    """Note that a token is used; raises TokenBusy where it sent too many requests within this minute."""
    minute, most = now.replace(second=0, microsecond=0), bounds(now).requests
    theirs = PersonalToken.objects.filter(pk=token.pk)
    again = Case(When(minute=minute, then=F("requests") + 1), default=1)
    theirs.update(requests=again, minute=minute, used_at=now, used_from=source[:64])
    if theirs.values_list("requests", flat=True)[0] > most:
        seconds = -(-(minute + MINUTE - now) // timedelta(seconds=1))
        raise TokenBusy(token=token.pk, most=most, seconds=seconds, retry_after=seconds)


def end(number: str, *, actor: Actor, reason: str = "", now: datetime) -> str:
    """End a token, and return its name: its officer does so, or an administrator (`powers.DONE_BY`), with the reason.

    One that has ended already stays as it ended. Raises NotByToken, NoSuchToken and NotYourRole.
    """
    powers.refuse_token()
    with transaction.atomic():
        rows = PersonalToken.objects.select_for_update(of=("self",)).select_related("officer__user")
        token = rows.filter(pk=number).first()
        if token is None:
            raise NoSuchToken(token=number)
        if token.officer.user.username != actor.officer:
            whose = {"unit": token.officer.unit_id, "officer": token.officer.user.username}
            powers.check_done("end_tokens", **whose, actor=actor)
        if token.ended_at is None and token.until_at > now:
            ended_tokens.end([token], reason=reason, now=now, by=actor.officer)
    return str(token.name)


def _digest(given: str) -> str:
    return sha256(given.encode()).hexdigest()


def _stamp(officer: Officer) -> str:
    """Return a digest of what proves an officer: with another password or second factor a token ends."""
    factor = queries.factor(officer.user.username)
    return _digest(f"{officer.user.password} {factor.set_at.isoformat() if factor else ''}")
