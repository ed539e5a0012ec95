"""The departments of units, each known by its name; who is of one that does not stand is not answered (SX-10-d)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

from hutong.audit import log
from hutong.db import sql
from hutong.plane import grants
from hutong.plane.registers import IdentityTaken, NotRegistered

statements = sql.load(__package__, "departments.sql")


@dataclass(frozen=True, slots=True)
class RegisteredDepartment:
    """A registered department."""

    unit: str
    state: str


def register(cur: Cursor, *, id: str, unit: str, now: datetime, by: str) -> None:
    """Register a department by its name; its people are answered from then on. Raises IdentityTaken."""
    if cur.execute(statements.register_department, {"id": id, "unit": unit}).fetchone() is None:
        raise IdentityTaken(kind="department", id=id)
    cur.execute(statements.people_of_department, {"id": id, "unit": unit, "stands": True})
    _enter(cur, "plane.department_registered", {"department": id, "unit": unit, "by": by}, unit=unit, now=now)


def department(cur: Cursor, *, id: str, unit: str) -> RegisteredDepartment:
    """Return a registered department of a unit and lock its row; raises NotRegistered."""
    row = cur.execute(statements.department, {"id": id, "unit": unit}).fetchone()
    if row is None:
        raise NotRegistered(kind="department", id=id)
    return RegisteredDepartment(*row)


def set_state(cur: Cursor, *, id: str, unit: str, state: str, now: datetime, by: str) -> None:
    """Stop a department (`stopped`) or let it go on (`active`), and with it its people; raises NotRegistered."""
    before = department(cur, id=id, unit=unit)
    if state != "active":
        grants.lock_out_answers(cur)
    cur.execute(statements.change_department, {"id": id, "unit": unit, "state": state})
    cur.execute(statements.people_of_department, {"id": id, "unit": unit, "stands": state == "active"})
    changed = {"before": {"state": before.state}, "after": {"state": state}}
    _enter(cur, "plane.department_changed", {"department": id, "unit": unit, **changed, "by": by}, unit=unit, now=now)


def _enter(cur: Cursor, event: str, record: dict[str, Any], *, unit: str, now: datetime) -> None:
    log.append(cur, [log.LogEntry(event=event, at=now, record=record, unit=unit)])
