"""What time does here: deadlines that waited for a calendar, and the nightly look at every turn."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from hutong.control.procedures import clocks, models, turns
from hutong.control.procedures.procedure import Procedure, installed
from hutong.control.recording import record
from hutong.core import lifecycle
from hutong.core.workdays import Calendar


def check_turns(*, now: datetime, procedures: Sequence[Procedure] | None = None) -> dict[str, list[str]]:
    """Compute every turn anew, mend the table where it differs, and return the cases that did, by lifecycle.

    A difference is a fault of ours: a fact was changed and the cases that look at it were not reconsidered. It is
    entered, so that it is seen.
    """
    found: dict[str, list[str]] = {}
    for procedure in procedures if procedures is not None else installed().values():
        for numbers in _chunks(procedure):
            with transaction.atomic():
                turns.hold(shared=False)
                seen = procedure.seen(list(procedure.cases(numbers)))
                differing = turns.differences(procedure, seen)
                if differing:
                    turns.write(procedure, [each for each in seen if each.number in differing])
                    fields = {"lifecycle": procedure.life.name, "cases": differing, "by": "hutong"}
                    record("procedures.turns_mended", fields, now=now)
                    found.setdefault(procedure.life.name, []).extend(differing)
    return found


def recompute_deadlines(calendar: Calendar) -> int:
    """Compute the deadlines that waited for a calendar (D-20), set the turns they belong to, and return how many.

    Part of the transaction that made the year known, where there is one.
    """
    with transaction.atomic():
        done = clocks.recompute(calendar)
        if done:
            turns.hold(shared=False)
            turns.set_anew(set(done))
    return len(done)


def _chunks(procedure: Procedure) -> Iterator[list[str]]:
    """Yield the numbers of the cases that are or should be on a desk, some at a time, in their order."""
    named = models.Turn.objects.filter(lifecycle=procedure.life.name, case=OuterRef(procedure.number))
    waiting = Q(state__in=lifecycle.waiting_states(procedure.life)) | Exists(named)
    last = ""
    while True:
        rows = procedure.model._default_manager.filter(waiting, **{f"{procedure.number}__gt": last})
        numbers = list(rows.order_by(procedure.number).values_list(procedure.number, flat=True)[: turns.CHUNK])
        if not numbers:
            return
        yield numbers
        last = numbers[-1]
