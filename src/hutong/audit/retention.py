"""Letting records go when their years are over: two people, and a certificate (SX-10-c, W13).

What a purge can be and who takes its steps is read from `lifecycle.PURGE`.

A purge removes entries (record and salt). Leaves, tree and checkpoints stay: every proof still holds.
The records of purges themselves are never purged, for whoever verifies an export asks them what is missing.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from hashlib import sha256

from psycopg import Cursor

from hutong.audit import certificate, checkpoint, holds, log, purges
from hutong.audit.events import RecordClass
from hutong.audit.lifecycle import PURGE
from hutong.audit.purges import Purge
from hutong.audit.years import cut_off, kept_years
from hutong.core import beijing, lifecycle
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Problem, Refused
from hutong.core.lifecycle import Move, Seat, StepRefusal
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "retention.sql")

Also = Callable[[Cursor, Purge, datetime], int]
"""Removes, in the transaction of a purge, attachments that are kept as long as its records; returns how many."""

_MONTHS_AHEAD = 3


class KeptLonger(Refused):
    """Records of class {record_class} are kept {years} years; today only those before {cut_off} may go."""

    clause = "SX-10-c"


class UnderHold(Refused):
    """Records of class {record_class} are under hold {hold}: {reason}."""


class ApproverIsRequester(Refused):
    """Purge {purge} was requested by {by}; another person has to approve it."""

    clause = "SX-10-c"


class NotEntitledToPurge(Refused):
    """This step of a purge belongs to {role}; {by} holds none of these roles."""

    clause = "SX-10-c"


class PurgeNotApproved(Conflicting):
    """Purge {purge} has not been approved."""


class PurgeMovedOn(Conflicting):
    """Purge {purge} has already been approved, done or dropped."""


class DropWithoutReason(Invalid):
    """A request to purge is dropped for a reason; none is given."""


def ensure_months(cur: Cursor, *, now: datetime) -> list[str]:
    """Make the monthly partitions of entries from last month to three ahead; returns the names of the new.

    A month of which entries lie in the default partition gets its own, and they move into it.
    """
    today = now.astimezone(UTC).date()
    months = {"first": beijing.month(today, ahead=-1), "last": beijing.month(today, ahead=_MONTHS_AHEAD), "now": now}
    return [name for (name,) in cur.execute(statements.make_months, months)]


def settle_subjects(cur: Cursor) -> None:
    """Sort into the index the subjects that answers only appended to it; neither waits for the other."""
    cur.execute(statements.bounded)
    cur.execute(statements.settle_subjects).fetchall()


def request(
    db: Database,
    *,
    record_class: RecordClass,
    before: datetime,
    by: str,
    seats: Collection[Seat],
    now: datetime,
    years: int | None = None,
) -> int:
    """Ask that records of a class from before a moment be purged; returns the purge's number.

    `seats` are those of `by`. `years` are those the rulebook has the class kept: its least where none are given, and
    never fewer. Raises DayFarOff, KeptLonger, UnderHold and NotEntitledToPurge; a refusal too is entered in the log.
    """
    beijing.check(before, field="before")
    with db.transaction() as cur:
        barrier = _barrier(cur, record_class=record_class, before=before, now=now, years=years)
        found = _decided(None, "request", by=by, seats=seats, barrier=barrier)
        if isinstance(found, Move):
            facts = {"state": found.after, "class": record_class, "before": before, "by": by, "now": now}
            ((purge,),) = cur.execute(statements.request, facts)
            record = {"purge": purge, "record_class": record_class, "before_at": _text(before), "by": by}
            log.append(cur, [log.LogEntry("audit.purge_requested", now, record)])
            return int(purge)
        _refuse(cur, found, purge=None, record_class=record_class, before=before, by=by, now=now)
    raise found


def approve(db: Database, *, purge: int, by: str, seats: Collection[Seat], now: datetime) -> None:
    """Agree to a purge another person requested.

    Raises NoSuchPurge, PurgeMovedOn, NotEntitledToPurge and ApproverIsRequester (SX-10-c).
    """
    with db.transaction() as cur:
        asked = purges.read(cur, purge=purge, lock=True)
        found = _decided(asked, "approve", by=by, seats=seats)
        if isinstance(found, Move):
            cur.execute(statements.approve, {"purge": purge, "state": found.after, "by": by, "now": now})
            record = {**_named(asked), "requested_by": asked.requested_by, "by": by}
            log.append(cur, [log.LogEntry("audit.purge_approved", now, record)])
            return
        _refuse(cur, found, purge=purge, record_class=asked.record_class, before=asked.before_at, by=by, now=now)
    raise found


def drop(db: Database, *, purge: int, reason: str, by: str, seats: Collection[Seat], now: datetime) -> None:
    """End a purge that is not done, so that it never will be; whoever requested it may, too.

    Raises DropWithoutReason, NoSuchPurge, PurgeMovedOn and NotEntitledToPurge.
    """
    if is_blank(reason):
        raise DropWithoutReason
    with db.transaction() as cur:
        asked = purges.read(cur, purge=purge, lock=True)
        found = _decided(asked, "drop", by=by, seats=seats)
        if isinstance(found, Move):
            facts = {"purge": purge, "state": found.after, "reason": reason, "by": by, "now": now}
            cur.execute(statements.drop, facts)
            record = {**_named(asked), "requested_by": asked.requested_by, "reason": reason, "by": by}
            log.append(cur, [log.LogEntry("audit.purge_dropped", now, record)])
            return
        _refuse(cur, found, purge=purge, record_class=asked.record_class, before=asked.before_at, by=by, now=now)
    raise found


def purge(
    db: Database,
    *,
    purge: int,
    by: str,
    seats: Collection[Seat],
    now: datetime,
    years: int | None = None,
    also: Also | None = None,
) -> Purge:
    """Remove the records of an approved purge; returns it with its certificate. `years` as in `request`.

    With them goes what the rooms above keep as long as these records, by `also`; the certificate tells it.

    The owner alone may delete entries, by a function that sees for itself that two officers agreed, that their years
    are over and that no hold stands. Only placed entries go, so that each can still be proven to have existed. Raises
    NoSuchPurge, PurgeNotApproved, PurgeMovedOn, KeptLonger, UnderHold and NotEntitledToPurge.
    """
    with db.transaction() as cur:
        asked = purges.read(cur, purge=purge, lock=True)
        barrier = _barrier(cur, record_class=asked.record_class, before=asked.before_at, now=now, years=years)
        found = _decided(asked, "purge", by=by, seats=seats, barrier=barrier)
        if isinstance(found, Move):
            return _remove(cur, asked, state=found.after, by=by, now=now, years=years, also=also)
        _refuse(cur, found, purge=purge, record_class=asked.record_class, before=asked.before_at, by=by, now=now)
    raise found


def refusal(
    cur: Cursor, asked: Purge, action: str, *, by: str, seats: Collection[Seat], now: datetime, years: int | None = None
) -> Problem | None:
    """Return why an officer cannot take a step of a purge now; None where they can. Nothing is entered."""
    barrier = _barrier(cur, now=now, years=years, record_class=asked.record_class, before=asked.before_at)
    found = _decided(asked, action, by=by, seats=seats, barrier=barrier)
    return None if isinstance(found, Move) else found


def _decided(
    asked: Purge | None, action: str, *, by: str, seats: Collection[Seat], barrier: Problem | None = None
) -> Move | Problem:
    """Return the move that `by` takes, or why there is none; `asked` is None where nothing was requested yet."""
    state = PURGE.start if asked is None else asked.state
    number = None if asked is None else asked.id
    facts = {"years_over": not isinstance(barrier, KeptLonger), "no_hold": not isinstance(barrier, UnderHold)}
    acted = {} if asked is None else asked.acted
    found = lifecycle.decide(PURGE, state, action, officer=by, seats=seats, parties={}, facts=facts, acted=acted)
    if isinstance(found, Move):
        return found
    if found is StepRefusal.CONDITION and barrier is not None:
        return barrier
    if found is StepRefusal.SEAT:
        return NotEntitledToPurge(role=", ".join(lifecycle.takers(PURGE, action)), by=by)
    if found is StepRefusal.APART:
        return ApproverIsRequester(purge=number, by=by)
    return PurgeNotApproved(purge=number) if state == "requested" else PurgeMovedOn(purge=number)


def _barrier(
    cur: Cursor, *, record_class: RecordClass, before: datetime, now: datetime, years: int | None
) -> Problem | None:
    latest = cut_off(now, record_class, years=years)
    if before > latest:
        kept = kept_years(record_class, years)
        return KeptLonger(record_class=record_class, years=kept, cut_off=f"{latest:%Y-%m-%d}")  # Beijing time
    hold = holds.standing(cur, record_class=record_class, now=now)
    return UnderHold(record_class=record_class, hold=hold.id, reason=hold.reason) if hold else None


def _refuse(
    cur: Cursor,
    refusal: Problem,
    *,
    purge: int | None,
    record_class: RecordClass,
    before: datetime,
    by: str,
    now: datetime,
) -> None:
    if not isinstance(refusal, Refused):  # somebody was faster; no rule was tried
        return
    record = {
        "purge": purge,
        "record_class": record_class,
        "before_at": _text(before),
        "reason": refusal.code,
        "clause": refusal.clause,
        "by": by,
    }
    log.append(cur, [log.LogEntry("audit.purge_refused", now, record)])


def _remove(
    cur: Cursor, asked: Purge, *, state: str, by: str, now: datetime, years: int | None, also: Also | None
) -> Purge:
    head = checkpoint.latest(cur)
    ((removed,),) = cur.execute(statements.remove, {"purge": asked.id, "now": now})
    attachments = also(cur, asked, now) if also else 0
    kept = kept_years(asked.record_class, years)
    text = certificate.write(
        asked, years=kept, removed=removed, attachments=attachments, head=head, by=by, now=now
    )
    written = {"purge": asked.id, "state": state, "now": now, "removed": removed, "certificate": text}
    cur.execute(statements.done, written)
    record = {
        **_named(asked),
        "removed": removed,
        "attachments": attachments,
        "requested_by": asked.requested_by,
        "approved_by": asked.approved_by,
        "certificate": sha256(text.encode()).hexdigest(),
        "by": by,
    }
    log.append(cur, [log.LogEntry("audit.purge_done", now, record)])
    return purges.read(cur, purge=asked.id)


def _named(asked: Purge) -> dict[str, object]:
    return {"purge": asked.id, "record_class": asked.record_class, "before_at": _text(asked.before_at)}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
