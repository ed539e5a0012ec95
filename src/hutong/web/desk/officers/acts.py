"""What the forms about an officer post, and the operation that each of them is."""

from collections.abc import Callable
from datetime import datetime

from django.http import QueryDict

from hutong.control.units import officers
from hutong.control.units.rules import Actor, Days
from hutong.core import beijing
from hutong.core.blanks import is_blank
from hutong.web.desk import fields

DAYS = ("from_date", "until_date")
Act = Callable[[QueryDict, str, Actor, datetime], str | None]
"""Carries out what a form posts about an officer, and returns a password where one was made."""


def posted(form: QueryDict, *, username: str, actor: Actor, now: datetime) -> str | None:
    """Carry out what was posted about an officer; raises what the operation does, and FieldUnreadable."""
    fields.check(form)
    act = form.get("act", "")
    if act not in ACTS:
        raise fields.unreadable("act", act)
    return ACTS[act](form, username, actor, now)


def _rename(form: QueryDict, username: str, actor: Actor, now: datetime) -> None:
    name = _said(form, "name")
    officers.rename(username=username, name=name, reason=form.get("reason", "").strip(), actor=actor, now=now)


def _move(form: QueryDict, username: str, actor: Actor, now: datetime) -> None:
    officers.move(username=username, unit=_said(form, "unit"), reason=_said(form, "reason"), actor=actor, now=now)


def _give(form: QueryDict, username: str, actor: Actor, now: datetime) -> None:
    first, last = (fields.day(form, name) if form.get(name, "").strip() else None for name in DAYS)
    days = Days(first or beijing.day(now), last)
    officers.give(username=username, role=_said(form, "role"), days=days, actor=actor, now=now)


def _take(form: QueryDict, username: str, actor: Actor, now: datetime) -> None:
    officers.take(username=username, role=_said(form, "role"), reason=_said(form, "reason"), actor=actor, now=now)


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


def _said(form: QueryDict, field: str) -> str:
    if is_blank(said := form.get(field, "").strip()):
        raise fields.FieldEmpty(field=field)
    return said
