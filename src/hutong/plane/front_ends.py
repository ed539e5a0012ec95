"""What front-end servers say of themselves, signed as registered systems: that they run, what they declare, outages.

Nothing is judged here: which server a system is, and what it should declare, control knows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.audit import log
from hutong.core import canonical
from hutong.core.errors import Invalid
from hutong.db import rows, sql

statements = sql.load(__package__, "front_ends.sql")


class OutageTurned(Invalid):
    """The outage ends no later than it begins, or begins ahead."""

    clause = "SX-13-b"


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a server did not run, as it said itself; without an end it lasts."""

    from_at: datetime
    until_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class HeardServer:
    """What was heard of a system: when last, and the digest it told last, since when and when last; or no digest."""

    heard_at: datetime
    digest: str
    since_at: datetime
    told_at: datetime


def hear(
    cur: Cursor, *, system: str, unit: str, digest: str = "", outage: Outage | None = None, now: datetime
) -> None:  # fmt: skip
    """Keep that a server was heard (SX-13-b), the digest of what it finds it declares, and an outage it tells of.

    A digest that is not the one it told last is entered, and so is an outage; raises OutageTurned.
    """
    if outage is not None and (outage.from_at > now or (outage.until_at or now) <= outage.from_at):
        raise OutageTurned
    found = []
    cur.execute(statements.hear, {"system": system, "digest": "", "now": now, "anew": False})
    if digest:
        newest = cur.execute(statements.newest, {"system": system}).fetchone()
        anew = newest is None or newest[0] != digest
        if anew:
            told: dict[str, object] = {"system": system, "unit": unit, "digest": digest, "by": system}
            found.append(log.LogEntry("plane.fingerprint_told", now, told, unit))
        cur.execute(statements.hear, {"system": system, "digest": digest, "now": now, "anew": anew})
    if outage is not None:
        said = {"from_at": outage.from_at, "until_at": outage.until_at, "words": outage.words}
        cur.execute(statements.tell_outage, {"system": system, **said, "now": now})
        told = {"system": system, "unit": unit, "digest": canonical.digest_of_facts(said), "by": system}
        found.append(log.LogEntry("plane.outage_told", now, told, unit))
    log.append(cur, found)


def heard(cur: Cursor, *, systems: Collection[str]) -> Mapping[str, HeardServer]:
    """Return what was heard of each of some systems, by system; of those never heard nothing."""
    found = rows.named(cur.execute(statements.heard, {"systems": list(systems)}))
    names = ("heard_at", "digest", "first_at", "last_at")
    return {row["system"]: HeardServer(*(row[name] for name in names)) for row in found}


def outages(cur: Cursor, *, system: str, limit: int) -> list[Outage]:
    """Return the newest times in which a system said it did not run."""
    found = rows.named(cur.execute(statements.outages, {"system": system, "limit": limit}))
    return [Outage(row["from_at"], row["until_at"], row["words"]) for row in found]
