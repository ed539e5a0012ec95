"""How far each case of a list is, and by when its step is due: looked up once for all of its rows."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from hutong.control.procedures import queries
from hutong.core.lifecycle import Lifecycle
from hutong.web.desk import cells
from hutong.web.desk.parts import Cell
from hutong.web.wording import deadlines, filters, procedures


def cells_of(life: Lifecycle, cases: Sequence[Any], *, now: datetime) -> Callable[[Any], tuple[Cell, Cell]]:
    """Return what gives the last two cells of a case's row: its state, and the deadline that ends first.

    `cases` are known by their `no`.
    """
    clocks = queries.deadlines(life.name, [each.no for each in cases])
    state, no_limit = cache(partial(procedures.state, life)), cache(partial(procedures.no_limit, life))

    def of(case: Any) -> tuple[Cell, Cell]:
        due = cells.of_clock(clocks.get(case.no), now=now, no_limit=no_limit(case.state))
        return cells.state(state(case.state)), due

    return of


def words_of(life: Lifecycle, cases: Sequence[Any], *, now: datetime) -> Callable[[Any], tuple[str, str, str]]:
    """Return what gives a file's words of a case: its state, since when, and the deadline that ends first."""
    clocks = queries.deadlines(life.name, [each.no for each in cases])
    state = cache(partial(procedures.state, life))

    def of(case: Any) -> tuple[str, str, str]:
        due = deadlines.of_clock(clocks[case.no], now=now).said if case.no in clocks else ""
        return state(case.state).name, filters.moment(case.entered_at), due

    return of
