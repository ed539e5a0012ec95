"""Cells of tables that several pages have: a state, and a deadline."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.procedures.models import Clock
from hutong.web.desk.parts import Cell
from hutong.web.wording import deadlines
from hutong.web.wording.deadlines import DeadlineShown
from hutong.web.wording.procedures import StateShown


def state(shown: StateShown) -> Cell:
    """Return the cell of a state."""
    return Cell("", badge=shown.name, tone=shown.tone)


def deadline(shown: DeadlineShown | None, *, no_limit: str, said: Callable[[str], str] = gettext) -> Cell:
    """Return the cell of a deadline; `no_limit` says why there is none, where one might be looked for.

    `said` puts its words into the reader's language.
    """
    if shown is None:
        return Cell(said("未规定期限") if no_limit else "—")
    if shown.day:
        return Cell(shown.day, note=shown.amount, badge=said("已逾期") if shown.late else "", tone="bad")
    if shown.paused:
        return Cell("", badge=said("期限中止计算"), tone="quiet")
    return Cell("", badge=said("期限待算"), tone="warn")


def of_clock(clock: Clock | None, *, now: datetime, no_limit: str) -> Cell:
    """Return the cell of the deadline of a clock, or of none."""
    return deadline(deadlines.of_clock(clock, now=now) if clock else None, no_limit=no_limit)
