"""Notices of maintenance as a kind of case: who sees one, as whom a contact acts, and how a step is taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import QueryDict

from hutong.control.notices import maintained, maintenance, rules
from hutong.control.notices.models import MaintenanceNotice
from hutong.control.notices.procedure import MAINTENANCE_NOTICES
from hutong.control.procedures.operations import Grounds
from hutong.control.units.rules import Actor
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar
from hutong.web import clock
from hutong.web.desk import fields
from hutong.web.desk.room import CaseKind
from hutong.web.forms import Field
from hutong.web.wording import filters, labels

HAPPENED = frozenset({"begin", "complete"})
"""Steps that say when something happened."""
PAGE = "maintenance"
"""Name of the pages of maintenance, where labels are looked up."""


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of a notice; returns its state and raises what `notices.maintenance.take` raises."""
    judging = Judging()
    return maintenance.take(
        number, action, actor=actor, now=now, calendar=calendar, grounds=grounds,
        happened_at=happened(grounds.more, judging), judging=judging, meant_for=meant_for,
    )  # fmt: skip


def judges(notice: MaintenanceNotice, action: str, typed: Mapping[str, str], judging: Judging) -> None:
    """Keep what is wrong with the moment that was typed for a step."""
    if action in HAPPENED:
        found = happened(typed, judging)
        rules.check_happened(found, begun_at=notice.begun_at, now=clock.now(), judging=judging)


def happened(typed: Mapping[str, str], judging: Judging) -> datetime | None:
    """Return the moment that was typed for what happened; what cannot be read is kept in `judging`."""
    if not judging.spared("happened_at"):
        return None
    form = QueryDict(mutable=True)
    form.update(dict(typed))
    return fields.judged(judging, fields.minute, form, "happened_at", None)


def asks(notice: MaintenanceNotice, action: str, typed: Mapping[str, str]) -> Sequence[Field]:
    """Return the field for when the work began or ended: now, where nobody typed another moment."""
    if action not in HAPPENED:
        return ()
    value = typed.get("happened_at") or filters.moment(clock.now())
    return (Field("happened_at", labels.label("happened_at", page=PAGE), value, "datetime-local", required=True,
                  form=action),)  # fmt: skip


KIND = CaseKind(
    MAINTENANCE_NOTICES, "maintenance-notice", take, find=maintained.notice, editable=maintained.editable, asks=asks,
    asking=HAPPENED, judges=judges, acting=maintained.acting,
)  # fmt: skip
