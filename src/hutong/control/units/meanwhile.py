"""What was done, while a page lay open, about something that is no case: a grant, an officer, a limit (3.5).

A form carries the state that its page showed: when that was, and a digest of it. What acts on another state is not done
but told who did what meanwhile, which the log knows; what the same form did before is not done a second time.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from hutong.audit import lately
from hutong.audit.lately import Entered
from hutong.control.units import queries
from hutong.control.units.rules import Actor
from hutong.core import beijing, canonical
from hutong.core.errors import Conflicting, Invalid
from hutong.db import database, locks

_DIGEST = 32
"""Hexadecimal digits of the digest that a form carries."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLOW = timedelta(minutes=1)
"""A transaction may come to its end so long after the moment that its entry has."""


class DoneMeanwhile(Conflicting):
    """{thing} changed after this page was made: {officer} entered “{entered}” at {moment}."""


class ChangedMeanwhile(Conflicting):
    """{thing} changed after this page was made."""


class DoneAlready(Conflicting):
    """{thing}: {officer} entered “{entered}” at {moment} already; it was not done a second time."""


class ShownStateMissing(Invalid):
    """This form does not say for which state of {thing} it was made."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What a form is about: as people know it, the events that are entered about it, and what their records say."""

    name: str
    events: tuple[str, ...]
    said: tuple[Mapping[str, object], ...]
    """A record is about it that says all of one of these."""


class _PageState(NamedTuple):
    at: datetime
    digest: str


def shown(state: object, *, now: datetime) -> str:
    """Return what a form carries of a state, which is plain values; None of what is yet to be made."""
    return f"{(now - _EPOCH) // timedelta(microseconds=1)}-{_digest(state)}"


def check(
    thing: Thing, meant_for: str | None, *, state: Callable[[], object], doing: str, same: Mapping[str, object],
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Refuse what was meant for another state than there is, in the caller's transaction, before its other locks.

    `meant_for` is what `shown` returned; None is what no page asked for. `state` returns the state as it is now;
    `doing` is the event that would be entered, and `same` what its record would say. Raises DoneAlready where the actor
    did this very thing since, DoneMeanwhile with what another did, ChangedMeanwhile, and ShownStateMissing.
    """
    if meant_for is None:
        return
    page = _read(meant_for, thing)
    with connection.cursor() as cur:
        locks.take(cur, f"hutong.meanwhile.{thing.name}")
    there = state()
    if there is not None and page.digest == _digest(there):
        return
    since = _entered(thing, since=page.at)
    own = next((each for each in since if each.at >= page.at and _is(each, doing, same, by=actor.officer)), None)
    if own is not None:
        raise _told(DoneAlready, thing, own)
    if there is None:
        return
    raise _told(DoneMeanwhile, thing, since[0]) if since else ChangedMeanwhile(thing=thing.name)


def made(
    event: str, field: str, meant_for: str | None, *, name: str, same: Sequence[Mapping[str, object]], actor: Actor
) -> str | None:
    """Return the number of what the same form made before: where the actor has made this very thing since it was shown.

    `event` is entered when it is made, with its number in `field`; `same` is what its record says, as it is complete
    or kept unfinished. To be called in the transaction that makes it, before its other locks. Raises ShownStateMissing.
    """
    if meant_for is None or not same:
        return None
    thing = Thing(name, (event,), tuple(same))
    page = _read(meant_for, thing)
    with connection.cursor() as cur:
        locks.take(cur, f"hutong.meanwhile.{thing.name}")
    found = _entered(thing, since=page.at)
    own = (
        each
        for each in found
        if each.at >= page.at and any(_is(each, event, said, by=actor.officer) for said in same)
    )
    return next((str(each.record[field]) for each in own), None)


def _is(each: Entered, event: str, same: Mapping[str, object], *, by: str) -> bool:
    said = each.record
    return (each.event, each.by) == (event, by) and all(said.get(name) == value for name, value in same.items())


def _entered(thing: Thing, *, since: datetime) -> list[Entered]:
    with database.joined(connection) as cur:
        found = lately.about(cur, events=thing.events, said=thing.said, since=since - _SLOW)
    after = [each for each in found if each.at >= since]
    return after or found


def _told(kind: type[Conflicting], thing: Thing, entered: Entered) -> Conflicting:
    officer = queries.people({entered.by}).get(entered.by, entered.by)
    return kind(thing=thing.name, officer=officer, entered=entered.event, moment=beijing.shown(entered.at))


def _read(meant_for: str, thing: Thing) -> _PageState:
    found = re.fullmatch(r"(\d{1,17})-([0-9a-f]{0,32})", meant_for, re.ASCII)
    if found is None:
        raise ShownStateMissing(thing=thing.name)
    return _PageState(_EPOCH + timedelta(microseconds=int(found[1])), found[2])


def _digest(state: object) -> str:
    return canonical.digest(_plain(state))[:_DIGEST] if state is not None else ""


def _plain(state: object) -> object:
    if isinstance(state, Mapping):
        return {str(name): _plain(value) for name, value in state.items()}
    if isinstance(state, Collection) and not isinstance(state, str):
        return [_plain(each) for each in state]
    return state if state is None or isinstance(state, str | int | bool) else str(state)
