"""What `hutong drill` does: the loss of the server is rehearsed, and what was measured is printed and kept."""

import json
import os
import socket
from pathlib import Path

from hutong.backup import apart, drill_folders, drilling
from hutong.backup.drilling import DrillReport, DrillStage
from hutong.console import opening
from hutong.console.backup import BackupNotSet
from hutong.console.restore import passphrases
from hutong.core import beijing, text
from hutong.core.errors import Unavailable
from hutong.db import lasting, postmaster
from hutong.settings import clock
from hutong.terminal.speaking import coded, language


class ReportNotKept(Unavailable):
    """The drill's report could not be written to {file} ({reason}); what it says stands above."""


def rehearse(root: Path | None, *, folder: Path | None, wrapped: Path | None, to: Path | None) -> tuple[bool, Path]:
    """Drill, print each stage and what was measured, and return whether the drill passed and its report.

    Raises BackupNotSet where no second place is named, PlaceInside, ReportNotKept, and what `drilling.drill` raises.
    """
    if root is None:
        raise BackupNotSet
    now = clock()()
    notes = _notes()
    for left in drill_folders.sweep(notes):
        opening.show("console.drill.swept", folder=left)
    own = folder or notes / f"{drill_folders.PREFIX}{now:%Y%m%dT%H%M%S}"
    apart.check(root, own)
    report = drilling.drill(
        root, own, notes=notes, passphrases=passphrases, clock=clock(), machine=socket.gethostname(), wrapped=wrapped,
        told=_tell_stage,
    )  # fmt: skip
    path = (to or Path(f"hutong-drill-{now:%Y%m%dT%H%M%S}.json")).absolute()
    content = json.dumps(report.plain(), ensure_ascii=False, indent=1)
    try:
        lasting.put(path, f"{content}\n".encode(), owner=None)
    except OSError as fault:
        opening.out.print(content, highlight=False, markup=False, soft_wrap=True)
        raise ReportNotKept(file=str(path), reason=drilling.reason(fault)) from None
    _tell(report, path)
    return report.passed, path


def _notes() -> Path:
    """Return the folder of who drills, where nobody else writes: of root beside what its databases need."""
    return postmaster.SHARED / "drills" if os.geteuid() == 0 else Path.home() / ".local" / "state" / "hutong" / "drills"


def _tell_stage(stage: DrillStage) -> None:
    spoken = language()
    facts = {"name": stage.named(spoken), "seconds": f"{stage.seconds:.1f}", "told": stage.told(spoken)}
    if stage.problem is not None:
        facts["told"] = coded(facts["told"], stage.problem)
    opening.show("console.drill.stage" if stage.ok else "console.drill.stage_failed", **facts)
    if stage.problem is not None and (advice := text.say(stage.problem, language=spoken).advice):
        opening.out.print(f"  → {advice}", highlight=False, markup=False, soft_wrap=True)


def _tell(report: DrillReport, path: Path) -> None:
    if report.stored_size is not None:
        signed = max(report.signed_size or 0, report.stored_size)
        lost = signed - report.stored_size
        opening.show("console.drill.signed", signed=signed, stored=report.stored_size, lost=lost)
    if report.rpo_seconds is not None:
        facts = {"seconds": report.rpo_seconds, "until": beijing.shown(report.log_until)}
        opening.show("console.drill.rpo", **facts, fault=beijing.shown(report.fault_at))
    if report.rto_seconds is not None and report.restore_seconds is not None:
        facts = {"restore": round(report.restore_seconds), "rto": round(report.rto_seconds)}
        opening.show("console.drill.rto", **facts)
    opening.show("console.drill.passed" if report.passed else "console.drill.failed", file=path)
