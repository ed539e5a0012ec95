"""Emptying the stores of former versions and withdrawn resources: nobody can ask for them, so nobody's data stays.

A version that a newer one succeeded is answered from until its last day, which the authority sets, for the grants that
name it (`asking.VersionEnded`, P-6). After that day nobody is
answered from it, so its rows go; where no day was set they stay. Its feed, numbers and keyed digests, goes with
`feeds.prune` once changes of that age are kept no longer.

With the withdrawal of a resource all its grants end, none is opened on it again and no delivery is taken
(`grants.withdraw`, `ledger.admit`), so its rows are nobody's to be answered from either. A withdrawal is final (W1
has no move that ends it), but it may have been a mistake: what is held stays for the days the rulebook says. When the
rows go, the resource is as before its first delivery, so that even one that were put back into the catalogue would not
be answered from nothing and would take nothing but a snapshot first (`ledger.FullDeliveryNeeded`).
"""

from datetime import date, datetime, timedelta
from typing import LiteralString

from hutong.audit import log
from hutong.core import beijing
from hutong.db import sql
from hutong.db.database import Database
from hutong.plane import rulebook

statements = sql.load(__package__, "emptying.sql")

GRACE = timedelta(hours=1)
"""An answer that began on the last day of a version has long ended by then."""


def empty_formers(db: Database, *, now: datetime, grace: timedelta = GRACE) -> int:
    """Remove the rows of former versions whose last day ended longer than `grace` ago, and return how many.

    One transaction and one entry a store; several workers may do it at once.
    """
    day = beijing.day(now - grace)
    with db.transaction() as cur:
        found = cur.execute(statements.formers, {"day": day}).fetchall()
    how: LiteralString = statements.empty_former
    return sum(_empty(db, code, version, how=how, until=day, now=now) for code, version in found)


def empty_withdrawn(db: Database, *, now: datetime) -> int:
    """Remove the rows of every version of resources that were withdrawn long enough ago, and return how many.

    They stay for the days of the rulebook (`withdrawn.kept_days`), so that a mistake costs nobody's data.

    One transaction and one entry a store; several workers may do it at once.
    """
    with db.transaction() as cur:
        before = now - timedelta(days=rulebook.number(cur, "withdrawn.kept_days", day=beijing.day(now)))
        found = cur.execute(statements.withdrawn, {"before": before}).fetchall()
    how: LiteralString = statements.empty_withdrawn
    return sum(_empty(db, code, version, how=how, until=before, now=now) for code, version in found)


def _empty(
    db: Database, code: str, version: int, *, how: LiteralString, until: date | datetime, now: datetime
) -> int:
    """Have the owner remove the rows of a store, who sees for itself that it is time, and enter it; return how many."""
    with db.transaction() as cur:
        ((provider, removed),) = cur.execute(how, {"code": code, "version": version, "until": until})
        if removed is None:
            return 0
        record = {"unit": provider, "resource": code, "version": version, "rows": removed}
        log.append(cur, [log.LogEntry("plane.version_emptied", now, record, provider)])
        return int(removed)
