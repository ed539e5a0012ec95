"""What a drill measured becomes a case of the platform that was rehearsed, with its papers."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hutong.control.security import operations
from hutong.control.units.rules import Actor
from hutong.core.errors import Malformed
from hutong.core.workdays import Calendar
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring
from hutong.settings import clock

_MOMENTS = ("fault_at", "set_ended_at", "read_back_at", "log_until")


class ReportUnreadable(Malformed):
    """{file} is no report of a drill."""


def file(installation: Installation, report: Path, *, case: str | None, by: Actor) -> str:
    """File a report of `hutong drill` into a case that was planned, or a new one, and return the case's number.

    Raises ReportUnreadable, and what `operations.file_drill` raises.
    """
    try:
        told: dict[str, Any] = json.loads(report.read_bytes())
        shift = installation.clock() - clock()()  # a platform that trains has days of its own
        if abs(shift) > timedelta(seconds=1):
            told |= {name: _shifted(told[name], shift) for name in _MOMENTS if told.get(name)}
    except (ValueError, TypeError, AttributeError):
        raise ReportUnreadable(file=str(report)) from None
    return operations.file_drill(
        told, actor=by, now=installation.clock(), calendar=Calendar.official(),
        keyring=Keyring.load(installation.keyring_path), no=case,
    )  # fmt: skip


def _shifted(moment: str, shift: timedelta) -> str:
    return (datetime.fromisoformat(moment) + shift).isoformat()
