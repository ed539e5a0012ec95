"""The personal tokens there are, for the officers whose they are and for who administers those."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from hutong.control.procedures.queries import PAGE, in_order
from hutong.control.units import powers, queries
from hutong.control.units.models import PersonalToken
from hutong.control.units.rules import Actor
from hutong.control.units.tokens import NoSuchToken, TokenBounds, bounds
from hutong.core.counting import COUNTED

STANDS, OVER, ENDED = "stands", "over", "ended"
"""What a token is: it counts, its days are over, or it was ended before that."""
STATES = (STANDS, OVER, ENDED)


@dataclass(frozen=True, slots=True)
class TokenFilters:
    """The filters of the list; an empty one narrows nothing. Each of `words` occurs in name, officer or unit."""

    words: str = ""
    state: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class ListedToken:
    """A token as a page shows it."""

    id: str
    name: str
    officer: str
    officer_name: str
    unit_name: str
    scopes: tuple[str, ...]
    made_at: datetime
    until_at: datetime
    used_at: datetime | None
    used_from: str
    ended_at: datetime | None
    ended_by: str
    reason: str
    state: str
    revocable: bool
    """Whether the reader may end it now."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """What the form of a new token is made from: the rulebook's bounds, and whether the officer has a second factor."""

    bounds: TokenBounds
    factor: bool


def new_form(*, actor: Actor, now: datetime) -> NewToken:
    """Return what the form of a new token is made from."""
    return NewToken(bounds(now), queries.factor(actor.officer) is not None)


def token(number: str, *, actor: Actor, now: datetime) -> ListedToken:
    """Return a token of the actor's own, or of an officer whom the actor sees; raises NoSuchToken."""
    row = _seen(actor).select_related("officer__user", "unit").filter(pk=number).first()
    if row is None:
        raise NoSuchToken(token=number[:20])
    return _listed(row, actor=actor, now=now)


def visible(
    actor: Actor, asked: TokenFilters, *, now: datetime, after: tuple[datetime, str] | None = None,
    oldest: bool = False, limit: int = PAGE,
) -> list[ListedToken]:  # fmt: skip
    """Return a page of the tokens that the actor sees, the newest first: those that follow this moment and number."""
    rows = in_order(_asked(actor, asked, now=now), after=after, oldest=oldest, by="made_at")
    return [_listed(row, actor=actor, now=now) for row in rows.select_related("officer__user", "unit")[:limit]]


def counted(actor: Actor, asked: TokenFilters, *, now: datetime, most: int = COUNTED + 1) -> int:
    """Return how many tokens fit, on all pages, counted up to `most`."""
    return _asked(actor, asked, now=now)[:most].count()


def _seen(actor: Actor) -> QuerySet[PersonalToken]:
    unit = powers.sees(actor)
    own = Q(officer__user__username=actor.officer)
    if unit == "":
        return PersonalToken.objects.all()
    return PersonalToken.objects.filter(own if unit is None else own | Q(officer__unit=unit))


def _asked(actor: Actor, asked: TokenFilters, *, now: datetime) -> QuerySet[PersonalToken]:
    rows = _seen(actor)
    for word in asked.words.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(pk__icontains=word) | Q(officer__name__icontains=word)
            | Q(officer__user__username__icontains=word) | Q(unit__name__icontains=word)
        )  # fmt: skip
    if asked.own:
        rows = rows.filter(officer__user__username=actor.officer)
    by_state = {
        STANDS: Q(ended_at__isnull=True, until_at__gt=now),
        OVER: Q(ended_at__isnull=True, until_at__lte=now),
        ENDED: Q(ended_at__isnull=False),
    }
    return rows.filter(by_state[asked.state]) if asked.state in by_state else rows


def _listed(row: PersonalToken, *, actor: Actor, now: datetime) -> ListedToken:
    state = ENDED if row.ended_at else STANDS if row.until_at > now else OVER
    username, unit = row.officer.user.username, row.officer.unit_id
    may = username == actor.officer or "end_tokens" in powers.acts(unit=unit, officer=username, actor=actor)
    return ListedToken(
        row.pk, row.name, username, row.officer.name, row.unit.name, tuple(row.scopes), row.made_at, row.until_at,
        row.used_at, row.used_from, row.ended_at, row.ended_by, row.reason, state, may and state == STANDS,
    )  # fmt: skip
