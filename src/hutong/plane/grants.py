"""Grants: who may use which items of a resource, in which one mode, for what, until when.

Ending one waits for the answers under way and lets none begin: no answer commits after the end did (architecture 3.7).
Nothing is cached, for a grant is read with the data it opens. What a grant can be, and by which step, is read from
`lifecycle.GRANT`; that it is not served for now is not its state (`suspensions`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg import Cursor
from psycopg.types.json import Jsonb

from hutong.audit import log
from hutong.core import beijing, lifecycle
from hutong.core.errors import Conflicting, Invalid, Missing, Refused
from hutong.core.lifecycle import Move
from hutong.db import rows, sql
from hutong.db.database import Database
from hutong.plane import definition as definitions
from hutong.plane import filters, ladder, rulebook
from hutong.plane.definition import Definition, Mode
from hutong.plane.filters import Filter
from hutong.plane.lifecycle import GRANT, in_force

statements = sql.load(__package__, "grants.sql")

LOCK = int.from_bytes(b"answers", "big")
"""The advisory lock answers share; stopping a service takes it alone."""

_EVENTS = {
    "revoked": "plane.grant_revoked",
    "relinquished": "plane.grant_relinquished",
    "expired": "plane.grant_expired",
}
"""State a grant comes into → the event that says so."""


class DataNotSupplied(Refused):
    """No data of {code} have been supplied to the platform yet; a grant is opened after that."""

    clause = "SX-08-d"


class ResourceWithdrawn(Refused):
    """{code} was withdrawn from the catalogue; nothing is applied for or opened on it any more."""

    clause = "SX-06-a"


class ProtectionNotShown(Refused):
    """System {system} has on {day} no valid evidence of the MLPS level that is wanted, two or above."""

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


class NoNewerVersion(Conflicting):
    """Grant {no} is answered from version {version} of {code}; no newer one has data."""


class GrantNotAnswered(Conflicting):
    """Grant {no} is not answered from any version now; there is nothing to switch."""


class VersionUnfit(Refused):
    """Version {version} of {code} does not offer what grant {no} is for: {items}."""

    clause = "SX-07-e"


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
    quota: int
    """Claims or questions a day."""
    guesses: int
    """Claims a day about one data subject."""
    from_at: datetime
    until_at: datetime
    filing_no: str
    state: str = GRANT.start
    suspended: int = 0
    """How many suspensions of it stand; those of its system and its consumer are not among them."""
    row_filter: Filter = field(default_factory=dict)
    """The records it is limited to (`plane.filters`), all where it names no item."""
    version: int = 0
    """The version of the resource it is answered from: the newest that holds data when it is opened."""
    first_version: int = 0
    """The version it was opened on."""
    fold_absent: bool = False
    """Absent is told as mismatch; in any case so of a version whose records are about people, and ever after."""

    yearly_records: int = 100
    """Distinct records a year that queries under it disclose, as the application declares."""

    @property
    def read_alone(self) -> str:
        """Its number where it has a row filter, with which its records are read apart; else empty, read with others."""
        return self.no if self.row_filter else ""


@dataclass(frozen=True, slots=True)
class FittedUse:
    """What of a grant or an application a version has to fit."""

    mode: Mode
    items: Sequence[str]
    conditions: Sequence[str]
    need: Sequence[str]
    row_filter: Filter


def open_grant(cur: Cursor, *, grant: Grant, now: datetime, by: str, application: str | None = None) -> None:
    """Open `grant`; SX-08-d: only after the provider supplied data. Enters plane.grant_opened.

    Where the records of the version it is opened on are about people, absent is told as mismatch (architecture 3.4).

    Raises DataNotSupplied, ResourceWithdrawn, ProviderNotOwner, SystemNotOfConsumer, ProtectionNotShown (SX-09), the
    refusals of `ladder.require` (SX-07-e) and `ladder.answered`, ConditionNotDeclared, what `filters.checked` raises,
    or GrantNumberTaken.
    """
    definition = _supplied(cur, grant)
    _system_fits(cur, grant, now)
    ladder.require(grant.mode, grant.items, definition=definition, need=grant.need)
    ladder.answered(grant.items, definition=definition, mode=grant.mode)
    check_conditions(grant.conditions, items=grant.items, definition=definition)
    facts = {name: getattr(grant, name) for name in Grant.__slots__}
    lists = {name: sorted(facts[name]) for name in ("conditions", "need", "matters", "users", "devices")}
    limited = filters.checked(grant.row_filter, definition=definition, mode=grant.mode)
    row = {**facts, **lists, "mode": str(grant.mode), "items": list(grant.items), "row_filter": limited}
    row["version"], row["fold_absent"] = definition.version, grant.fold_absent or definition.personal
    if cur.execute(statements.open, {**row, "row_filter": Jsonb(limited)}).fetchone() is None:
        raise GrantNumberTaken(no=grant.no)
    record = {
        **{name: row[name] for name in _OPENED},
        "grant": grant.no,
        "application": application,
        "resource": grant.code,
        "from_at": grant.from_at.isoformat(),
        "until_at": grant.until_at.isoformat(),
        "yearly_records": grant.yearly_records,
        "by": by,
    }
    log.append(cur, [log.LogEntry("plane.grant_opened", now, record, grant.consumer, grant.provider)])


_OPENED = (
    "provider", "consumer", "system", "mode", "items", "conditions", "purpose", "matters", "users", "devices",
    "fold_absent", "quota", "guesses", "filing_no", "row_filter", "version",
)  # fmt: skip


def read(cur: Cursor, *, nos: Sequence[str]) -> dict[str, Grant]:
    """Return the grants with these numbers, by number; unknown ones are left out."""
    cur.execute(statements.read, {"nos": list(nos)})
    return {row["no"]: _grant(row) for row in rows.named(cur)}


def of_consumer(cur: Cursor, *, consumer: str) -> list[Grant]:
    """Return every grant of one consumer, whatever its state, by number."""
    cur.execute(statements.of_consumer, {"consumer": consumer})
    return [_grant(row) for row in rows.named(cur)]


def _grant(row: rows.Named) -> Grant:
    return Grant(**{**row, "mode": Mode(row["mode"]), "row_filter": filters.load(row["row_filter"])})


def revoked(cur: Cursor, *, consumers: Collection[str], now: datetime) -> int:
    """Return how many grants of these consumers were revoked before their period was over, whatever the reason."""
    cur.execute(statements.revoked, {"consumers": sorted(consumers), "now": now})
    count: int = rows.one(cur)["count"]
    return count


@dataclass(frozen=True, slots=True)
class Ended:
    """How a grant ended: its state, and the reason that was given, empty where its period was over."""

    state: str
    reason: str


def ended(cur: Cursor, *, no: str) -> Ended | None:
    """Return how a grant ended and why; None where it is in force, or there is none of this number."""
    row = rows.only(cur.execute(statements.ended, {"no": no}))
    return None if row is None else Ended(**row)


def revoke(cur: Cursor, *, no: str, reason: str, now: datetime, by: str) -> None:
    """End a grant for good, at once."""
    _take(cur, no=no, action="revoke", reason=reason, now=now, by=by)


def relinquish(cur: Cursor, *, no: str, reason: str, now: datetime, by: str, told: Sequence[str]) -> None:
    """End a grant for good and at once, for its consumer needs it no longer (SX-08-a).

    The entry is for the consumer, the provider, and the units that are `told`.
    """
    _take(cur, no=no, action="relinquish", reason=reason, now=now, by=by, told=told)


def switch_version(cur: Cursor, *, no: str, now: datetime, by: str) -> int:
    """Let a grant be answered from the newest version that has data, from the next answer on; returns its number.

    Items, conditions, row filter, mode and need stay as they were granted; where the records are about people, absent
    is told as mismatch from then on. Raises GrantNotAnswered, NoNewerVersion, and VersionUnfit where the newer version
    has another key, does not offer one of the items or conditions for that mode, or would let other records into the
    filter: what is wanted of it is applied for anew. Enters plane.grant_switched.
    """
    cur.execute(statements.answered_from, {"no": no, "states": in_force(), "now": now})
    found = rows.only(cur)
    if found is None:
        raise GrantNotAnswered(no=no)
    code, version = found["code"], found["version"]
    supplied = rows.one(cur.execute(statements.supplied_version, {"code": code}))
    newest = supplied["version"]
    if newest is None or newest <= version:
        raise NoNewerVersion(no=no, code=code, version=version)
    definition = definitions.load(supplied["body"])
    limited = filters.load(found["row_filter"])
    use = FittedUse(Mode(found["mode"]), found["items"], found["conditions"], found["need"], limited)
    if named := unfit(use, read=definitions.load(found["body"]), opened=definition):
        raise VersionUnfit(no=no, code=code, version=newest, items=named)
    moved = {"no": no, "version": newest, "personal": definition.personal}
    cur.execute(statements.switch_to, moved)
    folds = rows.one(cur)["fold_absent"]
    record = {
        "grant": no, "resource": code, "from_version": version, "to_version": newest, "fold_absent": folds, "by": by,
    }  # fmt: skip
    log.append(cur, [log.LogEntry("plane.grant_switched", now, record, found["consumer"], found["provider"])])
    return int(newest)


def withdraw(cur: Cursor, *, code: str, reason: str, now: datetime, by: str) -> list[str]:
    """End every grant on a resource that leaves the catalogue, let none be opened on it, and return their numbers.

    SX-06-a: what is shared is what the published catalogue lists. No answer commits after this did.
    """
    cur.execute(statements.lock_withdrawing, {"code": code})
    cur.execute(statements.withdraw, {"code": code, "now": now})  # waits for a delivery, so before answers have to
    lock_out_answers(cur)
    states = lifecycle.taken_from(GRANT, "withdraw")
    ended = [no for (no,) in cur.execute(statements.of_resource, {"code": code, "states": states})]
    for no in ended:
        _take(cur, no=no, action="withdraw", fact="withdrawn", reason=reason, now=now, by=by)
    return ended


def readmit(cur: Cursor, *, code: str) -> None:
    """Let grants be opened again on a resource that is published as shared once more; what was ended stays so."""
    cur.execute(statements.lock_withdrawing, {"code": code})
    cur.execute(statements.readmit, {"code": code})


def expire(db: Database, *, now: datetime) -> int:
    """Mark every grant whose period is over and return how many; none was answered after its end anyway."""
    with db.transaction() as cur:
        over = cur.execute(statements.over, {"states": lifecycle.taken_from(GRANT, "expire"), "now": now}).fetchall()
        for no, state, until_at, consumer, provider in over:
            move = _move(no, state, "expire", fact="over")
            cur.execute(statements.expire, {"no": no, "state": move.after})
            record = {"grant": no, "until_at": until_at.isoformat()}
            log.append(cur, [log.LogEntry(_EVENTS[move.after], now, record, consumer, provider)])
    return len(over)


def value(row: Sequence) -> Grant:  # type: ignore[type-arg]
    """Return the grant whose columns, in the order of its fields, are `row`: for the way of an answer alone."""
    given = list(row)
    given[_MODE], given[_ROW_FILTER] = Mode(given[_MODE]), filters.load(given[_ROW_FILTER])
    return Grant(*given)


_MODE, _ROW_FILTER = (Grant.__slots__.index(name) for name in ("mode", "row_filter"))


def lock_out_answers(cur: Cursor) -> None:
    """Wait for the answers under way, and let none begin before this transaction ends."""
    cur.execute(statements.lock_out_answers, {"lock": LOCK})


def _take(
    cur: Cursor, *, no: str, action: str, reason: str, now: datetime, by: str, fact: str = "", told: Sequence[str] = ()
) -> None:
    lock_out_answers(cur)
    found = cur.execute(statements.state, {"no": no}).fetchone()
    if found is None:
        raise NoSuchGrant(no=no)
    state, consumer, provider = found
    move = _move(no, state, action, fact=fact)
    cur.execute(statements.move, {"no": no, "state": move.after, "reason": reason})
    record = {"grant": no, "reason": reason, "clause": move.clause, "by": by}
    log.append(cur, [log.LogEntry(_EVENTS[move.after], now, record, consumer, provider, told)])


def _move(no: str, state: str, action: str, *, fact: str = "") -> Move:
    """Return what an action does to a grant, while of the conditions of the table `fact` alone holds."""
    move = lifecycle.find(GRANT, state, action, facts={word: word == fact for word in GRANT.conditions})
    if move is None:
        wanted = next(each.after for each in GRANT.moves if each.action == action)
        raise GrantCannotMove(no=no, state=state, wanted=wanted)
    return move


def _supplied(cur: Cursor, grant: Grant) -> Definition:
    cur.execute(statements.lock_opening, {"code": grant.code})
    found = rows.only(cur.execute(statements.supplied_version, {"code": grant.code}))
    if found is not None and found["withdrawn"]:
        raise ResourceWithdrawn(code=grant.code)
    if found is None or found["body"] is None:
        raise DataNotSupplied(code=grant.code)
    if found["provider"] != grant.provider:
        raise ProviderNotOwner(code=grant.code, provider=grant.provider)
    return definitions.load(found["body"])


def unfit(use: FittedUse, *, read: Definition, opened: Definition) -> str:
    """Return the items for which `use`, which was decided of what `read` says, is not opened on version `opened`.

    There are none where `opened` offers all of it, has the same key, and its filter lets the same records in.
    """
    try:
        ladder.require(use.mode, use.items, definition=opened, need=use.need)
        ladder.answered(use.items, definition=opened, mode=use.mode)
        check_conditions(use.conditions, items=use.items, definition=opened)
        filters.require(use.row_filter, definition=opened, mode=use.mode)
    except Refused as refused:
        return str(refused.facts.get("items", ", ".join(use.items)))
    return ", ".join(_other_key(read, opened) or filters.unlike(use.row_filter, former=read, newer=opened))


def _other_key(former: Definition, newer: Definition) -> list[str]:
    """Return the items of both keys where they differ: records are asked for by the key, which needs no condition."""
    before, after = ([(code, each.item(code).type) for code in each.key] for each in (former, newer))
    return [] if before == after else list(dict.fromkeys([*former.key, *newer.key]))


def _system_fits(cur: Cursor, grant: Grant, now: datetime) -> None:
    found = rows.only(cur.execute(statements.system, {"system": grant.system}))
    if found is None or (found["unit"], found["state"]) != (grant.consumer, "active"):
        raise SystemNotOfConsumer(system=grant.system, consumer=grant.consumer)
    today = beijing.day(now)
    least = rulebook.number(cur, "system.protection_level", day=today)
    if found["mlps_level"] < least or found["mlps_until"] < today:
        raise ProtectionNotShown(system=grant.system, day=today.isoformat())


def check_conditions(conditions: Sequence[str], *, items: Sequence[str], definition: Definition) -> None:
    """Return if each of `conditions` is declared as one and among `items`; raises ConditionNotDeclared."""
    allowed = {item.code for item in definition.items if item.condition and item.code in items}
    if wrong := [code for code in conditions if code not in allowed]:
        raise ConditionNotDeclared(items=", ".join(wrong))
