"""Letting records go when their years are over: two people, and a certificate (SX-10-c, W13).

A purge removes entries (record and salt). Leaves, tree and checkpoints stay: every proof still holds.
The records of purges themselves are never purged, for whoever verifies an export asks them what is missing.
"""

from datetime import UTC, date, datetime
from hashlib import sha256

from psycopg import Cursor

from hutong.audit import certificate, checkpoint, holds, log, purges
from hutong.audit.events import RecordClass
from hutong.audit.purges import Purge
from hutong.audit.years import cut_off, kept_years
from hutong.core.errors import Conflicting, Problem, Refused
from hutong.db import sql
from hutong.db.database import Database

queries = sql.load(__package__, "retention.sql")

_MONTHS_AHEAD = 3


class KeptLonger(Refused):
    """Records of class {record_class} are kept {years} years; today only those before {cut_off} may go."""

    clause = "SX-10-c"


class UnderHold(Refused):
    """Records of class {record_class} are under hold {hold}: {reason}."""


class ApproverIsRequester(Refused):
    """Purge {purge} was requested by {by}; another person has to approve it."""


class PurgeNotApproved(Conflicting):
    """Purge {purge} has not been approved."""


class PurgeMovedOn(Conflicting):
    """Purge {purge} has already been approved or done."""


def ensure_months(cur: Cursor, *, now: datetime) -> list[str]:
    """Make the monthly partitions of entries from last month to three ahead; returns the names of the new.

    Moves nothing: a month of which entries already lie in the default partition is left there.
    """
    months = {"first": _month(now, -1), "last": _month(now, _MONTHS_AHEAD)}
    return [name for (name,) in cur.execute(queries.make_months, months)]


def request(
    db: Database, *, record_class: RecordClass, before: datetime, by: str, now: datetime, years: int | None = None
) -> int:
    """Ask that records of a class from before a moment be purged; returns the purge's number.

    `years` are those the rulebook has the class kept, the class's least where none are given, and never fewer.
    Raises KeptLonger and UnderHold; the refusal too is entered in the log.
    """
    with db.transaction() as cur:
        refusal = _refusal(cur, record_class=record_class, before=before, now=now, years=years)
        if refusal is None:
            facts = {"class": record_class, "before": before, "by": by, "now": now}
            ((purge,),) = cur.execute(queries.request, facts)
            record = {"purge": purge, "record_class": record_class, "before": _text(before), "by": by}
            log.append(cur, [log.Entry("audit.purge_requested", now, record)])
            return int(purge)
        _refuse(cur, refusal, purge=None, record_class=record_class, before=before, by=by, now=now)
    raise refusal


def approve(db: Database, *, purge: int, by: str, now: datetime) -> None:
    """Agree to a purge another person requested; raises NoSuchPurge, PurgeMovedOn, ApproverIsRequester."""
    with db.transaction() as cur:
        asked = purges.read(cur, purge=purge, lock=True)
        if asked.approved_by is not None:
            raise PurgeMovedOn(purge=purge)
        if asked.requested_by != by:
            cur.execute(queries.approve, {"purge": purge, "by": by, "now": now})
            record = {**_named(asked), "requested_by": asked.requested_by, "by": by}
            log.append(cur, [log.Entry("audit.purge_approved", now, record)])
            return
        refusal = ApproverIsRequester(purge=purge, by=by)
        _refuse(cur, refusal, purge=purge, record_class=asked.record_class, before=asked.before, by=by, now=now)
    raise refusal


def purge(db: Database, *, purge: int, by: str, now: datetime, years: int | None = None) -> Purge:
    """Remove the records of an approved purge; returns it with its certificate. `years` as in `request`.

    Needs the owner role, the only one that may delete entries. Only placed entries go, so that each can
    still be proven to have existed. Raises NoSuchPurge, PurgeNotApproved, PurgeMovedOn, KeptLonger,
    UnderHold.
    """
    with db.transaction() as cur:
        asked = purges.read(cur, purge=purge, lock=True)
        if asked.done_at is not None:
            raise PurgeMovedOn(purge=purge)
        if asked.approved_by is None:
            raise PurgeNotApproved(purge=purge)
        refusal = _refusal(cur, record_class=asked.record_class, before=asked.before, now=now, years=years)
        if refusal is None:
            return _remove(cur, asked, by=by, now=now, years=years)
        _refuse(cur, refusal, purge=purge, record_class=asked.record_class, before=asked.before, by=by, now=now)
    raise refusal


def _refusal(
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
    record = {
        "purge": purge,
        "record_class": record_class,
        "before": _text(before),
        "reason": refusal.code,
        "clause": refusal.clause,
        "by": by,
    }
    log.append(cur, [log.Entry("audit.purge_refused", now, record)])


def _remove(cur: Cursor, asked: Purge, *, by: str, now: datetime, years: int | None) -> Purge:
    head = checkpoint.latest(cur)
    facts = {"class": asked.record_class, "before": asked.before}
    removed = cur.execute(queries.remove, facts).rowcount
    kept = kept_years(asked.record_class, years)
    text = certificate.write(asked, years=kept, removed=removed, head=head, by=by, now=now)
    cur.execute(queries.done, {"purge": asked.id, "now": now, "removed": removed, "certificate": text})
    record = {
        **_named(asked),
        "removed": removed,
        "requested_by": asked.requested_by,
        "approved_by": asked.approved_by,
        "certificate": sha256(text.encode()).hexdigest(),
        "by": by,
    }
    log.append(cur, [log.Entry("audit.purge_done", now, record)])
    return purges.read(cur, purge=asked.id)


def _named(asked: Purge) -> dict[str, object]:
    return {"purge": asked.id, "record_class": asked.record_class, "before": _text(asked.before)}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _month(now: datetime, ahead: int) -> date:
    today = now.astimezone(UTC)
    year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
    return date(year, month + 1, 1)
