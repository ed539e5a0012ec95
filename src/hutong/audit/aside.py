"""What lies aside: leaves that nobody may place in the log, told in the log itself, and let go once that is long told.

Somebody who may write as the owner of the database put them there. What they were stands in the entry by its digest, so
none of it has to be kept for good; who wants to keep it longer places a hold on the security records.
"""

import hashlib
from datetime import datetime

from hutong.audit import log
from hutong.core import defaults
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "aside.sql")

MOST = defaults.number("audit.aside_leaves")
"""How many leaves are kept aside; what is beyond them is counted."""


def settle(db: Database, *, now: datetime) -> int:
    """Enter what was put aside since the last time, and what is let go; returns how many entries that made."""
    with db.transaction() as cur:
        found = cur.execute(statements.untold, {"most": MOST}).fetchall()
        ((beyond,),) = cur.execute(statements.take_beyond)
        entries = []
        if found or beyond:
            numbers = [entry_id for _, entry_id, _ in found]
            record = {
                "count": len(found), "beyond": beyond,
                "lowest": min(numbers, default=None), "highest": max(numbers, default=None),
                "digest": hashlib.sha256(b"".join(digest for _, _, digest in found)).hexdigest(), "by": log.PLATFORM,
            }  # fmt: skip
            (receipt,) = log.append(cur, [log.LogEntry("audit.leaves_put_aside", now, record)])
            told = {"entry": receipt.entry_id, "ids": [number for number, _, _ in found]}
            cur.execute(statements.note_told, told)
            entries.append(receipt)
        ((gone,),) = cur.execute(statements.let_go, {"now": now})
        if gone:
            record = {"count": gone, "by": log.PLATFORM}
            entries += log.append(cur, [log.LogEntry("audit.leaves_let_go", now, record)])
    return len(entries)
