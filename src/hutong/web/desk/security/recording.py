"""What a step of a restore drill found, as its form says it: which set, that it was read back, what was measured."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from django.http import QueryDict

from hutong.control.security import operations
from hutong.control.units.rules import Actor
from hutong.core.errors import Invalid, Judging
from hutong.core.workdays import Calendar
from hutong.web.desk import fields


class RootMisshaped(Invalid):
    """“{value}” is no root of a checkpoint, which is 64 hexadecimal digits."""

    clause = "SX-11-c"


Read = TypeVar("Read")


def record(number: str, form: QueryDict, /, *, actor: Actor, now: datetime, calendar: Calendar) -> None:
    """Take the step that a form says and that asks for what was found.

    Raises FieldUnreadable, Faults of several fields, and what `security.operations.record_step` does.
    """
    action, judging = form.get("action", ""), Judging()
    if action not in READ:
        raise fields.unreadable("action", action)
    facts = READ[action](form, judging)
    fields.judge(form, judging)
    judging.end()
    operations.record_step(
        number, action, facts=facts, actor=actor, now=now, calendar=calendar, meant_for=form.get(fields.AT, "")
    )


def _set(form: QueryDict, judging: Judging) -> dict[str, object]:
    return {
        "set_number": fields.judged(judging, fields.number, form, "set_number", None),
        "set_ended_at": fields.judged(judging, fields.minute, form, "set_ended_at", None),
    }


def _read_back(form: QueryDict, judging: Judging) -> dict[str, object]:
    return {"read_back_at": fields.judged(judging, fields.minute, form, "read_back_at", None)}


def _measured(form: QueryDict, judging: Judging) -> dict[str, object]:
    def read(reads: Callable[[QueryDict, str], Read], name: str) -> Read | None:
        return fields.judged(judging, reads, form, name, None)

    failed = read(_result, "result") == "failed"
    told: dict[str, object] = {name: form.get(name, "").strip() for name in _TEXTS}
    return {
        **told,
        "checkpoint_root": fields.judged(judging, _root, form, "checkpoint_root", ""),
        "fault_at": read(fields.minute, "fault_at"),
        "log_until": read(fields.minute, "log_until") if form.get("log_until") else None,
        "restore_seconds": read(_seconds, "restore_minutes"),
        "rto_seconds": read(_seconds, "rto_minutes"),
        "verified": "verified" in form,
        "checkpoint_size": read(fields.whole, "checkpoint_size"),
        "compare": read(_compare, "compare_entry"),
        "failed_with": read(fields.said, "failed_with") if failed else "",
    }


_TEXTS = ("postgres", "hutong", "machine")
READ: Mapping[str, Callable[[QueryDict, Judging], dict[str, object]]] = {
    "back_up": _set, "verify": _read_back, "drill": _measured,
}  # fmt: skip
"""Step of a drill → what reads its form."""


def _root(form: QueryDict, field: str) -> str:
    """Return the root of a checkpoint, empty where none is given; raises RootMisshaped."""
    given = form.get(field, "").strip()
    if given and not re.fullmatch("[0-9a-f]{64}", given):
        raise RootMisshaped(value=fields.shortened(given))
    return given


def _result(form: QueryDict, field: str) -> str:
    return fields.chosen(form, field, ("passed", "failed"))


def _seconds(form: QueryDict, field: str) -> int | None:
    found = fields.whole(form, field)
    return None if found is None else found * 60


def _compare(form: QueryDict, field: str) -> dict[str, object] | None:
    entry = fields.whole(form, field)
    return None if entry is None else {"entry": entry, "index": entry, "verdict": ""}

