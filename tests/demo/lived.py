"""What is asked of a county that has lived: its log, its histories, and whether somebody has nothing to do."""

from pathlib import Path

import psycopg
from acting import NOW

from hutong.audit import export, verify
from hutong.control.procedures import handling
from hutong.control.procedures import queries as procedures
from hutong.control.procedures.models import Step
from hutong.control.procedures.queries import CaseFilters
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application
from hutong.control.units import queries as members
from hutong.control.units.rules import ADMINISTRATORS, EXAMINER, ROLES
from hutong.core.lifecycle import Seat
from hutong.db.database import Database
from hutong.demo import founding
from hutong.installation.opening import Installation

AT_THE_END = 9 + 2 + 3
"""Applications besides those of the plan: a draft of each unit, two on which others are consulted, the consumer's."""


def log_of(url: str) -> tuple[list, list]:
    """Return moment and event of every placed entry in the order of the log, and the moments of its checkpoints."""
    with psycopg.connect(url, options="-c role=hutong_owner") as opened:
        placed = opened.execute(
            "select e.at, e.event from audit.entry e join audit.leaf l on l.entry_id = e.id order by l.seq"
        )
        signed = opened.execute("select at from audit.checkpoint order by size")
        return placed.fetchall(), [at for (at,) in signed.fetchall()]


def idle() -> list[str]:
    """Return the officers who find nothing to do on their desk, but for the three administrators: no case is theirs."""
    who = [members.actor(username, now=NOW) for username, *_ in founding.officers(past=True)]
    assert {role for each in who for role in each.roles} == {*ROLES} - {EXAMINER}
    return [
        each.officer
        for each in who
        if each.roles.isdisjoint(ADMINISTRATORS)
        and not procedures.waiting(each.seats, filters=CaseFilters(reader=each.officer))
        and not handling.consultations(each)
    ]


def replayed(count: int) -> None:
    """Go through the history of every one of so many applications again, step by step, through the table of moves."""
    moves = {(move.before, move.action, move.after) for move in APPLICATION.moves}
    applications = list(Application.objects.all())
    assert len(applications) == count
    for each in applications:
        state = APPLICATION.start
        for step in Step.objects.filter(lifecycle=APPLICATION.name, case=each.no).order_by("id"):
            assert step.from_state == state
            assert (step.from_state, step.action, step.to_state) in moves
            state = step.to_state
        assert state == each.state


def faults(installation: Installation, folder: Path) -> list[str]:
    """Return what an offline verifier finds wrong with the log."""
    auditor = Database(installation.database_url, role="auditor", size=1)
    try:
        vkey = installation.log_signer.verifier
        export.export(auditor, folder, now=NOW, by="auditor", seats={Seat("auditor", "")}, vkey=vkey)
    finally:
        auditor.close()
    return [fault.say(language="en") for fault in verify.verify(folder, now=NOW, vkey=vkey).faults]
