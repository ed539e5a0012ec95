"""Who tells of a unit's contact and of its maintenance, who reads it, and what the notice must say."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime

from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.blanks import says_something
from hutong.core.errors import Conflicting, Invalid, Judging, Missing
from hutong.core.lifecycle import Seat, sits

TELLING = "unit_admin"
"""Who tells for a unit: its administrator."""
FACTS = ("officer", "phone", "effective_date", "reason", "emergency")
"""What a notice says, in the order of its form."""
WORKS: Mapping[str, str] = {"network": "网络改造", "node": "前置机升级维护"}
"""What work a notice of maintenance tells of → its name (SX-15-a)."""
BROKEN: Mapping[str, str] = {"network": "网络", "node": "前置机", "service": "应用系统或者服务接口"}
"""What is out of order in a fault → its name (SX-15-b)."""
SOURCES: Mapping[str, str] = {"unit": "本单位告知", "operator": "平台运维单位发现", "platform": "平台监测发现"}
"""Who noticed a fault → its name."""
FAULT_FACTS = ("kind", "symptom", "noticed_at")
"""What is told of a fault when it is noticed, in the order of its form."""
TOLD_WITH: Mapping[str, tuple[str, ...]] = {
    "report": ("situation", "measures"), "recover": ("measures",), "restore": ("happened_at", "measures"),
}  # fmt: skip
"""Step of a fault → what the unit tells with it, in the order of its form."""
WORK_FACTS = ("kind", "content", "affected", "from_at", "until_at", "reason")
"""What a notice of maintenance says, in the order of its form."""


_PHONE = re.compile(r"[+(]?[0-9][-0-9+() ,;/、—转分机x]*")
"""Telephone numbers as offices write them, in the normal form NFKC."""


class NoSuchNotice(Missing):
    """There is no notice {no} that you may see."""


class NoSuchMaintenance(Missing):
    """There is no notice of maintenance {no} that you may see."""


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


class WindowReversed(Invalid):
    """The work would end at {until}, and begins at {begins}."""

    clause = "SX-15-a"
    at = ("until_at",)


class NotHappenedYet(Invalid):
    """{moment} is still to come; what has happened is told."""

    at = ("happened_at",)


class EndedBeforeBegun(Invalid):
    """It ended at {moment}, and began at {begun}."""

    at = ("happened_at",)


class NoSuchFault(Missing):
    """There is no fault {no} that you may see."""


class FaultIncomplete(Invalid):
    """What is told of the fault lacks {fields}."""

    clause = "SX-15-b"


class RestoredBeforeNoticed(Invalid):
    """It was restored at {moment}, and noticed at {noticed}."""

    clause = "SX-15-b"
    at = ("happened_at",)


class NoticedLater(Invalid):
    """{moment} is still to come; a fault that was noticed is told."""

    clause = "SX-15-b"
    at = ("noticed_at",)


class NotToldAnew(Conflicting):
    """{no} is {case_state}: only what is told of and has not begun is put off by another notice."""

    clause = "SX-15-a"


def check(told: Mapping[str, object], *, today: date, judging: Judging) -> None:
    """Keep in `judging` what a notice does not say as it must: NoticeIncomplete, PhoneMisshaped, EmergencyWaits.

    A day that is past is taken: what was told too late is marked, and never refused (P-10).
    """
    judging.lacks(told, ("officer", "phone", "effective_date", "reason"), NoticeIncomplete)
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


def check_work(told: Mapping[str, object], *, judging: Judging) -> None:
    """Keep in `judging` what a notice of maintenance does not say as it must: NoticeIncomplete and WindowReversed.

    A window that is past is taken: what was told too late is marked, and never refused (P-10).
    """
    for name in WORK_FACTS[:-1]:
        lacking = told.get(name) not in WORKS if name == "kind" else not says_something(told.get(name))
        if judging.spared(name) and lacking:
            judging.add(NoticeIncomplete(fields=name).under("SX-15-a"))
    begins, ends = told.get("from_at"), told.get("until_at")
    if isinstance(begins, datetime) and isinstance(ends, datetime) and ends <= begins:
        judging.add(WindowReversed(begins=beijing.shown(begins), until=beijing.shown(ends)))


def check_happened(happened_at: datetime | None, *, begun_at: datetime | None, now: datetime, judging: Judging) -> None:
    """Keep in `judging` that a step does not say when it happened, or says a moment at which it cannot have.

    Keeps NoticeIncomplete, NotHappenedYet, and EndedBeforeBegun where it ends what has `begun_at` a moment.
    """
    if happened_at is None:
        if judging.spared("happened_at"):
            judging.add(NoticeIncomplete(fields="happened_at").under("SX-15-a"))
    elif happened_at > now:
        judging.add(NotHappenedYet(moment=beijing.shown(happened_at)))
    elif begun_at is not None and happened_at < begun_at:
        judging.add(EndedBeforeBegun(moment=beijing.shown(happened_at), begun=beijing.shown(begun_at)))


def reads_work(actor: Actor, *, unit: str, region: str, told: Collection[str]) -> bool:
    """Whether the actor reads a unit's notice of maintenance: who reads its notices, and the units it was `told`."""
    return sees(actor, unit=unit, region=region) or actor.unit in told


def check_fault(told: Mapping[str, object], *, now: datetime, judging: Judging) -> None:
    """Keep in `judging` what is not told of a fault as it must be: FaultIncomplete and NoticedLater."""
    for name in FAULT_FACTS:
        lacking = told.get(name) not in BROKEN if name == "kind" else not says_something(told.get(name))
        if judging.spared(name) and lacking:
            judging.add(FaultIncomplete(fields=name))
    noticed = told.get("noticed_at")
    if isinstance(noticed, datetime) and noticed > now:
        judging.add(NoticedLater(moment=beijing.shown(noticed)))


def check_told(
    action: str, told: Mapping[str, object], *, noticed_at: datetime, now: datetime, judging: Judging
) -> None:
    """Keep in `judging` what a step of a fault does not tell as it must.

    Keeps FaultIncomplete, NotHappenedYet and RestoredBeforeNoticed.
    """
    judging.lacks(told, TOLD_WITH.get(action, ()), FaultIncomplete)
    moment = told.get("happened_at")
    if action == "restore" and isinstance(moment, datetime):
        if moment > now:
            judging.add(NotHappenedYet(moment=beijing.shown(moment)))
        elif moment < noticed_at:
            judging.add(RestoredBeforeNoticed(moment=beijing.shown(moment), noticed=beijing.shown(noticed_at)))
