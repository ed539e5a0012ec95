"""What was done, told once on the page that follows.

Every form of the desk that acts leads on through `led` or `of_case`; the page it leads to takes what was kept (`once`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext

from hutong.control.procedures import models, queries
from hutong.control.units import queries as members
from hutong.core.lifecycle import Lifecycle, ends
from hutong.web import clock, once
from hutong.web.desk.room import CaseKind
from hutong.web.login.request import PageRequest
from hutong.web.wording import deadlines, procedures
from hutong.web.wording.filters import joined
from hutong.web.wording.names import named
from hutong.web.wording.procedures import HANDS


def led(request: HttpRequest, address: str, *, said: str, then: str = "", case: str = "") -> HttpResponseRedirect:
    """Return what leads to a page of the desk, and keep what was done for it: in words, and what happens next.

    Where the number of a `case` is given, the page also offers the next one that waits.
    """
    return once.led(request, address, said=said, then=then, case=case)


def done(request: HttpRequest, address: str, *, what: str, about: str, then: str = "") -> HttpResponseRedirect:
    """Return what leads to a page, which tells that `what` was done `about` something: both in the reader's words."""
    said = gettext("已办理“%(what)s”：%(about)s。") % {"what": what, "about": about}
    return led(request, address, said=said, then=then)


def of_case(request: PageRequest, kind: CaseKind, number: str, address: str, *, saved: bool) -> HttpResponseRedirect:
    """Return what leads to the page of a case: what its reader just did, who goes on with it, and by when.

    Where it was `saved`, no step was taken: what it says was written down.
    """
    life, case = kind.procedure.life, kind.find(number, actor=request.actor)
    _, what, to = _last(life, number, officer=request.actor.officer)
    words = gettext("已保存：%(case)s。") if saved or not what else gettext("已办理“%(what)s”：%(case)s。")
    said = words % {"what": what, "case": called(kind, case)}
    then = _then(kind, case, number, now=clock.now())
    then = then if saved or not to else f"{to}{then}"
    return led(request, address, said=said, then=then, case="" if saved else number)


def called(kind: CaseKind, case: Model) -> str:
    """Return what a case is called where it is told of: what it is, its number, and what it is about."""
    (seen,) = kind.procedure.seen([case])
    told = {"kind": procedures.said("title", kind.procedure.life.title), "number": seen.number, "about": seen.title}
    return gettext("%(kind)s %(number)s（%(about)s）") % told


def last(life: Lifecycle, number: str, *, officer: str) -> tuple[datetime | None, str]:
    """Return when an officer did something in a case for the last time, and what; None and nothing where never."""
    at, what, _ = _last(life, number, officer=officer)
    return at, what


def _last(life: Lifecycle, number: str, *, officer: str) -> tuple[datetime | None, str, str]:
    """Return what `last` does, and of a handling in words whom it went to, and that an answer is awaited."""
    own = _by_one_click(life, [row for row in queries.steps(life.name, number) if row.by == officer])
    names = (procedures.step(life, row.action, before=row.from_state, after=row.to_state) for row in own)
    steps = [(own[-1].at, procedures.both(*names), "")] if own else []
    given = (
        (row.at, procedures.step(life, row.action, before=row.state), "")
        for row in queries.hands_given(life.name, number)
        if row.by == officer
    )
    handled = (
        (row.at, gettext(procedures.HANDLINGS[row.kind]), _to(row))
        for row in queries.handlings(life.name, number)
        if row.by == officer
    )
    acts = sorted([*handled, *given, *steps], key=lambda each: each[0])
    return acts[-1] if acts else (None, "", "")


def _to(row: models.Handling) -> str:
    """Return whom a handling went to, and what is awaited of them; nothing where it went to nobody."""
    if row.kind == "consult":
        unit = members.names().get(row.to_unit, row.to_unit)
        return gettext("已发给 %(unit)s，待其会签答复。") % {"unit": unit}
    if row.kind == "give" and row.to_name:
        return gettext("已交给 %(name)s 办理。") % {"name": row.to_name}
    if row.kind in procedures.AFTER:
        return gettext(procedures.AFTER[row.kind]) % {"name": row.to_name}
    return ""


def _by_one_click(life: Lifecycle, rows: Sequence[models.Step]) -> list[models.Step]:
    """Return the last of an officer's steps, and before it the one that was taken by the same click."""
    found = list(rows[-2:])
    if len(found) < 2:
        return found
    first, then = found
    paired = (first.action, then.action) in life.paired
    return found if paired and (first.at, first.to_state) == (then.at, then.from_state) else [then]


def _then(kind: CaseKind, case: models.Case, number: str, *, now: datetime) -> str:
    """Return who goes on with a case and by when, or that nobody has to."""
    life, state = kind.procedure.life, procedures.state(kind.procedure.life, case.state)
    turns = list(dict.fromkeys(_turns(queries.turns(life.name, number))))
    if not turns:
        over = case.state in ends(life)
        said = gettext("现在是“%(state)s”，办理结束。") if over else gettext("现在是“%(state)s”，暂无待办的步骤。")
        return said % {"state": state.name}
    clock_ = queries.deadlines(life.name, [number]).get(number)
    due = deadlines.of_clock(clock_, now=now).said if clock_ else ""
    told = {"state": state.name, "turns": joined(turns), "due": due}
    if due:
        return gettext("现在是“%(state)s”。接下来：%(turns)s，期限 %(due)s。") % told
    return gettext("现在是“%(state)s”。接下来：%(turns)s，本步未规定期限。") % told


def _turns(rows: list[models.Turn]) -> Iterator[str]:
    units = members.names()
    for row in rows:
        if not row.leads:
            continue
        whose = " · ".join(filter(None, (units.get(row.of_unit, ""), named(row.of_role, "role"))))
        label = procedures.said("action", row.label)
        step = f"{gettext(HANDS[row.stage])} {label}" if row.stage else label
        yield gettext("%(whose)s 办理“%(step)s”") % {"whose": whose, "step": step}
