"""What waits at some desks, as plain rows."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial

from django.utils.translation import gettext

from hutong.control.procedures import likeness, queries
from hutong.control.procedures.likeness import NearestCases, may_be_together
from hutong.control.procedures.queries import Waiting
from hutong.control.units import queries as members
from hutong.core.lifecycle import Lifecycle, Seat, sits
from hutong.web.desk.rooms import KINDS, pages_of
from hutong.web.shown import Shown
from hutong.web.wording import deadlines, likes, procedures
from hutong.web.wording.deadlines import DeadlineShown
from hutong.web.wording.names import named
from hutong.web.wording.procedures import HANDS, WHY, StateShown


@dataclass(frozen=True, slots=True)
class WaitingCase(Shown):
    """One case that waits: what it is, what is to be done and why, and by when."""

    key: str
    """Lifecycle, number and step, as a ticked box sends them."""
    number: str
    kind: str
    title: str
    address: str
    state: StateShown
    label: str
    role: str
    unit: str
    clause: str
    stage: str
    why: str
    """Why it waits here though it is another's step; empty where it is the reader's own."""
    mine: bool
    """Whether the step is the reader's, and not only waits here."""
    deadline: DeadlineShown | None
    no_limit: str
    handler: str
    urged_at: datetime | None
    together: bool
    """Whether it may be ticked and decided together with cases that are alike."""
    group: int = 0
    """Which group of like cases on its page it belongs to, from 1 on; 0 where there is no other like it."""

    @property
    def whose(self) -> str:
        """Whose step it is: the unit where it is one unit's, and the role."""
        return f"{self.unit} · {self.role}" if self.unit else self.role

    @property
    def elsewhere(self) -> str:
        """That it waits here though it is another's step, and why; empty where it is the reader's own."""
        return procedures.elsewhere(self.label, whose=self.whose, why=self.why) if self.why else ""


def rows(found: Sequence[Waiting], *, seats: Collection[Seat], now: datetime, reader: str = "") -> list[WaitingCase]:
    """Return what waits as a page shows it; what many rows have in common is looked up once.

    Where there is a `reader`, what another officer has is that one's to do and not the reader's.
    """
    units = members.names()
    people = members.people({each.handler for each in found if each.handler})
    undated = _undated(found, now=now)
    title, state, no_limit = cache(_title), cache(procedures.state_of), cache(_no_limit)
    label, role, said = cache(partial(procedures.said, "action")), cache(partial(named, listed="role")), cache(gettext)
    pages, alike = cache(pages_of), cache(_alike)
    return [
        WaitingCase(
            key=f"{each.lifecycle}|{each.case}|{each.action}",
            number=each.case,
            kind=title(each.lifecycle),
            title=each.title,
            address=pages(each.lifecycle)(each.case),
            state=state(each.lifecycle, each.state),
            label=label(each.label),
            role=role(each.of_role),
            unit=units.get(each.of_unit, ""),
            clause=each.clause,
            stage=said(HANDS[each.stage]) if each.stage else "",
            why=said(WHY[each.why]) if each.why else "",
            mine=_free(each, reader) and sits(Seat(each.of_role, each.of_unit), seats=seats),
            deadline=deadlines.of_waiting(each, now=now) or undated.get((each.lifecycle, each.case)),
            no_limit=no_limit(each.lifecycle, each.state),
            handler=people.get(each.handler, each.handler),
            urged_at=each.urged_at,
            together=not each.why and _free(each, reader) and alike(each.lifecycle, each.state, each.action),
        )
        for each in found
    ]


@dataclass(frozen=True, slots=True)
class Grouped:
    """The rows of a page with the group each belongs to, and in words why no more of them can be decided together."""

    rows: list[WaitingCase]
    why_not: str = ""
    """Of the step that most rows without a box wait for; empty where each step without one waits once."""


def in_groups(found: Sequence[WaitingCase]) -> Grouped:
    """Return the rows of a page with the group each belongs to: those of one group can be decided together (P-4)."""
    waiting: dict[tuple[str, str, str], list[WaitingCase]] = defaultdict(list)
    for row in found:
        if row.mine and not row.why:
            waiting[(row.key.split("|")[0], row.state.code, row.key.rpartition("|")[2])].append(row)
    numbered: dict[str, int] = {}
    apart: list[tuple[list[WaitingCase], NearestCases | None]] = []
    for (lifecycle, _, action), rows_there in waiting.items():
        found_alike = _likes(lifecycle, rows_there)
        groups = [group for group in likeness.grouped(found_alike) if len(group) > 1]
        for number, group in enumerate(groups, max(numbered.values(), default=0) + 1):
            numbered.update({f"{lifecycle}|{each}|{action}": number for each in group})
        if len(rows_there) > 1 and not groups:
            apart.append((rows_there, likeness.nearest(found_alike) if len(found_alike) > 1 else None))
    return Grouped([replace(row, group=numbered.get(row.key, 0)) for row in found], _why_not(apart))


def _likes(lifecycle: str, found: Sequence[WaitingCase]) -> dict[str, likeness.Likeness]:
    """Return what makes those cases alike that may be ticked, in their order; nothing of one alone."""
    alike, numbers = KINDS[lifecycle].alike, [row.number for row in found if row.together]
    known = alike(numbers) if alike and len(numbers) > 1 else {}
    return {number: known[number] for number in numbers if number in known}


def _why_not(apart: Sequence[tuple[list[WaitingCase], NearestCases | None]]) -> str:
    """Return why the most cases that wait for one step have no boxes: they differ, or it is taken one by one."""
    if not apart:
        return ""
    found, pair = max(apart, key=lambda each: len(each[0]))
    told: dict[str, object] = {"count": len(found), "step": found[0].label}
    if pair is None:
        return gettext("本页 %(count)s 件都待“%(step)s”，这一步须逐件办理，没有勾选框。") % told
    told |= {"first": pair.first, "second": pair.second, "fields": likes.fields(pair.fields)}
    said = gettext(
        "本页 %(count)s 件都待“%(step)s”，但内容没有两件相同，没有勾选框；最接近的 %(first)s 和 %(second)s，"
        "%(fields)s不同。"
    )
    return said % told


def _free(each: Waiting, reader: str) -> bool:
    return not reader or each.handler in ("", reader)


def _life(lifecycle: str) -> Lifecycle:
    return KINDS[lifecycle].procedure.life


def _title(lifecycle: str) -> str:
    return procedures.said("title", _life(lifecycle).title)


def _no_limit(lifecycle: str, state: str) -> str:
    return procedures.no_limit(_life(lifecycle), state)


def _alike(lifecycle: str, state: str, action: str) -> bool:
    moves = [move for move in _life(lifecycle).moves if (move.before, move.action) == (state, action)]
    return KINDS[lifecycle].alike is not None and all(may_be_together(move) for move in moves)


def _undated(found: Sequence[Waiting], *, now: datetime) -> dict[tuple[str, str], DeadlineShown]:
    """Return the deadlines that wait for a calendar (D-20): the turn has no day, and still there is a limit."""
    without: dict[str, list[str]] = defaultdict(list)
    for each in found:
        if each.late_at is None:
            without[each.lifecycle].append(each.case)
    return {
        (life, case): deadlines.of_clock(clock, now=now)
        for life, cases in without.items()
        for case, clock in queries.deadlines(life, cases).items()
    }
