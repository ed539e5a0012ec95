"""Notices of contacts as a small county gives them: the civil affairs bureau, its administrator, whom it names."""

from datetime import date, datetime

import registering
from acting import NOW, PASSWORD, County

from hutong.control.notices import operations
from hutong.control.notices.models import ContactChange
from hutong.control.procedures.operations import Grounds
from hutong.control.units import operations as members
from hutong.core import beijing

IN_TIME = date(2026, 3, 9)
"""The fifth working day after NOW, a Monday."""


def officer(county: County, username: str, name: str) -> str:
    """Enrol somebody at the civil affairs bureau who can be its contact; returns the username."""
    given = {"name": name, "unit": county.civil, "roles": ["consumer"], "password": PASSWORD}
    return members.add_officer(username=username, **given, now=NOW, by="init")


def staffed(county: County) -> None:
    """Give the bureau its administrator and two whom it can name."""
    registering.administrator(county)
    officer(county, "first", "钱进")
    officer(county, "second", "郑明")


def told(county: County, officer: str = "first", *, now: datetime = NOW, **changes: object) -> str:
    """Tell that somebody is the contact from today on, and return the notice's number."""
    facts = {
        "officer": officer, "phone": "0572-2000001", "effective_date": beijing.day(now), "reason": "岗位调整",
        "emergency": False, **changes,
    }  # fmt: skip
    actor = county.actor("unit_admin", now=now)
    return operations.notify(facts, actor=actor, now=now, calendar=county.calendar)


def named(county: County) -> None:
    """Let the bureau have a contact."""
    told(county)


def take(county: County, no: str, action: str, *, by: str, now: datetime = NOW, **grounds: str) -> str:
    """Take a step of a notice and return the state it has come into."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return operations.take(no, action, **given, grounds=Grounds(**grounds))


def state(no: str) -> str:
    """Return the state of a notice."""
    return ContactChange.objects.get(no=no).state
