"""Faults as a small county tells of them: of the civil affairs bureau's front-end server."""

from datetime import datetime, timedelta

import registering
from acting import NOW, County

from hutong.control.notices import faults
from hutong.control.notices.models import FaultCase
from hutong.control.procedures.operations import Grounds

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SAID = {"situation": "磁盘阵列掉盘，查询接口停用", "measures": "更换磁盘"}


def staffed(county: County) -> None:
    """Give the bureau its administrator."""
    registering.administrator(county)


def facts(**changes: object) -> dict[str, object]:
    """Return what is told of a fault when it is noticed."""
    return {"kind": "node", "symptom": "前置机无法连接", "noticed_at": NOW, **changes}


def reported(county: County, *, by: str = "unit_admin", now: datetime = NOW, **changes: object) -> str:
    """Tell of a fault of the bureau, noticed at NOW, and return its number."""
    told = {name: changes.pop(name, words) for name, words in SAID.items()}
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return faults.report(facts(**changes), told, **given)


def found(county: County, *, by: str = "operator", now: datetime = NOW, unit: str = "", **changes: object) -> str:
    """Let the operator write down a fault of the bureau, and return its number."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return faults.find(facts(**changes), unit=unit or county.civil, **given)


def detected(county: County, *, now: datetime = NOW, **changes: object) -> str:
    """Let the platform notice a fault of the bureau, and return its number."""
    return faults.detect(county.civil, **facts(**changes), now=now, calendar=county.calendar)


def take(
    county: County, no: str, action: str, *, by: str = "unit_admin", now: datetime = NOW + 2 * HOUR,
    told: dict[str, object] | None = None, **grounds: str,
) -> str:  # fmt: skip
    """Take a step of a fault, with all it asks for unless `told` says otherwise; return the state it has come into."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    said = {**SAID, "happened_at": now} if told is None else told
    return faults.take(no, action, **given, grounds=Grounds(**grounds), told=said)


def state(no: str) -> str:
    """Return the state of a fault."""
    return FaultCase.objects.get(no=no).state
