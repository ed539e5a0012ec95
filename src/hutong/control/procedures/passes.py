"""What time does here: deadlines that waited for a calendar, and the nightly look at every turn."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import psycopg
from django.db import DataError, transaction

from hutong.audit import log
from hutong.control.procedures import clocks, turns
from hutong.control.procedures.procedure import Procedure, installed
from hutong.control.recording import record
from hutong.core.errors import Conflicting
from hutong.core.workdays import Calendar

UNREADABLE = (DataError, psycopg.DataError, ArithmeticError, LookupError, TypeError, ValueError)
"""How it shows that a case has something in it that nothing can read: a moment outside Python's years, an odd state."""


class CasesUnread(Conflicting):
    """These cases have something in them that cannot be read, and were passed over: {cases}"""


def check_turns(*, now: datetime, procedures: Sequence[Procedure] | None = None) -> dict[str, list[str]]:
    """Compute every turn anew, mend the table where it differs, and return the cases that did, by lifecycle.

    A difference is a fault of ours: a fact was changed and the cases that look at it were not reconsidered. It is
    entered, so that it is seen. Cases that cannot be read are passed over, and told when all others are done: raises
    CasesUnread.
    """
    found: dict[str, list[str]] = {}
    unread: list[str] = []
    for procedure in procedures if procedures is not None else installed().values():
        for numbers in _chunks(procedure):
            if mended := _mended(procedure, numbers, now=now, unread=unread):
                found.setdefault(procedure.life.name, []).extend(mended)
    if unread:
        raise CasesUnread(cases=", ".join(unread))
    return found


def _mended(procedure: Procedure, numbers: list[str], *, now: datetime, unread: list[str]) -> list[str]:
    """Mend the turns of some cases in one transaction and return those that differed.

    Where that fails for what stands in a case, they are halved until it stands alone; it is added to `unread`.
    """
    try:
        with transaction.atomic():
            turns.lock(shared=False)
            seen = procedure.seen(list(procedure.cases(numbers)))
            differing = turns.differences(procedure, seen)
            if differing:
                turns.write(procedure, [each for each in seen if each.number in differing])
                fields = {"lifecycle": procedure.life.name, "cases": differing, "by": log.PLATFORM}
                record("procedures.turns_mended", fields, now=now)
        return differing
    except UNREADABLE:
        if len(numbers) == 1:
            unread += numbers
            return []
    half = len(numbers) // 2
    parts = (numbers[:half], numbers[half:])
    return [each for part in parts for each in _mended(procedure, part, now=now, unread=unread)]


def recompute_deadlines(calendar: Calendar) -> int:
    """Compute the deadlines that waited for a calendar (D-20), set the turns they belong to, and return how many.

    Part of the transaction that made the year known, where there is one.
    """
    with transaction.atomic():
        done = clocks.recompute(calendar)
        if done:
            turns.lock(shared=False)
            turns.set_anew(set(done))
    return len(done)


def _chunks(procedure: Procedure) -> Iterator[list[str]]:
    """Yield the numbers of the cases that are or should be on a desk, some at a time, in their order."""
    waiting = turns.on_desks(procedure)
    last = ""
    while True:
        rows = procedure.model._default_manager.filter(waiting, **{f"{procedure.number}__gt": last})
        numbers = list(rows.order_by(procedure.number).values_list(procedure.number, flat=True)[: turns.CHUNK])
        if not numbers:
            return
        yield numbers
        last = numbers[-1]
