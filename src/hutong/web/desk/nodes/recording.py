"""What was carried out of a change of configuration, as its form says it: when, by whom, and what was done."""

from datetime import datetime

from django.http import QueryDict

from hutong.control.nodes import changing
from hutong.control.procedures.operations import Grounds
from hutong.control.units.rules import Actor
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar
from hutong.web.desk import fields


def record(number: str, form: QueryDict, /, *, actor: Actor, now: datetime, calendar: Calendar) -> None:
    """Take down what was carried out; raises FieldUnreadable and what `changing.take` does."""
    judging = Judging()
    told = executed(form, judging)
    fields.judge(form, judging)
    changing.take(
        number, "execute", actor=actor, now=now, calendar=calendar, grounds=Grounds(), executed=told, judging=judging,
        meant_for=form.get(fields.AT, ""),
    )


def executed(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed of what was carried out; what cannot be read is kept in `judging`."""
    told: dict[str, object] = {name: form.get(name, "").strip() for name in ("executed_by", "done")}
    told["executed_at"] = moment(form, "executed_at", judging)
    return told


def moment(form: QueryDict, name: str, judging: Judging) -> datetime | None:
    """Return the minute that was typed, or None where nothing was; what cannot be read is kept in `judging`."""
    return fields.judged(judging, fields.minute, form, name, None) if form.get(name, "").strip() else None
