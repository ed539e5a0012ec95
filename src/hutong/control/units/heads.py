"""What the head of a unit does with the cases that wait at the desks there: give them to an officer (分办)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hutong.control.procedures import handling, since
from hutong.control.procedures.handling import HEAD
from hutong.control.procedures.procedure import Procedure, installed
from hutong.control.procedures.queries import Waiting
from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import queries
from hutong.control.units.rules import Actor
from hutong.core.errors import Invalid
from hutong.core.lifecycle import Seat


@dataclass(frozen=True, slots=True)
class HeadDesk:
    """The seats whose head an officer is, and who could take a step there: names by username, as they are read."""

    seats: frozenset[Seat]
    officers: list[tuple[str, str]]
    points: dict[tuple[str, str], str]
    """The state in which each case is shown, by lifecycle and number."""


def is_head(actor: Actor) -> bool:
    """Whether the actor is the head of a unit, or fills in for one."""
    return bool(actor.units_as(HEAD))


def seats(actor: Actor) -> frozenset[Seat]:
    """Return the seats of the officers whose head the actor is; raises NotYourRole for who is no head."""
    _check(actor)
    return queries.headed(actor)


def desk(found: Sequence[Waiting], *, actor: Actor, now: datetime) -> HeadDesk:
    """Return the seats of a head, and of what waits there the officers who are not kept apart from it."""
    staff = queries.staff({Seat(each.role, each.unit) for each in found}, now=now)
    free = {officer for each in found for officer in staff[Seat(each.role, each.unit)] - set(each.away)}
    return HeadDesk(
        queries.headed(actor), sorted(queries.people(free).items(), key=lambda each: each[1]), _points(found)
    )


def _points(found: Sequence[Waiting]) -> dict[tuple[str, str], str]:
    numbers: dict[str, list[str]] = {}
    for each in found:
        numbers.setdefault(each.lifecycle, []).append(each.case)
    return {
        (life, number): at
        for life, cases in numbers.items()
        for number, at in since.points(installed()[life], cases).items()
    }


class NotToBeChosen(Invalid):
    """{officer} is none of the officers who can be chosen here."""

    at = ("to",)


def give(
    procedure: Procedure, number: str, *, to: str, words: str, actor: Actor, now: datetime,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Give a case to another officer and return that one's name; a head gives what waits at the own officers' desks.

    Raises what `handling.give` does. Of an account that has no seat there it tells neither whether it is there nor
    whose it is, save of the own unit.
    """
    other = _actor(to, now=now)
    own = other is not None and other.unit == actor.unit
    handling.give(
        procedure, number, to_officer=to, to_name=other.name if other else to, to_seats=other.seats if other else (),
        heads=queries.headed(actor), actor=actor, now=now, words=words, meant_for=meant_for, told=None if own else to,
    )  # fmt: skip
    return other.name if other else to


def choosable(to: str, *, actor: Actor, now: datetime) -> str:
    """Return an account that the actor may choose: of the own unit, or with a seat that is the actor's or below it.

    Raises NotToBeChosen, by which nobody learns whether any other is there.
    """
    other = _actor(to, now=now)
    if other is None or (other.unit != actor.unit and not {*actor.seats, *queries.headed(actor)} & {*other.seats}):
        raise NotToBeChosen(officer=to)
    return to


def _actor(username: str, *, now: datetime) -> Actor | None:
    try:
        return queries.actor(username, now=now)
    except queries.NoSuchOfficer:
        return None


def give_out(
    procedure: Procedure, number: str, *, to: str, words: str, actor: Actor, now: datetime,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Do what `give` does, as the head of a unit; raises NotYourRole too."""
    _check(actor)
    return give(procedure, number, to=to, words=words, actor=actor, now=now, meant_for=meant_for)


def _check(actor: Actor) -> None:
    if not is_head(actor):
        raise NotYourRole(role=HEAD, officer=actor.name)
