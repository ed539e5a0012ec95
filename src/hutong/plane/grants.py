"""Grants: who may use which items of a resource, in which one mode, for what, until when.

Suspending waits for the answers under way and lets none begin: no answer commits after the suspension did
(architecture 3.7). Nothing is cached, for a grant is read with the data it opens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.audit import log
from hutong.core import beijing
from hutong.core.errors import Conflicting, Invalid, Missing, Refused
from hutong.db import rows, sql
from hutong.db.database import Database
from hutong.plane import definition as definitions
from hutong.plane import ladder
from hutong.plane.definition import Definition, Mode

queries = sql.load(__package__, "grants.sql")

LOCK = int.from_bytes(b"answers", "big")
"""The advisory lock answers share; stopping a service takes it alone."""

MOVES: dict[tuple[str, str], str] = {
    ("active", "suspended"): "plane.grant_suspended",
    ("suspended", "active"): "plane.grant_resumed",
    ("active", "revoked"): "plane.grant_revoked",
    ("suspended", "revoked"): "plane.grant_revoked",
}
"""State before and after, and the event that says so."""


class DataNotSupplied(Refused):
    """No data of {code} have been supplied to the platform yet; a grant is opened after that."""

    clause = "SX-08-d"


class ResourceWithdrawn(Refused):
    """{code} was withdrawn from the catalogue; nothing is applied for or opened on it any more."""

    clause = "SX-06-a"


class ProtectionNotShown(Refused):
    """System {system} has no valid evidence of MLPS level 2 or above on {day}."""

    clause = "SX-09"


class SystemNotOfConsumer(Refused):
    """{system} is not an active registered system of {consumer}."""

    clause = "SX-10-d"


class ConditionNotDeclared(Refused):
    """{items} cannot be queried by: a condition is granted, and declared as such in the catalogue."""


class ProviderNotOwner(Invalid):
    """{code} is not a resource of {provider}."""


class GrantNumberTaken(Conflicting):
    """A grant {no} is there already."""


class NoSuchGrant(Missing):
    """There is no grant {no}."""


class GrantCannotMove(Conflicting):
    """Grant {no} is {state} and cannot become {wanted}."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant. `items` and `conditions` are item codes, `need` the `ladder.Reason` codes it rests on."""

    no: str
    code: str
    provider: str
    consumer: str
    system: str
    mode: Mode
    items: Sequence[str]
    conditions: Sequence[str]
    need: Sequence[str]
    purpose: str
    matters: Sequence[str]
    users: Sequence[str]
    devices: Sequence[str]
    fold_absent: bool
    quota: int
    """Claims or questions a day."""
    guesses: int
    """Claims a day about one data subject."""
    from_at: datetime
    until_at: datetime
    filing_no: str
    state: str = "active"


def open_grant(cur: Cursor, *, grant: Grant, now: datetime, by: str, application: str | None = None) -> None:
    """Open `grant`; SX-08-d: only after the provider supplied data. Enters plane.grant_opened.

    Raises DataNotSupplied, ResourceWithdrawn, ProviderNotOwner, SystemNotOfConsumer, ProtectionNotShown (SX-09), the
    refusals of `ladder.require` (SX-07-e), ConditionNotDeclared or GrantNumberTaken.
    """
    definition = _supplied(cur, grant)
    _system_fits(cur, grant, now)
    ladder.require(grant.mode, grant.items, definition=definition, need=grant.need)
    check_conditions(grant.conditions, items=grant.items, definition=definition)
    facts = {name: getattr(grant, name) for name in Grant.__slots__}
    lists = {name: sorted(facts[name]) for name in ("conditions", "need", "matters", "users", "devices")}
    row = {**facts, **lists, "mode": str(grant.mode), "items": list(grant.items)}
    if cur.execute(queries.open, row).fetchone() is None:
        raise GrantNumberTaken(no=grant.no)
    record = {
        **{name: row[name] for name in _OPENED},
        "grant": grant.no,
        "application": application,
        "resource": grant.code,
        "from_at": grant.from_at.isoformat(),
        "until_at": grant.until_at.isoformat(),
        "by": by,
    }
    log.append(cur, [log.Entry("plane.grant_opened", now, record, grant.consumer, grant.provider)])


_OPENED = (
    "provider", "consumer", "system", "mode", "items", "conditions", "purpose", "matters", "users", "devices",
    "fold_absent", "quota", "guesses", "filing_no",
)  # fmt: skip


def read(cur: Cursor, *, nos: Sequence[str]) -> dict[str, Grant]:
    """Return the grants with these numbers, by number; those that are not there are left out."""
    cur.execute(queries.read, {"nos": list(nos)})
    return {row["no"]: _grant(row) for row in rows.named(cur)}


def of_consumer(cur: Cursor, *, consumer: str) -> list[Grant]:
    """Return every grant of one consumer, whatever its state, by number."""
    cur.execute(queries.of_consumer, {"consumer": consumer})
    return [_grant(row) for row in rows.named(cur)]


def _grant(row: rows.Named) -> Grant:
    return Grant(**{**row, "mode": Mode(row["mode"])})


def suspend(cur: Cursor, *, no: str, reason: str, now: datetime, by: str, clause: str | None = "SX-16-a") -> None:
    """Stop the service of a grant: no answer under it commits after this transaction did (SX-16-a)."""
    _move(cur, no=no, wanted="suspended", reason=reason, clause=clause, now=now, by=by)


def resume(cur: Cursor, *, no: str, reason: str, now: datetime, by: str, clause: str | None = None) -> None:
    """Take up the service of a suspended grant again; the caller knows that rectification was verified."""
    _move(cur, no=no, wanted="active", reason=reason, clause=clause, now=now, by=by)


def revoke(cur: Cursor, *, no: str, reason: str, now: datetime, by: str, clause: str | None = None) -> None:
    """End a grant for good, at once."""
    _move(cur, no=no, wanted="revoked", reason=reason, clause=clause, now=now, by=by)


def withdraw(cur: Cursor, *, code: str, reason: str, now: datetime, by: str) -> list[str]:
    """End every grant on a resource that leaves the catalogue, let none be opened on it, and return their numbers.

    SX-06-a: what is shared is what the published catalogue lists. No answer commits after this did.
    """
    cur.execute(queries.hold_withdrawing, {"code": code})
    cur.execute(queries.withdraw, {"code": code, "now": now})  # waits for a delivery, so before answers have to
    lock_out_answers(cur)
    ended = [no for (no,) in cur.execute(queries.open_on_resource, {"code": code})]
    for no in ended:
        revoke(cur, no=no, reason=reason, now=now, by=by, clause="SX-06-a")
    return ended


def expire(db: Database, *, now: datetime) -> int:
    """Mark every grant whose period is over and return how many; none was answered after its end anyway."""
    with db.transaction() as cur:
        ended = cur.execute(queries.expire, {"now": now}).fetchall()
        log.append(
            cur,
            [
                log.Entry(
                    "plane.grant_expired",
                    now,
                    {"grant": no, "until_at": until_at.isoformat()},
                    consumer,
                    provider,
                )
                for no, consumer, provider, until_at in ended
            ],
        )
    return len(ended)


def value(row: Sequence) -> Grant:  # type: ignore[type-arg]
    """Return the grant whose columns, in the order of its fields, are `row`: for the way of an answer alone."""
    no, code, provider, consumer, system, mode, *rest = row
    return Grant(no, code, provider, consumer, system, Mode(mode), *rest)


def lock_out_answers(cur: Cursor) -> None:
    """Wait for the answers under way, and let none begin before this transaction ends."""
    cur.execute(queries.lock_out_answers, {"lock": LOCK})


def _move(cur: Cursor, *, no: str, wanted: str, reason: str, clause: str | None, now: datetime, by: str) -> None:
    if wanted != "active":
        lock_out_answers(cur)
    found = cur.execute(queries.state, {"no": no}).fetchone()
    if found is None:
        raise NoSuchGrant(no=no)
    state, consumer, provider = found
    event = MOVES.get((state, wanted))
    if event is None:
        raise GrantCannotMove(no=no, state=state, wanted=wanted)
    cur.execute(queries.move, {"no": no, "state": wanted, "reason": reason})
    record = {"grant": no, "reason": reason, "clause": clause, "by": by}
    log.append(cur, [log.Entry(event, now, record, consumer, provider)])


def _supplied(cur: Cursor, grant: Grant) -> Definition:
    cur.execute(queries.hold_opening, {"code": grant.code})
    found = cur.execute(queries.held_version, {"code": grant.code}).fetchone()
    if found is not None and found[3]:
        raise ResourceWithdrawn(code=grant.code)
    if found is None or found[0] is None:
        raise DataNotSupplied(code=grant.code)
    if found[1] != grant.provider:
        raise ProviderNotOwner(code=grant.code, provider=grant.provider)
    return definitions.load(found[2])


def _system_fits(cur: Cursor, grant: Grant, now: datetime) -> None:
    found = cur.execute(queries.system, {"system": grant.system}).fetchone()
    if found is None or found[:2] != (grant.consumer, "active"):
        raise SystemNotOfConsumer(system=grant.system, consumer=grant.consumer)
    today = beijing.day(now)
    if found[2] < 2 or found[3] < today:
        raise ProtectionNotShown(system=grant.system, day=today.isoformat())


def check_conditions(conditions: Sequence[str], *, items: Sequence[str], definition: Definition) -> None:
    """Return if each of `conditions` is declared as one and among `items`; raises ConditionNotDeclared."""
    allowed = {item.code for item in definition.items if item.condition and item.code in items}
    if wrong := [code for code in conditions if code not in allowed]:
        raise ConditionNotDeclared(items=", ".join(wrong))
