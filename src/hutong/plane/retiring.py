"""Emptying what is held of retired versions: nobody can ask for it, so nobody's data stays in it.

Every answer and every subscriber reads the version answered from now. A page or a change of an earlier one is refused
(`subscribe.SnapshotOutdated`, `ChangesGone`), so no subscriber needs its rows either. What its feed says, numbers and
keyed digests, goes with `subscribe.prune` when the days changes are kept are over.
"""

from datetime import datetime, timedelta

from psycopg.sql import SQL, Identifier

from hutong.audit import log
from hutong.db import sql
from hutong.db.database import Database

queries = sql.load(__package__, "retiring.sql")

GRACE = timedelta(hours=1)
"""An answer that began when the earlier version was the current one has long ended by then."""


def empty_retired(db: Database, *, now: datetime, grace: timedelta = GRACE) -> int:
    """Remove the rows of versions that were succeeded longer than `grace` ago, and return how many.

    One transaction and one entry a holding; several workers may do it at once.
    """
    with db.transaction() as cur:
        found = cur.execute(queries.retired, {"before": now - grace}).fetchall()
    return sum(_empty(db, code, version, relation, now) for code, version, relation in found)


def _empty(db: Database, code: str, version: int, relation: str, now: datetime) -> int:
    with db.transaction() as cur:
        named = {"code": code, "version": version}
        claimed = cur.execute(queries.claim, named).fetchone()
        if claimed is None:
            return 0
        removed = cur.execute(SQL("delete from holding.{}").format(Identifier(relation))).rowcount
        cur.execute(queries.emptied, named)
        provider = claimed[0]
        record = {"org": provider, "resource": code, "version": version, "rows": removed}
        log.append(cur, [log.Entry("plane.retired_emptied", now, record, provider)])
        return removed
