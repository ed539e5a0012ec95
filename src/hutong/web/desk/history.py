"""What was done in a case so far, step by step, and who sent it back and why: on its page and beside its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Model
from django.utils.translation import gettext

from hutong.control.procedures import models, queries
from hutong.control.procedures.procedure import Procedure
from hutong.core.lifecycle import Lifecycle, Tone, ends
from hutong.web import clock
from hutong.web.wording import deadlines, procedures
from hutong.web.wording.deadlines import DeadlineShown
from hutong.web.wording.procedures import StateShown


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step that was taken, with the limits that began with it and what became of them."""

    label: str
    state: StateShown
    at: datetime
    by_name: str
    by_unit_name: str
    deputy: bool
    clause: str
    reason: str
    basis: str
    aftermath: str
    deadlines: tuple[DeadlineShown, ...]
    remark: str = ""
    """What was so of the case when it was taken, as its room remarked."""
    unchanged: bool = False
    """Whether it handed in what was sent back as it was then."""


def steps(life: Lifecycle, number: str, *, now: datetime) -> tuple[StepShown, ...]:
    """Return the steps that were taken in a case, the first first, as they stand `now`."""
    rows = queries.steps(life.name, number)
    before = {row.pk: earlier for earlier, row in pairwise(rows)}
    return tuple(_step(life, row, now=now, before=before.get(row.pk)) for row in rows)


def sent_back(life: Lifecycle, state: str, taken: Sequence[StepShown]) -> StepShown | None:
    """Return the last step, where it says why the case was sent back, refused or ended; None where it says none."""
    if not taken or not taken[-1].reason:
        return None
    stopped = life.states[state].tone in (Tone.WARN, Tone.BAD) or state in ends(life)
    return taken[-1] if stopped else None


def returned(procedure: Procedure, case: Model) -> StepShown | None:
    """Return the step that sent a case back, as its form shows it; None where it is not to be changed for that."""
    life, state = procedure.life, str(case.state)
    if state not in life.editable or state == life.start:
        return None
    return sent_back(life, state, steps(life, procedure.number_of(case), now=clock.now()))


def _step(life: Lifecycle, row: models.Step, *, now: datetime, before: models.Step | None) -> StepShown:
    said, _, remark = row.aftermath.partition("\n")
    return StepShown(
        label=procedures.step(life, row.action, before=row.from_state, after=row.to_state),
        state=procedures.state(life, row.to_state),
        at=row.at,
        by_name=row.by_name or gettext("平台自动办理"),
        by_unit_name=row.by_unit_name,
        deputy=row.deputy,
        clause=row.clause,
        reason=row.reason,
        basis=row.basis,
        aftermath=gettext(said) if said else "",
        remark=procedures.remark(remark),
        unchanged=before is not None and bool(row.said) and row.said == before.said,
        deadlines=tuple(deadlines.of_clock(clock, now=now) for clock in row.clocks.all()),
    )
