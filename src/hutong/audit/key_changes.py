"""Changing the platform's own keys, the log's and that of replies: one officer requests it, another approves it.

A new key follows the old with an overlap in which both sign. It lies in a file before anybody decides about it; the
approval is one transaction, whose entry names it; from then on those that sign find it there. Of the log everybody goes
by that entry, which is made under the old key (`core.log_keys`), of replies by a statement that the old key signs.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from hutong.audit import epochs, log
from hutong.audit.keyfiles import KeyFiles
from hutong.audit.lifecycle import KEY
from hutong.core import beijing, defaults, lifecycle, reply_keys
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Missing, Problem, Refused, Unavailable
from hutong.core.leaves import moment
from hutong.core.lifecycle import Move, Seat, StepRefusal
from hutong.core.log_keys import CHANGED
from hutong.core.signed_note import LogSigner
from hutong.db import rows, sql
from hutong.db.database import Cur, Database

statements = sql.load(__package__, "key_changes.sql")

Kind = Literal["log", "replies"]


class NoSuchKeyChange(Missing):
    """There is no change {id} of a key."""


class KeyEnding(Unavailable):
    """The platform's old key ({which}) is good to {day}; who pinned it goes on with the new one."""


class KeyChangeMovedOn(Conflicting):
    """Change {id} of a key has already been approved or dropped."""


class KeyChangeUnderWay(Conflicting):
    """A change of this key is under way: number {id}; the next begins when its overlap is over."""


class NotEntitledToKeys(Refused):
    """This step of changing a key belongs to {role}; {by} holds none of these roles."""

    clause = "SX-11-a"


class KeyApproverIsRequester(Refused):
    """Change {id} of a key was requested by {by}; another person has to approve it."""

    clause = "SX-11-a"


class KeyChangeWithoutReason(Invalid):
    """A key is changed, and its change dropped, for a reason; none is given."""


class OverlapUnfit(Invalid):
    """Old and new key stand beside each other for {least} to {most} days, not {days}."""


class NewKeyMissing(Missing):
    """The new key of change {id} is not among the platform's keys; it was lost before it signed anything."""


@dataclass(frozen=True, slots=True)
class KeyChangeRequest:
    """A change of a key and how far it has come; `state` is one of `lifecycle.KEY`."""

    id: int
    kind: Kind
    number: int
    state: str
    new_key: str
    overlap_days: int
    """How long both keys stand beside each other, from the approval on."""
    reason: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    old_key: str | None
    until_at: datetime | None
    statement: str | None
    """Of a change of the reply key, what the old key says of the new one (`core.reply_keys`)."""

    @property
    def last_day(self) -> date | None:
        """The last day on which the old key is good, in Beijing."""
        return beijing.last_day(self.until_at) if self.until_at else None


def read(cur: Cur, *, id: int, lock: bool = False) -> KeyChangeRequest:
    """Return a change; raises NoSuchKeyChange. With `lock` nobody else moves it before this transaction ends."""
    cur.execute(statements.read_locked if lock else statements.read, {"id": id})
    row = rows.only(cur)
    if row is None:
        raise NoSuchKeyChange(id=id)
    return KeyChangeRequest(**row)


def every(cur: Cur) -> list[KeyChangeRequest]:
    """Return every change there was, the newest first."""
    return [KeyChangeRequest(**row) for row in rows.named(cur.execute(statements.every))]


def approved(cur: Cur, *, kind: Kind) -> list[KeyChangeRequest]:
    """Return every change of a key that was approved, in order."""
    return [KeyChangeRequest(**row) for row in rows.named(cur.execute(statements.approved, {"kind": kind}))]


def ending(cur: Cur, *, now: datetime, days: int) -> list[Problem]:
    """Return which of the platform's old keys will be good no more within so many days."""
    cur.execute(statements.ending, {"now": now, "until": now + timedelta(days=days)})
    found = [KeyChangeRequest(**row) for row in rows.named(cur)]
    return [KeyEnding(which=each.kind, day=str(each.last_day)) for each in found]


def request(
    db: Database, *, kind: Kind, files: KeyFiles, days: int, reason: str, by: str, seats: Collection[Seat],
    now: datetime,
) -> int:  # fmt: skip
    """Make a new key and ask that it follow the old one, beside which it signs for some days; returns the number.

    Nothing signs with it yet. Raises KeyChangeWithoutReason, OverlapUnfit, KeyChangeUnderWay and NotEntitledToKeys; a
    refusal by rule is entered in the log too.
    """
    _check_reason(reason)
    overlap = defaults.limit("keys.overlap_days")
    if not overlap.least <= days <= overlap.most:
        raise OverlapUnfit(least=overlap.least, most=overlap.most, days=days)
    with db.transaction() as cur:
        cur.execute(statements.alone)
        found = _decided(None, "request", by=by, seats=seats)
        if isinstance(found, Move):
            _check_free(cur, kind, now=now)
            number, signer = files.make()
            facts = {"kind": kind, "number": number, "state": found.after, "new_key": signer.verifier, "days": days}
            cur.execute(statements.request, {**facts, "reason": reason, "by": by, "now": now})
            ((id_,),) = cur.fetchall()
            record = {
                "request": id_, "kind": kind, "new_key": signer.verifier, "overlap_days": days, "reason": reason,
                "by": by,
            }  # fmt: skip
            log.append(cur, [log.LogEntry("audit.key_requested", now, record)])
            return int(id_)
        refusal = _refuse(cur, found, id=None, by=by, now=now)
    raise refusal


def drop(
    db: Database, *, id: int, files: KeyFiles, reason: str, by: str, seats: Collection[Seat], now: datetime
) -> None:
    """End a change that was not approved, and put its key away unused; raises KeyChangeWithoutReason, NoSuchKeyChange,
    KeyChangeMovedOn and NotEntitledToKeys.
    """
    _check_reason(reason)
    with db.transaction() as cur:
        asked = read(cur, id=id, lock=True)
        found = _decided(asked, "drop", by=by, seats=seats)
        refusal = None
        if isinstance(found, Move):
            cur.execute(statements.drop, {"id": id, "state": found.after, "reason": reason, "by": by, "now": now})
            record = {"request": id, "kind": asked.kind, "requested_by": asked.requested_by, "reason": reason, "by": by}
            log.append(cur, [log.LogEntry("audit.key_dropped", now, record)])
        else:
            refusal = _refuse(cur, found, id=id, by=by, now=now)
    if refusal:
        raise refusal
    files.empty(asked.number)


def approve(
    db: Database, *, id: int, files: KeyFiles, by: str, seats: Collection[Seat], now: datetime
) -> KeyChangeRequest:
    """Agree to a change that another person requested, and return it: the new key follows, the old one has its end.

    Raises NoSuchKeyChange, KeyChangeMovedOn, NotEntitledToKeys, KeyApproverIsRequester and NewKeyMissing.
    """
    with db.transaction() as cur:
        cur.execute(statements.alone)
        asked = read(cur, id=id, lock=True)
        found = _decided(asked, "approve", by=by, seats=seats)
        if isinstance(found, Move):
            _follow(cur, asked, files=files, state=found.after, by=by, now=now)
            return read(cur, id=id)
        refusal = _refuse(cur, found, id=id, by=by, now=now)
    raise refusal


def _follow(cur: Cur, asked: KeyChangeRequest, *, files: KeyFiles, state: str, by: str, now: datetime) -> None:
    new, old = files.signer(asked.number), _old(cur, asked, files=files)
    if new is None or new.verifier != asked.new_key:
        raise NewKeyMissing(id=asked.id)
    epoch = epochs.current(cur)
    until = now + timedelta(days=asked.overlap_days)
    named = epoch.origin(files.name) if asked.kind == "log" else files.name
    statement = None
    if asked.kind == "replies":
        statement = reply_keys.statement(old, new, from_at=moment(now), until_at=moment(until))
    public = {
        "log": named, "old_key": str(old.public.named(named)), "new_key": str(new.public.named(named)),
        "until_at": moment(until), "request": asked.id,
    }  # fmt: skip
    told = {
        "request": asked.id, "kind": asked.kind, "new_key": asked.new_key, "until_at": moment(until),
        "reason": asked.reason, "requested_by": asked.requested_by, "by": by,
    }  # fmt: skip
    event = CHANGED if asked.kind == "log" else "audit.reply_key_changed"
    entries = [log.LogEntry(event, now, public), log.LogEntry("audit.key_approved", now, told)]
    receipt, _ = log.append(cur, entries)
    facts: dict[str, Any] = {"id": asked.id, "state": state, "old_key": old.verifier, "until_at": until, "by": by}
    facts |= {"now": now, "entry": receipt.entry_id, "epoch": epoch.number, "statement": statement}
    cur.execute(statements.approve, facts)


def _old(cur: Cur, asked: KeyChangeRequest, *, files: KeyFiles) -> LogSigner:
    """Return the key that a new one follows: that of the last change, or the first."""
    cur.execute(statements.newest, {"kind": asked.kind})
    row = rows.only(cur)
    old = files.signer(1 if row is None else row["number"])
    if old is None:
        raise NewKeyMissing(id=asked.id)
    return old


def _check_free(cur: Cur, kind: Kind, *, now: datetime) -> None:
    cur.execute(statements.under_way, {"kind": kind, "now": now})
    row = rows.only(cur)
    if row is not None:
        raise KeyChangeUnderWay(id=row["id"])


def _decided(
    asked: KeyChangeRequest | None, action: str, *, by: str, seats: Collection[Seat]
) -> Move | Problem:
    """Return the move that `by` takes, or why there is none; `asked` is None where nothing was requested yet."""
    state, id_ = (KEY.start, None) if asked is None else (asked.state, asked.id)
    acted = {} if asked is None else {"request": {asked.requested_by}}
    found = lifecycle.decide(KEY, state, action, officer=by, seats=seats, parties={}, facts={}, acted=acted)
    if isinstance(found, Move):
        return found
    if found is StepRefusal.SEAT:
        return NotEntitledToKeys(role=", ".join(lifecycle.takers(KEY, action)), by=by)
    return KeyApproverIsRequester(id=id_, by=by) if found is StepRefusal.APART else KeyChangeMovedOn(id=id_)


def _refuse(cur: Cur, found: Problem, *, id: int | None, by: str, now: datetime) -> Problem:
    """Return why a step is refused; where a rule says so, that is entered."""
    if isinstance(found, Refused):
        record = {"request": id, "reason": found.code, "clause": found.clause, "by": by}
        log.append(cur, [log.LogEntry("audit.key_refused", now, record)])
    return found


def _check_reason(reason: str) -> None:
    if is_blank(reason):
        raise KeyChangeWithoutReason
