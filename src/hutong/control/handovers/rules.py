"""Who hands over, who reads it, and what a hand-over must say."""

from collections.abc import Mapping
from datetime import date

from hutong.control.units.rules import Actor
from hutong.core.errors import Conflicting, Invalid, Judging, Missing, Refused
from hutong.core.lifecycle import Seat, sits

ARRANGING = "unit_admin"
"""Who hands over for any officer of the unit; each officer does for the own person."""
FACTS = ("officer", "to", "chosen", "phone", "effective_date", "reason")
"""What a hand-over says."""


class NoSuchHandover(Missing):
    """There is no hand-over {no} that you may see."""


class HandoverIncomplete(Invalid):
    """The hand-over lacks {fields}."""

    clause = "SX-11-a"


class NotYoursToHandOver(Refused):
    """What is open in {officer}'s name is handed over by that officer, or by the administrator of the unit."""

    clause = "SX-11-a"


class HandedToNobodyThere(Invalid):
    """{officer} is no other active officer of the unit, and cannot be handed anything."""

    clause = "SX-11-a"
    at = ("to",)


class HandoverDayPast(Invalid):
    """A hand-over takes effect today or on a day to come; {day} is over."""

    at = ("effective_date",)


class HandoverUnderWay(Conflicting):
    """A hand-over of {officer} is arranged already and has not taken effect: {no}."""

    clause = "SX-11-a"


class NothingToHandOver(Conflicting):
    """Nothing is open in {officer}'s name."""


class NoSuchTransfer(Missing):
    """There is no transfer {no} that you may see."""


class TransferIncomplete(Invalid):
    """The transfer lacks {fields}."""

    clause = "SX-11-a"


class NotOfYourUnitHere(Invalid):
    """{officer} is no other active officer of your unit, and cannot be transferred by it."""

    clause = "SX-11-a"
    at = ("officer",)


class TransferUnderWay(Conflicting):
    """A transfer of {officer} is asked for already: {no}."""

    clause = "SX-11-a"


class OfficeDayNotToCome(Invalid):
    """An office that is passed on later is passed on on a day to come; {day} is not."""

    clause = "D-23"
    at = ("from_date",)


class OfficeToComeAlready(Conflicting):
    """It was told already that the office {role} will be passed on there."""

    clause = "D-23"
    at = ("role",)


class NoOfficeToCome(Missing):
    """There is no office to come with the number {number}."""


class NotToBeHandedOver(Refused):
    """It was said that this is not handed over."""


class MayNotHaveIt(Refused):
    """{officer} may not have this: has no seat at that desk, or is kept apart from it."""

    clause = "SX-11-a"


def check(told: Mapping[str, object], *, today: date, judging: Judging) -> None:
    """Keep in `judging` what a hand-over does not say as it must: HandoverIncomplete, HandoverDayPast."""
    judging.lacks(told, ("officer", "to", "effective_date", "reason"), HandoverIncomplete)
    day = told.get("effective_date")
    if isinstance(day, date) and day < today and judging.spared("effective_date"):
        judging.add(HandoverDayPast(day=day.isoformat()))


def arranges(actor: Actor, *, unit: str) -> bool:
    """Whether the actor hands over for any officer of a unit: as its administrator."""
    return sits(Seat(ARRANGING, unit), seats=actor.seats)


def may(actor: Actor, *, unit: str, officer: str) -> bool:
    """Whether the actor hands over what is open in an officer's name: the own, or as the unit's administrator."""
    return arranges(actor, unit=unit) or officer == actor.officer


def sees(actor: Actor, *, unit: str, region: str) -> bool:
    """Whether the actor reads a unit's hand-overs: its officers, authority and operator of `region`, the auditor."""
    return actor.reads_of(region) or unit == actor.unit
