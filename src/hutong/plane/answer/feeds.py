"""How long the changes of a feed are kept: what is older than the rulebook says is dropped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from psycopg.sql import SQL, Identifier

from hutong.core import beijing
from hutong.db import sql
from hutong.db.database import Database
from hutong.plane import rulebook

queries = sql.load(__package__, "feeds.sql")

KEPT_DAYS = "feed.kept_days"
"""The rulebook's name of the days for which changes are kept."""


def prune(db: Database, *, now: datetime) -> int:
    """Drop from every feed the changes older than the rulebook has them kept, and return how many.

    What remains is without a gap; who follows from before gets ChangesGone.
    """
    with db.transaction() as cur:
        fed = cur.execute(queries.fed).fetchall()
        before = now - timedelta(days=rulebook.number(cur, KEPT_DAYS, day=beijing.day(now)))
    return sum(_prune(db, code, relations, before) for code, relations in fed)


def _prune(db: Database, code: str, relations: Sequence[str], before: datetime) -> int:
    with db.transaction() as cur:
        last_change, kept_from = cast(tuple[int, int], cur.execute(queries.lock_feed, {"code": code}).fetchone())
        oldest = SQL(" union all ").join(
            SQL("select min(change) as change from {} where at >= %(before)s").format(Identifier("feed", one))
            for one in relations
        )
        found = cur.execute(SQL("select min(change) from ({}) kept").format(oldest), {"before": before}).fetchone()
        kept = max(kept_from, found[0] if found and found[0] is not None else last_change + 1)
        if kept == kept_from:
            return 0
        cur.execute(queries.keep_from, {"code": code, "kept_from": kept})
        return sum(
            cur.execute(
                SQL("delete from {} where change < %(kept)s").format(Identifier("feed", one)), {"kept": kept}
            ).rowcount
            for one in relations
        )
