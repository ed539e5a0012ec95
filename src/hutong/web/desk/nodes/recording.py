"""What was carried out of a change of configuration, as its form says it: when, by whom, and what was done."""

from datetime import datetime

from django.http import QueryDict

from hutong.control.nodes import changing
from hutong.control.procedures.operations import Grounds
from hutong.control.units.rules import Actor
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar
from hutong.web.desk import fields

AT = "at"
"""The hidden field with the state a form is meant for (`acts.AT`)."""


def record(number: str, form: QueryDict, /, *, actor: Actor, now: datetime, calendar: Calendar) -> None:
    """Take down what was carried out; raises FieldUnreadable and what `changing.take` does."""
    judging = Judging()
    changing.take(
        number, "execute", actor=actor, now=now, calendar=calendar, grounds=Grounds(), executed=executed(form, judging),
        judging=judging, meant_for=form.get(AT, ""),
    )  # fmt: skip


def executed(form: QueryDict, judging: Judging) -> dict[str, object]:
    """Return what was typed of what was carried out; what cannot be read is kept in `judging`."""
    typed = form.get("executed_at", "").strip()
    at = fields.judged(judging, fields.minute, form, "executed_at", None) if typed else None
    told = {"executed_at": at, **{name: form.get(name, "").strip() for name in ("executed_by", "done")}}
    fields.judge(form, judging)
    return told
