"""What a drill measured becomes a case of the platform that was rehearsed, with its papers."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hutong.control.security import operations
from hutong.control.units.rules import Actor
from hutong.core.errors import Conflicting, Malformed
from hutong.core.workdays import Calendar
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring
from hutong.settings import clock

_MOMENTS = ("fault_at", "set_ended_at", "read_back_at", "log_until")
SAME = timedelta(seconds=1)
"""So far apart two readings of one clock may be."""


class ReportUnreadable(Malformed):
    """{file} is no report of a drill."""


class DrillOfAnother(Conflicting):
    """{file} is of a drill of the platform {found}, and this one is {own}; nothing was filed."""


def file(installation: Installation, report: Path, *, case: str | None, by: Actor) -> str:
    """File a report of `hutong drill` into a case that was planned, or a new one, and return the case's number.

    Its moments are of the clock of the machine that drilled. On a platform that trains they are filed as the training
    clock has them, and how far apart both are goes with them. Raises ReportUnreadable, DrillOfAnother, and what
    `operations.file_drill` raises.
    """
    apart = installation.clock() - clock()()
    try:
        told: dict[str, Any] = json.loads(report.read_bytes())
        found = told.get("platform")
        if abs(apart) > SAME:
            told |= {name: _moved(told[name], apart) for name in _MOMENTS if told.get(name)}
            told["apart_seconds"] = round(apart.total_seconds())
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise ReportUnreadable(file=str(report)) from None
    own = installation.identity
    if found and own is not None and found != str(own.platform):
        raise DrillOfAnother(file=str(report), found=found, own=str(own.platform))
    return operations.file_drill(
        told, actor=by, now=installation.clock(), calendar=Calendar.official(),
        keyring=Keyring.load(installation.keyring_path), no=case,
    )  # fmt: skip


def _moved(moment: str, apart: timedelta) -> str:
    return (datetime.fromisoformat(moment) + apart).isoformat()
