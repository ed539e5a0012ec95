"""How a deadline is told on a page: the day, whether it has passed, how it was reached and by which rule."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext, ngettext

from hutong.control.procedures import models, queries
from hutong.core import beijing
from hutong.core.labels import Both
from hutong.core.lifecycle import Counting
from hutong.web.shown import Shown
from hutong.web.wording import reader
from hutong.web.wording.procedures import said

RESULTS = {"met": "按期办理", "late": "逾期办理", "open": "期限未能算出", "": "尚未到期"}
"""Result of a clock → its words."""
TONES = {"met": "good", "late": "bad", "open": "warn"}


@dataclass(frozen=True, slots=True)
class DeadlineShown(Shown):
    """A deadline as a page shows it; all words are the reader's.

    `day` is empty while it cannot be computed (`waits`) or the clock stands still (`paused`).
    """

    day: str
    late: bool
    waits: bool
    paused: bool
    amount: str
    """How much the limit is, e.g. five working days; empty for an order's day."""
    how: str
    """How the day was reached, with the days that were skipped and why."""
    event: str = ""
    clause: str = ""
    rulebook: str = ""
    result: str = ""
    result_tone: str = ""
    ended_at: datetime | None = None

    @property
    def said(self) -> str:
        """The day with how much the limit is; where there is no day, how much alone."""
        if self.day and self.amount:
            return _dated() % {"day": self.day, "amount": self.amount}
        return self.day or self.amount


def of_waiting(row: queries.Waiting, *, now: datetime) -> DeadlineShown | None:
    """Return the deadline of a case that waits at a desk; None where none runs."""
    if not row.counting:
        return None
    return DeadlineShown(
        day=_day(row.day, row.late_at, row.counting), late=row.late(now), waits=row.day is None, paused=False,
        amount=amount(row.counting, row.amount or 0), how=Both(row.zh, row.en)[reader.language()],
    )  # fmt: skip


def of_clock(row: models.Clock, *, now: datetime) -> DeadlineShown:
    """Return the deadline of a clock, running or ended."""
    running = row.ended_at is None
    return DeadlineShown(
        day=_day(row.day, row.late_at, row.counting),
        late=running and row.late_at is not None and now >= row.late_at,
        waits=row.day is None and row.left is None,
        paused=running and row.left is not None,
        amount=amount(row.counting, row.amount),
        how=Both(row.zh, row.en)[reader.language()],
        event=said("event", row.event),
        clause=row.clause,
        rulebook=_rulebook(row.rulebook_version),
        result="" if running else gettext(RESULTS[row.result]),
        result_tone=TONES.get(row.result, "plain"),
        ended_at=row.ended_at,
    )


@reader.once
def amount(counting: str, many: int) -> str:
    """Return how much a limit is, e.g. five working days; nothing for the day of an order."""
    if counting == Counting.ORDER:
        return ""
    pattern = "%(many)s 小时" if counting == Counting.HOURS else "%(many)s 个工作日"
    return ngettext(pattern, pattern, many) % {"many": many}


@reader.once
def _dated() -> str:
    return gettext("%(day)s（%(amount)s）")


@reader.once
def _rulebook(version: int) -> str:
    return gettext("期限与参数表第 %(version)s 版") % {"version": version} if version else gettext("期限与参数表初始值")


def _day(day: date | None, late_at: datetime | None, counting: str) -> str:
    if day is None:
        return ""
    if counting == Counting.HOURS and late_at is not None:
        return f"{late_at.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M}"
    return f"{day}"
