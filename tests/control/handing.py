"""Hand-overs as a small county has them: at the civil affairs bureau, whose consumer leaves."""

from datetime import date, datetime

import registering
from acting import NOW, PASSWORD, County

from hutong.control.handovers import operations, transfers
from hutong.control.handovers.models import Handover, HandoverPart
from hutong.control.procedures import handling
from hutong.control.procedures.operations import Grounds
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import operations as members
from hutong.core import beijing

LATER = date(2026, 3, 9)
"""A Monday a week after NOW."""


def officer(county: County, username: str, name: str, *roles: str) -> str:
    """Enrol somebody at the civil affairs bureau; returns the username."""
    given = {"name": name, "unit": county.civil, "roles": list(roles), "password": PASSWORD}
    return members.add_officer(username=username, **given, now=NOW, by="init")


def staffed(county: County) -> str:
    """Give the bureau its administrator and two colleagues of the consumer, and leave a draft; returns its number."""
    registering.administrator(county)
    officer(county, "heir", "李强", "consumer")
    officer(county, "guest", "孙悦", "unit_head")
    return county.draft()


def taken(county: County, no: str, *, by: str = "consumer") -> None:
    """Let an officer have an application in hand."""
    handling.take_over(APPLICATIONS, no, actor=county.actor(by), now=NOW)


def handed(county: County, *, by: str = "unit_admin", now: datetime = NOW, **changes: object) -> str:
    """Hand the consumer's work over to the heir today, and return the number."""
    facts = {
        "officer": "consumer", "to": "heir", "chosen": {}, "phone": "", "effective_date": beijing.day(now),
        "reason": "调离", **changes,
    }  # fmt: skip
    actor = county.actor(by, now=now)
    return operations.hand_over(facts, actor=actor, now=now, calendar=county.calendar)


def take(county: County, no: str, action: str, *, by: str, now: datetime = NOW, **grounds: str) -> str:
    """Take a step of a hand-over and return the state it has come into."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return operations.take(no, action, **given, grounds=Grounds(**grounds))


def state(no: str) -> str:
    """Return the state of a hand-over."""
    return str(Handover.objects.get(no=no).state)


def parts(no: str) -> dict[str, tuple[str, str]]:
    """Return what became of each part: to whom it went, or the code of why it stayed."""
    rows = HandoverPart.objects.filter(handover__no=no).order_by("pk")
    return {f"{row.kind} {row.case or row.role}".strip(): (row.to_officer, row.code) for row in rows}


def administered(county: County) -> None:
    """Give the civil affairs bureau and the police an administrator each."""
    registering.administrator(county)
    given = {"name": "田野", "unit": county.police, "roles": ["unit_admin"], "password": PASSWORD}
    members.add_officer(username="receiving", **given, now=NOW, by="init")


def asked(county: County, *, by: str = "unit_admin", **changes: str) -> str:
    """Ask the police to accept the consumer, and return the transfer's number."""
    facts = {"officer": "consumer", "unit": county.police, "reason": "〔2026〕7号", **changes}
    return transfers.ask(facts, actor=county.actor(by), now=NOW, calendar=county.calendar)


def take_transfer(county: County, no: str, action: str, *, by: str, **grounds: str) -> str:
    """Take a step of a transfer and return the state it has come into."""
    given = {"actor": county.actor(by), "now": NOW, "calendar": county.calendar}
    return transfers.take(no, action, **given, grounds=Grounds(**grounds))
