"""A PostgreSQL that is not ours: whether its own archiving runs, as far as a login like ours may see."""

from hutong.core import beijing
from hutong.core.errors import Problem, Unavailable
from hutong.db import rows, sql
from hutong.db.database import Cur

statements = sql.load(__package__, "foreign.sql")


class ForeignNotArchived(Unavailable):
    """The database of another server archives no log and no copy follows it: nothing is known to back it up."""


class ForeignArchiveFails(Unavailable):
    """The archiving of the log by the database's own server fails since {since}; it last succeeded: {last}"""


def wanting(cur: Cur) -> list[Problem]:
    """Return what is wanting of the backup of a database that is not ours; its base backups nobody sees from here."""
    cur.execute(statements.archiver)
    told = rows.one(cur)
    if not told["archives"]:
        return [] if told["followers"] else [ForeignNotArchived()]
    last, failed = told["last_archived_time"], told["last_failed_time"]
    if failed is None or (last is not None and failed <= last):
        return []
    return [ForeignArchiveFails(since=beijing.shown(failed), last=beijing.shown(last))]
