"""What the forms about an officer post, and the operation that each of them is."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.http import QueryDict

from hutong.control.units import officers
from hutong.control.units import queries as members
from hutong.control.units.rules import ROLES, Actor, Days
from hutong.core import beijing
from hutong.core.errors import Judging
from hutong.web.desk import fields
from hutong.web.desk.acts import AT

DAYS = ("from_date", "until_date")
Act = Callable[[QueryDict, str, Actor, datetime], str | None]
"""Carries out what a form posts about an officer, and returns a password where one was made."""


def posted(form: QueryDict, *, username: str, actor: Actor, now: datetime) -> str | None:
    """Carry out what was posted about an officer; raises what the operation does, and FieldUnreadable."""
    act, judging = form.get("act", ""), Judging()
    if act not in ACTS:
        raise fields.unreadable("act", act)
    for name in NEEDED.get(act, ()):
        fields.judged(judging, _READ.get(name, fields.said), form, name, "")
    if act == "give":
        fields.judged(judging, _days, form, "from_date", None)
        fields.judged(judging, _days, form, "until_date", None)
    fields.judge(form, judging)
    judging.end()
    role = fields.said(form, "role") if act in ("give", "take") else ""
    with officers.meant(username, act, form.get(AT, ""), role=role, actor=actor, now=now):
        return ACTS[act](form, username, actor, now)


def _rename(form: QueryDict, username: str, actor: Actor, now: datetime) -> None:
    name = fields.said(form, "name")
    officers.rename(username=username, name=name, reason=form.get("reason", "").strip(), actor=actor, now=now)


def _move(form: QueryDict, username: str, actor: Actor, now: datetime) -> None:
    unit, reason = fields.said(form, "unit"), fields.said(form, "reason")
    officers.move(username=username, unit=unit, reason=reason, actor=actor, now=now)


def _give(form: QueryDict, username: str, actor: Actor, now: datetime) -> None:
    first, last = (_days(form, name) for name in DAYS)
    days = Days(first or beijing.day(now), last)
    officers.give(username=username, role=fields.said(form, "role"), days=days, actor=actor, now=now)


def _days(form: QueryDict, field: str) -> date | None:
    """Return a day; None where nothing stands. Raises FieldUnreadable."""
    return fields.day(form, field) if form.get(field, "").strip() else None


def _role(form: QueryDict, field: str) -> str:
    return fields.chosen(form, field, ROLES)


def _unit(form: QueryDict, field: str) -> str:
    """Return the credit code of the unit that was chosen; raises what `fields.unit` does, and NoSuchUnit."""
    return members.code_of(fields.unit(form, field))


_READ: Mapping[str, Callable[[QueryDict, str], str]] = {"role": _role, "unit": _unit}
"""Field → what reads it, where it is chosen from a list."""


def _take(form: QueryDict, username: str, actor: Actor, now: datetime) -> None:
    role, reason = fields.said(form, "role"), fields.said(form, "reason")
    officers.take(username=username, role=role, reason=reason, actor=actor, now=now)


ACTS: dict[str, Act] = {
    "rename": _rename,
    "move": _move,
    "give": _give,
    "take": _take,
    "stop": lambda form, username, actor, now: officers.set_active(
        username=username, active=False, actor=actor, now=now
    ),
    "start": lambda form, username, actor, now: officers.set_active(
        username=username, active=True, actor=actor, now=now
    ),
    "password": lambda form, username, actor, now: officers.renew_password(username=username, actor=actor, now=now),
    "second_factor": lambda form, username, actor, now: officers.reset_factor(username=username, actor=actor, now=now),
    "end_sessions": lambda form, username, actor, now: officers.end_sessions(username=username, actor=actor, now=now),
    "unlock": lambda form, username, actor, now: officers.unlock(username=username, actor=actor, now=now),
}
"""What a form posts as `act` → what it does."""
NEEDED = {"rename": ("name",), "move": ("unit", "reason"), "give": ("role",), "take": ("role", "reason")}
"""Act → the fields that say something."""
