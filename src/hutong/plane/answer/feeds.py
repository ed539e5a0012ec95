"""How long the changes of a feed are kept: what is older than the rulebook says is dropped."""

from datetime import datetime, timedelta
from typing import cast

from psycopg.sql import SQL, Identifier

from hutong.core import beijing
from hutong.db import sql
from hutong.db.database import Database
from hutong.plane import rulebook

statements = sql.load(__package__, "feeds.sql")

KEPT_DAYS = "feed.kept_days"
"""The rulebook's name of the days for which changes are kept."""


def prune(db: Database, *, now: datetime) -> int:
    """Drop from every feed the changes older than the rulebook has them kept, and return how many.

    What remains is without a gap; who follows from before gets ChangesGone.
    """
    with db.transaction() as cur:
        fed = cur.execute(statements.fed).fetchall()
        before = now - timedelta(days=rulebook.number(cur, KEPT_DAYS, day=beijing.day(now)))
    return sum(_prune(db, code, version, relation, before) for code, version, relation in fed)


def _prune(db: Database, code: str, version: int, relation: str, before: datetime) -> int:
    feed, named = Identifier("feed", relation), {"code": code, "version": version}
    with db.transaction() as cur:
        last_change, kept_from = cast(tuple[int, int], cur.execute(statements.lock_feed, named).fetchone())
        oldest = SQL("select min(change) from {} where at >= %(before)s").format(feed)
        found = cur.execute(oldest, {"before": before}).fetchone()
        kept = max(kept_from, found[0] if found and found[0] is not None else last_change + 1)
        if kept == kept_from:
            return 0
        cur.execute(statements.keep_from, {**named, "kept_from": kept})
        return cur.execute(SQL("delete from {} where change < %(kept)s").format(feed), {"kept": kept}).rowcount
