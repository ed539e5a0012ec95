"""Suspensions: to whom no service is given for now. Each is a fact of its own; several may stand at once (SX-16-a).

A unit, a system or a grant is suspended, for a reason and by a clause, and each suspension is lifted for itself. An
answer is given only while none stands of its grant, its system and its unit. How many stand is counted in the rows of
the grant and the system, which every answer reads: so a change of it makes what is remembered (`answer.facts`) invalid.
No answer commits after a suspension did (architecture 3.7). What a suspension can be is read from
`lifecycle.SUSPENSION`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from psycopg import Cursor

from hutong.audit import log
from hutong.core import lifecycle
from hutong.core.errors import Conflicting, Missing
from hutong.core.lifecycle import Move
from hutong.db import rows, sql
from hutong.plane import grants, registers
from hutong.plane.lifecycle import GRANT, SUSPENSION

statements = sql.load(__package__, "suspensions.sql")

LIFTED = "lifted"
_WITH_UNIT = "standing_with_unit"


class Suspendable(StrEnum):
    """What is suspended."""

    UNIT = "unit"
    """A consuming unit, with all systems it has or will have."""
    SYSTEM = "system"
    GRANT = "grant"


class NoSuchSuspension(Missing):
    """There is no suspension {id}."""


class GrantEnded(Conflicting):
    """Grant {no} is {state}; there is no service left to suspend."""


class SuspensionCannotMove(Conflicting):
    """Suspension {id} is in state {case_state}; that cannot be done with it."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """One suspension, standing or lifted; `whom` is a credit code, the id of a system or the number of a grant."""

    id: int
    kind: Suspendable
    whom: str
    reason: str
    clause: str
    suspended_by: str
    suspended_at: datetime
    state: str
    lifted_by: str | None
    lifted_at: datetime | None
    verified: str | None
    """What was seen to be put right before it was lifted (整改核查情况)."""

    @property
    def stands(self) -> bool:
        """Whether nothing is answered for it."""
        return self.state != LIFTED


def suspend(cur: Cursor, *, kind: Suspendable, whom: str, reason: str, clause: str, now: datetime, by: str) -> int:
    """Give no service to a unit, a system or under a grant, and return the suspension's number (SX-16-a).

    No answer to them commits after this transaction did. Raises NoSuchGrant, GrantEnded and NotRegistered; whether a
    unit is there the caller knows.
    """
    move = _move(SUSPENSION.start, "suspend")
    return _suspend(cur, move, kind=kind, whom=whom, reason=reason, clause=clause, now=now, by=by)


def suspend_with_unit(cur: Cursor, *, unit: str, reason: str, now: datetime, by: str) -> int:
    """Give no service to a unit that is being stopped: only registered units are members (SX-03)."""
    move = _move(SUSPENSION.start, "suspend_with_unit", fact="unit_stopped")
    return _suspend(cur, move, kind=Suspendable.UNIT, whom=unit, reason=reason, clause=move.clause, now=now, by=by)


def lift(cur: Cursor, *, id: int, verified: str, now: datetime, by: str) -> None:
    """Lift one suspension and no other; `verified` says what was seen to be put right.

    Raises NoSuchSuspension, and SuspensionCannotMove where it was lifted before or stands with its unit.
    """
    _lift(cur, "lift", id=id, verified=verified, now=now, by=by)


def lift_with_unit(cur: Cursor, *, unit: str, verified: str, now: datetime, by: str) -> None:
    """Lift the suspension that a unit was stopped with, now that it is started again (SX-03), and no other."""
    for (id_,) in cur.execute(statements.with_unit, {"unit": unit, "state": _WITH_UNIT}).fetchall():
        _lift(cur, "lift_with_unit", fact="unit_started", id=id_, verified=verified, now=now, by=by)


def of_grants(cur: Cursor, *, nos: Sequence[str]) -> dict[str, list[Suspension]]:
    """Return by its number the suspensions of each grant, its system and its consumer, the newest first."""
    found: dict[str, list[Suspension]] = {no: [] for no in nos}
    cur.execute(statements.of_grants, {"nos": list(nos)})
    for row in rows.named(cur):
        found[row.pop("no")].append(Suspension(**{**row, "kind": Suspendable(row["kind"])}))
    return found


def unit_of(cur: Cursor, *, kind: Suspendable, whom: str) -> str | None:
    """Return whose service is, or would be, suspended; None where that system or grant is not there."""
    found = cur.execute(statements.unit_of, {"kind": str(kind), "whom": whom}).fetchone()
    return found[0] if found else None


def unit_suspended(cur: Cursor, *, id: int) -> str | None:
    """Return whose service a suspension is of; None where it is not there."""
    found = cur.execute(statements.whom, {"id": id}).fetchone()
    return unit_of(cur, kind=Suspendable(found[0]), whom=found[1]) if found else None


def _suspend(
    cur: Cursor, move: Move, *, kind: Suspendable, whom: str, reason: str, clause: str, now: datetime, by: str
) -> int:
    of = _count_one_more(cur, kind, whom)
    given = {"kind": str(kind), "whom": whom, "reason": reason, "clause": clause, "by": by}
    ((id_,),) = cur.execute(statements.suspend, {**given, "now": now, "state": move.after}).fetchall()
    _enter(cur, "plane.suspended", {"suspension": id_, **given}, of=of, now=now)
    return int(id_)


def _lift(cur: Cursor, action: str, *, id: int, verified: str, now: datetime, by: str, fact: str = "") -> None:
    cur.execute(statements.standing, {"id": id})
    found = rows.only(cur)
    if found is None:
        raise NoSuchSuspension(id=id)
    move = _move(found.pop("state"), action, fact=fact, id=id)
    of = _count(cur, Suspendable(found["kind"]), found["whom"], more=-1)
    cur.execute(statements.lift, {"id": id, "state": move.after, "verified": verified, "now": now, "by": by})
    record = {"suspension": id, **found, "reason": verified, "by": by}
    _enter(cur, "plane.suspension_lifted", record, of=of, now=now)


def _enter(cur: Cursor, event: str, record: dict[str, object], *, of: "_Concerned", now: datetime) -> None:
    """Enter what became of a suspension, for its unit and every unit that provides under a grant it stops."""
    providers: list[str] = []
    if record["kind"] != Suspendable.GRANT:
        asked = {"kind": record["kind"], "whom": record["whom"], "over": sorted(lifecycle.ends(GRANT))}
        providers = [provider for (provider,) in cur.execute(statements.providers, asked).fetchall()]
    log.append(cur, [log.LogEntry(event, now, record, of.unit, of.provider, providers)])


class _Concerned(NamedTuple):
    """Whose service it is, and of a grant who provides for it, and its state."""

    unit: str
    provider: str | None = None
    state: str | None = None


def _count_one_more(cur: Cursor, kind: Suspendable, whom: str) -> _Concerned:
    """Count one suspension more, and let no answer begin before this transaction ends.

    Locks are taken in the order of others: ending a grant locks answers out first, stopping a system its row.
    """
    if kind is not Suspendable.GRANT:
        of = _count(cur, kind, whom, more=1)
        grants.lock_out_answers(cur)
        return of
    grants.lock_out_answers(cur)
    of = _count(cur, kind, whom, more=1)
    if of.state in lifecycle.ends(GRANT):
        raise GrantEnded(no=whom, state=of.state)
    return of


def _count(cur: Cursor, kind: Suspendable, whom: str, *, more: int) -> _Concerned:
    given = {"whom": whom, "more": more}
    if kind is Suspendable.UNIT:
        cur.execute(statements.lock_unit, {"unit": whom})
        cur.execute(statements.count_unit, given)
        return _Concerned(whom)
    cur.execute(statements.count_system if kind is Suspendable.SYSTEM else statements.count_grant, given)
    found = rows.only(cur)
    if found is not None:
        return _Concerned(**found)
    raise registers.NotRegistered(kind="system", id=whom) if kind is Suspendable.SYSTEM else grants.NoSuchGrant(no=whom)


def _move(state: str, action: str, *, fact: str = "", id: int = 0) -> Move:
    """Return what an action does, while of the conditions of the table `fact` alone holds."""
    move = lifecycle.find(SUSPENSION, state, action, facts={word: word == fact for word in SUSPENSION.conditions})
    if move is None:
        raise SuspensionCannotMove(id=id, case_state=SUSPENSION.states[state].name)
    return move
