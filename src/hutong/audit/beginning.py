"""Beginning the next epoch of the log, where the one that is written does not continue what its key has signed.

That is a decision of two officers: one requests it, another approves. The first entry of the new epoch names the head
that was signed, what is still stored under it and how many entries are lost; nothing of the old epoch is changed. What
was placed there and never signed waits anew, behind that entry.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hutong.audit import checkpoint, epochs, hashes, keychain, log, signing, training
from hutong.audit.epochs import Epoch
from hutong.audit.heads import Heads, ahead
from hutong.audit.lifecycle import EPOCH
from hutong.core import lifecycle, log_epochs, merkle
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Missing, Problem, Refused
from hutong.core.lifecycle import Move, Seat, StepRefusal
from hutong.core.log_keys import LogKeys
from hutong.core.signed_note import Checkpoint
from hutong.db import rows, sql
from hutong.db.database import Cur, Database

statements = sql.load(__package__, "beginning.sql")


class NoSuchEpochRequest(Missing):
    """There is no request {request} for a new epoch of the log."""


class EpochRequestMovedOn(Conflicting):
    """Request {request} for a new epoch of the log has already been approved or dropped."""


class LogNotStopped(Conflicting):
    """The log is signed; a new epoch begins only where it does not continue what was signed."""


class NotEntitledToEpoch(Refused):
    """This step towards a new epoch of the log belongs to {role}; {by} holds none of these roles."""

    clause = "SX-11-a"


class EpochApproverIsRequester(Refused):
    """Request {request} for a new epoch of the log was made by {by}; another person has to approve it."""

    clause = "SX-11-a"


class EpochWithoutReason(Invalid):
    """A new epoch of the log is requested, and its request dropped, for a reason; none is given."""


@dataclass(frozen=True, slots=True)
class EpochRequest:
    """A request for a new epoch and how far it has come; `state` is one of `lifecycle.EPOCH`."""

    id: int
    state: str
    reason: str
    requested_by: str
    requested_at: datetime
    begun_by: str | None
    begun_at: datetime | None
    epoch: int | None
    """The epoch that began with its approval."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a log is signed with: its keys, under the name of the first epoch, and the heads kept beside them."""

    signer: LogKeys
    heads: Heads


def read(cur: Cur, *, request: int, lock: bool = False) -> EpochRequest:
    """Return a request; raises NoSuchEpochRequest. With `lock` nobody else moves it before this transaction ends."""
    cur.execute(statements.read_locked if lock else statements.read, {"request": request})
    row = rows.only(cur)
    if row is None:
        raise NoSuchEpochRequest(request=request)
    return EpochRequest(**row)


def request(db: Database, *, keys: Keys, reason: str, by: str, seats: Collection[Seat], now: datetime) -> int:
    """Ask that the next epoch begin, for a reason; returns the request's number.

    `seats` are those of `by`. Raises EpochWithoutReason, LogNotStopped and NotEntitledToEpoch; a refusal by rule is
    entered in the log too.
    """
    _check_reason(reason)
    with db.transaction() as cur:
        why = signing.examine(cur, epochs.current(cur), signer=keys.signer, heads=keys.heads)
        found = _decided(None, "request", by=by, seats=seats, why=why)
        if isinstance(found, Move) and why:
            facts = {"state": found.after, "reason": reason, "by": by, "now": now}
            ((number,),) = cur.execute(statements.request, facts)
            record = {"request": number, "code": why.code, "reason": reason, "by": by}
            log.append(cur, [log.LogEntry("audit.epoch_requested", now, record)])
            return int(number)
        refusal = _refuse(cur, found, request=None, by=by, now=now)
    raise refusal


def drop(db: Database, *, request: int, reason: str, by: str, seats: Collection[Seat], now: datetime) -> None:
    """End a request that was not approved; raises EpochWithoutReason, NoSuchEpochRequest, EpochRequestMovedOn and
    NotEntitledToEpoch.
    """
    _check_reason(reason)
    with db.transaction() as cur:
        asked = read(cur, request=request, lock=True)
        found = _decided(asked, "drop", by=by, seats=seats)
        if isinstance(found, Move):
            facts = {"request": request, "state": found.after, "reason": reason, "by": by, "now": now}
            cur.execute(statements.drop, facts)
            record = {"request": request, "requested_by": asked.requested_by, "reason": reason, "by": by}
            log.append(cur, [log.LogEntry("audit.epoch_dropped", now, record)])
            return
        refusal = _refuse(cur, found, request=request, by=by, now=now)
    raise refusal


def approve(
    db: Database, *, keys: Keys, request: int, by: str, seats: Collection[Seat], now: datetime, trains: bool = False
) -> Epoch:
    """Agree to a request of another person and begin the next epoch, which is returned.

    The owner alone may put leaves back and begin an epoch, by a function that sees for itself that two officers agreed.
    `trains` says that the log lives on a training clock: its second entry says so again. Raises NoSuchEpochRequest,
    EpochRequestMovedOn, LogNotStopped, NotEntitledToEpoch and EpochApproverIsRequester.
    """
    with db.transaction() as cur:
        cur.execute(statements.lock)
        asked = read(cur, request=request, lock=True)
        old = epochs.current(cur)
        why = signing.examine(cur, old, signer=keys.signer, heads=keys.heads)
        found = _decided(asked, "approve", by=by, seats=seats, why=why)
        if isinstance(found, Move) and why:
            told, kept = _told(cur, old, keys=keys)
            number = _next_number(old, heads=keys.heads)
            facts = {"request": request, "state": found.after, "epoch": number, "by": by, "now": now}
            cur.execute(statements.begun, facts)
            record = {
                **told, "request": request, "epoch": number, "log": log_epochs.origin(keys.signer.name, number),
                "code": why.code, "reason": asked.reason, "requested_by": asked.requested_by, "by": by,
            }  # fmt: skip
            entries = [log.LogEntry("audit.epoch_begun", now, record), *([training.entry(now)] if trains else [])]
            log.append(cur, entries)
            ((first,),) = cur.execute(statements.begin, {"request": request, "kept": kept})
            epoch = Epoch(number, int(first), None)
            # Last, and before the commit: without this head no epoch is signed, and of an empty tree it binds nobody.
            own = keychain.of(cur, epoch, keys=keys.signer, heads=keys.heads, keep=True)
            keys.heads.keep(epoch.number, own.sign(Checkpoint(own.name, 0, merkle.EMPTY_ROOT)))
            refusal = None
        else:
            refusal = _refuse(cur, found, request=request, by=by, now=now)
    if refusal is not None:
        raise refusal
    keys.heads.forget_restored()  # of the epochs before: who is killed here leaves a mark that says nothing here
    return epoch


def _told(cur: Cur, old: Epoch, *, keys: Keys) -> tuple[dict[str, Any], int]:
    """Return what the first entry of the next epoch says of the old one, and how many of its leaves stay in it.

    What was placed behind a published head that still holds, and never signed, is to wait anew.
    """
    own = keychain.of(cur, old, keys=keys.signer, heads=keys.heads)
    note = keys.heads.read(old.number)
    kept = own.opened(note) if note is not None else None
    newest = checkpoint.newest(cur, epoch=old.number)
    published = own.opened(newest.note) if newest else None
    head = signing.Signed(kept, published).head
    stored, get = hashes.size(cur, old), hashes.getter(cur, old)
    if published and published.size < stored and merkle.root_at(published.size, get) == published.root:
        stored = published.size
    told = {
        "old_log": own.name,
        "old_size": head and head.size,
        "old_root": head and head.root.hex(),
        "stored_size": stored,
        "stored_root": merkle.root_at(stored, get).hex(),
        "lost": max(head.size - stored, 0) if head else None,
    }
    return told, stored


def _next_number(old: Epoch, *, heads: Heads) -> int:
    """Return the number of the next epoch; one under which something was signed before is not used again.

    After a restore what was signed is not all known: each restore of one backup goes on under a number of its own.
    """
    try:
        known = heads.restored()
        number = old.number + (known.ahead if known else 1)
    except ValueError:  # of a damaged one nothing is known
        number = old.number + ahead()
    while (note := heads.read(number)) is not None and b"\n0\n" not in note:
        number += 1
    return number


def _decided(
    asked: EpochRequest | None, action: str, *, by: str, seats: Collection[Seat], why: Problem | None = None
) -> Move | Problem:
    """Return the move that `by` takes, or why there is none; `asked` is None where nothing was requested yet."""
    state, number = (EPOCH.start, None) if asked is None else (asked.state, asked.id)
    acted = {} if asked is None else {"request": {asked.requested_by}}
    facts = {"stopped": why is not None}
    found = lifecycle.decide(EPOCH, state, action, officer=by, seats=seats, parties={}, facts=facts, acted=acted)
    if isinstance(found, Move):
        return found
    if found is StepRefusal.SEAT:
        return NotEntitledToEpoch(role=", ".join(lifecycle.takers(EPOCH, action)), by=by)
    if found is StepRefusal.APART:
        return EpochApproverIsRequester(request=number, by=by)
    return LogNotStopped() if found is StepRefusal.CONDITION else EpochRequestMovedOn(request=number)


def _refuse(cur: Cur, found: Move | Problem, *, request: int | None, by: str, now: datetime) -> Problem:
    """Return why a step is refused; where a rule says so, that is entered."""
    assert isinstance(found, Problem)
    if isinstance(found, Refused):  # otherwise somebody was faster, or there was nothing to decide
        record = {"request": request, "reason": found.code, "clause": found.clause, "by": by}
        log.append(cur, [log.LogEntry("audit.epoch_refused", now, record)])
    return found


def _check_reason(reason: str) -> None:
    if is_blank(reason):
        raise EpochWithoutReason
