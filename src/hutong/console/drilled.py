"""What a drill measured becomes a case of the platform that was rehearsed, with its papers."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hutong.backup import drill_reports
from hutong.console import opening
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
LARGEST = 1 << 20
"""Bytes of a report, at most."""


class ReportUnreadable(Malformed):
    """{file} is no report of a drill."""


class DrillOfAnother(Conflicting):
    """{file} is of a drill of the platform {found}, and this one is {own}; nothing was filed."""


def file(installation: Installation, report: Path, *, case: str | None, by: Actor) -> str:
    """File a report of `hutong drill` into a case that was planned, or a new one, and return the case's number.

    It has to be authentic, whole, of this platform, and borne out by its log; what was filed once is not filed again.
    Its moments are of the clock of the machine that drilled. On a platform that trains they are filed as the training
    clock has them, and how far apart both are goes with them. Raises ReportUnreadable, DrillOfAnother, what
    `drill_reports` raises, and what `operations.file_drill` raises.
    """
    keyring = Keyring.load(installation.keyring_path)
    told = _read(report)
    drill_reports.check_authentic(told, keyring=keyring)
    found, own = told.get("platform"), installation.identity
    if own is not None and found != str(own.platform):
        raise DrillOfAnother(file=str(report), found=found or "-", own=str(own.platform))
    with opening.database(installation, role="control") as db, db.transaction() as cur:
        drill_reports.check_borne_out(cur, told)
    return operations.file_drill(
        _in_time(told, report, apart=installation.clock() - clock()()), actor=by, now=installation.clock(),
        calendar=Calendar.official(), keyring=keyring, no=case,
    )  # fmt: skip


def _read(report: Path) -> dict[str, Any]:
    """Return what a report says; raises ReportUnreadable."""
    try:
        if not report.is_file() or report.stat().st_size > LARGEST:
            raise ValueError
        told = json.loads(report.read_bytes())
        if not isinstance(told, dict):
            raise ValueError
    except (OSError, ValueError, RecursionError):
        raise ReportUnreadable(file=str(report)) from None
    return told


def _in_time(told: dict[str, Any], report: Path, *, apart: timedelta) -> dict[str, Any]:
    """Return a report with its moments as the platform's clock has them; raises ReportUnreadable."""
    if abs(apart) <= SAME:
        return told
    try:
        moved = {name: _moved(told[name], apart) for name in _MOMENTS if told.get(name)}
    except (ValueError, TypeError, OverflowError):
        raise ReportUnreadable(file=str(report)) from None
    return told | moved | {"apart_seconds": round(apart.total_seconds())}


def _moved(moment: str, apart: timedelta) -> str:
    return (datetime.fromisoformat(moment) + apart).isoformat()
