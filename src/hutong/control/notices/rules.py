"""Who tells of a unit's contact, who reads it, and what the notice must say."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from hutong.control.units.rules import Actor
from hutong.core.blanks import says_something
from hutong.core.errors import Conflicting, Invalid, Judging, Missing
from hutong.core.lifecycle import Seat, sits

TELLING = "unit_admin"
"""Who tells for a unit: its administrator."""
FACTS = ("officer", "phone", "effective_date", "reason", "emergency")
"""What a notice says, in the order of its form."""


_PHONE = re.compile(r"[+(]?[0-9][-0-9+() ,;/、—转分机x]*")
"""Telephone numbers as offices write them, in the normal form NFKC."""


class NoSuchNotice(Missing):
    """There is no notice {no} that you may see."""


class NoticeIncomplete(Invalid):
    """The notice lacks {fields}."""

    clause = "SX-12-b"


class PhoneMisshaped(Invalid):
    """“{value}” is no telephone number: area code and number, with an extension behind “转” or x."""

    at = ("phone",)


class NotOfYourUnit(Invalid):
    """{officer} is no active officer of your unit, and cannot be its contact."""

    clause = "SX-12-a"
    at = ("officer",)


class ContactAlready(Conflicting):
    """{officer} is the contact of your unit already."""

    clause = "SX-12-b"
    at = ("officer",)


class ContactChangeUnderWay(Conflicting):
    """A change of your unit's contact was told already and has not come into effect: {no}."""

    clause = "SX-12-b"


class EmergencyWaits(Invalid):
    """What cannot wait holds at once; {day} is not today."""

    clause = "SX-12-b"
    at = ("effective_date",)


def check(told: Mapping[str, object], *, today: date, judging: Judging) -> None:
    """Keep in `judging` what a notice does not say as it must: NoticeIncomplete, PhoneMisshaped, EmergencyWaits.

    A day that is past is taken: what was told too late is marked, and never refused (P-10).
    """
    for name in ("officer", "phone", "effective_date", "reason"):
        if judging.spared(name) and not says_something(told.get(name)):
            judging.add(NoticeIncomplete(fields=name))
    phone = str(told.get("phone"))
    if judging.spared("phone") and not _PHONE.fullmatch(unicodedata.normalize("NFKC", phone)):
        judging.add(PhoneMisshaped(value=phone))
    day = told.get("effective_date")
    if told.get("emergency") and isinstance(day, date) and day > today and judging.spared("effective_date"):
        judging.add(EmergencyWaits(day=day.isoformat()))


def tells(actor: Actor, *, unit: str) -> bool:
    """Whether the actor tells of a unit's contact."""
    return sits(Seat(TELLING, unit), seats=actor.seats)


def sees(actor: Actor, *, unit: str, region: str) -> bool:
    """Whether the actor reads a unit's notices: its officers, authority and operator of `region`, the auditor."""
    return actor.reads_of(region) or unit == actor.unit
