"""Witnesses of the log: who cosigns its checkpoints from outside, and the cosignatures that came (C2SP tlog-witness).

A witness keeps the largest checkpoint it saw and cosigns only what continues it. Where others than the platform hold
those keys, a history that is rewritten finds nobody to cosign it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import Cursor

from hutong.audit import checkpoint, epochs, keychain, log
from hutong.audit.checkpoint import Head, NoSuchCheckpoint
from hutong.audit.lifecycle import WITNESS
from hutong.core import lifecycle, signed_note
from hutong.core.blanks import is_blank
from hutong.core.cosignature import WitnessKey
from hutong.core.errors import Conflicting, Invalid, Missing, Problem, Refused, Unavailable
from hutong.core.lifecycle import Seat, StepRefusal
from hutong.core.signed_note import NoteUnsigned
from hutong.db import rows, sql
from hutong.db.database import Database
from hutong.messages import logger

statements = sql.load(__package__, "witnesses.sql")

CLOCKS_APART = timedelta(minutes=1)
MOST_HANDED_IN = 1000
"""How many cosignatures may wait to be kept: a worker takes them every few seconds."""


class NoSuchWitness(Missing):
    """There is no witness {witness} that cosigns."""


class WitnessKnown(Conflicting):
    """A witness {witness}, or one with its key, was registered before."""


class NotEntitledToWitnesses(Refused):
    """Witnesses are registered and ended by {role}; {by} holds none of these roles."""

    clause = "SX-10-b"


class WitnessEndWithoutReason(Invalid):
    """A witness is ended for a reason; none is given."""


class CosignatureOfStranger(Refused):
    """The checkpoint carries no cosignature of a registered witness."""


class CosignatureOfAnother(Conflicting):
    """The checkpoint of size {size} that was cosigned is not the one this log has signed."""


class CosignatureFromFuture(Invalid):
    """The cosignature of {witness} is of a moment that has not come yet."""


class CosignaturesFull(Unavailable):
    """Too many cosignatures that were handed in wait to be kept; no more are taken."""


class NotCosignedYet(Missing):
    """No checkpoint is cosigned by {quorum} witnesses yet."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness and how it came; `url` is None where it polls."""

    name: str
    key: str
    url: str | None
    registered_by: str
    registered_at: datetime
    ended_by: str | None
    ended_at: datetime | None

    @property
    def state(self) -> str:
        """The state of `lifecycle.WITNESS` that it is in."""
        return "registered" if self.ended_at is None else "ended"


@dataclass(frozen=True, slots=True)
class WitnessStanding:
    """A witness and the largest checkpoint it cosigned, None where there is none."""

    witness: Witness
    size: int | None
    at: datetime | None


def register(
    db: Database, *, key: str, url: str | None = None, by: str, seats: Collection[Seat], now: datetime
) -> Witness:
    """Let a witness cosign from now on, by its verifier key; returns it.

    Raises NotEntitledToWitnesses, VerifierMalformed and WitnessKnown.
    """
    _decide(WITNESS.start, "register", name="", by=by, seats=seats)
    found = WitnessKey.parse(key)
    with db.transaction() as cur:
        facts = {"name": found.name, "key": str(found), "url": url, "by": by, "now": now}
        if cur.execute(statements.register, facts).rowcount != 1:
            raise WitnessKnown(witness=found.name)
        record = {"witness": found.name, "key": str(found), "url": url, "by": by}
        log.append(cur, [log.LogEntry("audit.witness_registered", now, record)])
    return Witness(found.name, str(found), url, by, now, None, None)


def end(db: Database, *, name: str, reason: str, by: str, seats: Collection[Seat], now: datetime) -> None:
    """Take no more cosignatures of a witness; raises NotEntitledToWitnesses, WitnessEndWithoutReason, NoSuchWitness."""
    if is_blank(reason):
        raise WitnessEndWithoutReason
    with db.transaction() as cur:
        cur.execute(statements.read_locked, {"name": name})
        row = rows.only(cur)
        state = WITNESS.start if row is None else Witness(**row).state
        _decide(state, "end", name=name, by=by, seats=seats)
        cur.execute(statements.end, {"name": name, "by": by, "now": now})
        record = {"witness": name, "reason": reason, "by": by}
        log.append(cur, [log.LogEntry("audit.witness_ended", now, record)])


def every(cur: Cursor) -> list[WitnessStanding]:
    """Return every witness there ever was, the first registered first."""
    return [WitnessStanding(Witness(*row[:7]), *row[7:]) for row in cur.execute(statements.every)]


def registered(cur: Cursor) -> list[Witness]:
    """Return those that cosign, by their names."""
    return [Witness(*row) for row in cur.execute(statements.registered)]


def hand_in(cur: Cursor, note: str | bytes, *, vkeys: Sequence[str], now: datetime) -> list[str]:
    """Write down a checkpoint with cosignatures for the keeper of the log (`settle`); returns the witnesses' names.

    Raises what `take` raises, and CosignaturesFull where too many wait.
    """
    names = [name for name, _, _ in _cosigned(cur, note, vkeys=vkeys, now=now)[1]]
    text = note if isinstance(note, str) else note.decode()
    if cur.execute(statements.hand_in, {"note": text, "now": now, "most": MOST_HANDED_IN}).rowcount != 1:
        raise CosignaturesFull
    return names


def settle(db: Database, *, vkeys: Sequence[str], now: datetime) -> list[str]:
    """Keep what was handed in, looked at anew; returns the witnesses' names, and drops what does not hold."""
    taken: list[str] = []
    with db.transaction() as cur:
        for _, note in sorted(cur.execute(statements.handed_in, {"limit": MOST_HANDED_IN}).fetchall()):
            try:
                taken += take(cur, note, vkeys=vkeys, now=now)
            except Problem as problem:
                logger.warning("cosignature.dropped", code=problem.code)
    return taken


def take(cur: Cursor, note: str | bytes, *, vkeys: Sequence[str], now: datetime) -> list[str]:
    """Keep the cosignatures of registered witnesses on a checkpoint this log has signed; returns the witnesses' names.

    Raises what `_cosigned` raises.
    """
    size, found = _cosigned(cur, note, vkeys=vkeys, now=now)
    epoch = epochs.current(cur).number
    for name, at, line in found:
        cur.execute(statements.keep, {"epoch": epoch, "size": size, "witness": name, "at": at, "line": line})
    return [name for name, _, _ in found]


def _cosigned(
    cur: Cursor, note: str | bytes, *, vkeys: Sequence[str], now: datetime
) -> tuple[int, list[tuple[str, datetime, str]]]:
    """Return the size of a checkpoint and who of the registered witnesses cosigned it, when, and in which line.

    The checkpoint is of the epoch that is written; `vkeys` are the keys the log has had, under the name of the first.

    Raises what a note raises that is none or not the log's, CosignatureOfStranger where no registered witness cosigned
    it, CosignatureOfAnother where the log has signed another checkpoint of that size, and CosignatureFromFuture.
    """
    epoch = epochs.current(cur)
    size = keychain.published(cur, epoch, vkeys=vkeys).open(note).size
    try:
        own = checkpoint.of_size(cur, size=size, epoch=epoch.number)
    except NoSuchCheckpoint:
        raise CosignatureOfAnother(size=size) from None
    if signed_note.split(own.note)[0] != signed_note.split(note)[0]:
        raise CosignatureOfAnother(size=size)
    taken = []
    for each in registered(cur):
        key = WitnessKey.parse(each.key)
        try:
            at, line = _moment(key.cosigned_at(note)), key.line_of(note)
        except NoteUnsigned:
            continue
        if at is None or at > now + CLOCKS_APART:
            raise CosignatureFromFuture(witness=each.name)
        taken.append((each.name, at, line))
    if not taken:
        raise CosignatureOfStranger
    return size, taken


def with_cosignatures(cur: Cursor, head: Head, *, epoch: int | None = None) -> str:
    """Return the signed note of a checkpoint, of an epoch or the one that is written, with the cosignatures it has."""
    facts = {"epoch": epoch, "size": head.size}
    return head.note + "".join(line for (line,) in cur.execute(statements.lines, facts))


def newest(cur: Cursor, *, quorum: int) -> Head:
    """Return the newest checkpoint that so many registered witnesses have cosigned; raises NotCosignedYet."""
    row = cur.execute(statements.newest, {"quorum": quorum}).fetchone()
    if row is None:
        raise NotCosignedYet(quorum=quorum)
    return Head(*row)


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _decide(state: str, action: str, *, name: str, by: str, seats: Collection[Seat]) -> None:
    found = lifecycle.decide(WITNESS, state, action, officer=by, seats=seats, parties={}, facts={}, acted={})
    if found is StepRefusal.SEAT:
        raise NotEntitledToWitnesses(role=", ".join(lifecycle.takers(WITNESS, action)), by=by)
    if isinstance(found, StepRefusal):
        raise NoSuchWitness(witness=name)


