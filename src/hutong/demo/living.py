"""A county with a past: founded three months ago on the training clock, and lived through day by day to its present."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, time, timedelta

from hutong.core import beijing
from hutong.core.beijing import BEIJING
from hutong.demo import fill, past
from hutong.demo.clock import Moving
from hutong.demo.columns import Rows
from hutong.demo.fill import Filled
from hutong.demo.lanes import LaneProcess
from hutong.installation.opening import Installation
from hutong.terminal.speaking import say

Tell = Callable[[float, str], None]
"""Is told the share that is done, and what is being done."""

DAYS = 91
LANES = 3
"""Processes that play it: one more than two cores, for they wait for each other at the end of each part."""
FOUNDING = 0.15
"""The share of the work that founding the county is, about."""


def fill_county(
    installation: Installation, *, rows: int, tell: Tell, size: past.Size | None = None, lanes: int = LANES
) -> Filled:
    """Found the county on the first day of its past, play that and open the grants of its consumer today.

    In so many lanes side by side, one of them in this process.
    """
    until = beijing.day(installation.clock())
    size = size or past.Size(until - timedelta(days=DAYS), until)
    first = datetime.combine(size.first, time(8), BEIJING)
    tell(0.0, say("demo.progress.enrolling"))
    with ExitStack() as stack:
        others = [
            LaneProcess(installation, number=number, of=lanes, size=size, rows=rows, first=first)
            for number in range(1, lanes)
        ]
        for each in others:
            stack.callback(each.close)
        begun = fill.begin(replace(installation, clock=Moving(first)), rows=rows, past=True)
        tell(FOUNDING, say("demo.progress.founded"))
        # Its models can be imported only once Django is set up.
        from hutong.demo import player, playing

        def on(day: past.PastDay, share: float) -> None:
            lived = say("demo.progress.day", day=day.day.isoformat())
            tell(FOUNDING + (1 - FOUNDING) * share, lived)

        share = player.Lane(0, lanes)
        made = Rows(people=begun.people, firms=begun.firms)
        own = stack.enter_context(
            player.player(installation, lane=share, size=size, rows=made, first=first)
        )
        playing.play(installation, own, others=others, days=past.plan(size), tell=on)
    begun.state["past"] = fill.PLAYED
    begun.keep()
    return fill.finish(installation, begun)
