"""Faults as a kind of case: who sees one, as whom a contact acts, how a step is taken, and what it asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.notices import faulted, faults, maintained
from hutong.control.notices.models import FaultCase
from hutong.control.notices.procedure import FAULTS
from hutong.control.notices.rules import TOLD_WITH, check_told
from hutong.control.procedures.operations import Grounds
from hutong.control.units.rules import Actor
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar
from hutong.web import clock
from hutong.web.desk.notices.maintenance_kind import happened
from hutong.web.desk.room import CaseKind
from hutong.web.forms import Field
from hutong.web.wording import filters, labels

PAGE = "faults"
"""Name of the pages of faults, where labels are looked up."""
HINTS = {
    "situation": "已经知道的原因、影响哪些系统和服务接口；不明的写明正在查找。",
    "measures": "已经采取和将要采取的措施。",
}
"""Field → what is said below it (Chinese)."""


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of a fault; returns its state and raises what `notices.faults.take` raises."""
    judging = Judging()
    return faults.take(
        number, action, actor=actor, now=now, calendar=calendar, grounds=grounds,
        told=_read(action, grounds.more, judging), judging=judging, meant_for=meant_for,
    )  # fmt: skip


def judges(fault: FaultCase, action: str, typed: Mapping[str, str], judging: Judging) -> None:
    """Keep what is wrong with what was typed of a fault for a step."""
    told = _read(action, typed, judging)
    check_told(action, told, noticed_at=fault.noticed_at, now=clock.now(), judging=judging)


def _read(action: str, typed: Mapping[str, str], judging: Judging) -> dict[str, object]:
    """Return what was typed of a fault; what cannot be read is kept in `judging`."""
    told: dict[str, object] = {name: words.strip() for name, words in typed.items()}
    if "happened_at" in TOLD_WITH.get(action, ()):
        told["happened_at"] = happened(typed, judging)
    return told


def asks(fault: FaultCase, action: str, typed: Mapping[str, str]) -> Sequence[Field]:
    """Return the fields for what the unit tells with a step; when it was restored is now, unless another was typed."""
    begun = {"happened_at": filters.moment(clock.now())} if not typed else {}
    return told_with(action, {**begun, **typed}, form=action)


def told_with(action: str, typed: Mapping[str, str], *, form: str = "") -> Sequence[Field]:
    """Return the fields for what is told with a step, in `form` where a page has several."""
    return [
        Field(
            name, labels.label(name, page=PAGE), typed.get(name, ""),
            "datetime-local" if name == "happened_at" else "long", required=True, form=form,
            hint=gettext(HINTS[name]) if name in HINTS else "",
        )
        for name in TOLD_WITH.get(action, ())
    ]  # fmt: skip


KIND = CaseKind(
    FAULTS, "fault", take, find=faulted.fault, editable=faulted.editable, asks=asks, asking=frozenset(TOLD_WITH),
    judges=judges, acting=maintained.acting,
)  # fmt: skip
