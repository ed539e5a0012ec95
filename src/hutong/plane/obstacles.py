"""Whether a grant is answered now, and what stops it: told to officers by the facts that a question is checked by.

What a question says of itself (its user, device, purpose and items) is left out: that is not the grant's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from psycopg import Cursor

from hutong.core import beijing
from hutong.core.lifecycle import ends
from hutong.db import rows, sql
from hutong.plane import rulebook, suspensions, versions
from hutong.plane.lifecycle import GRANT
from hutong.plane.suspensions import Suspendable, Suspension

statements = sql.load(__package__, "obstacles.sql")


class Obstacle(StrEnum):
    """What stops the answers under a grant besides a suspension."""

    ENDED = "ended"
    """It was revoked, given back or has expired."""
    NOT_BEGUN = "not_begun"
    OVER = "over"
    SYSTEM_STOPPED = "system_stopped"
    """Its system is locked or cancelled."""
    PROTECTION_LAPSED = "protection_lapsed"
    """The evidence of the protection of its system is no longer valid, or of too low a level."""
    VERSION_OVER = "version_over"
    """The version that it names is answered from no more."""


@dataclass(frozen=True, slots=True)
class Service:
    """How a grant is served now: what stops it, and the suspensions that stand; neither where it is answered."""

    no: str
    obstacles: tuple[Obstacle, ...]
    standing: tuple[Suspension, ...]
    state: str
    from_at: datetime
    until_at: datetime
    ends_on: date | None
    """The last day its version is answered from; None where none is set."""

    @property
    def answered(self) -> bool:
        """Whether it is answered now."""
        return not self.obstacles and not self.standing

    def without(self, id: int) -> "Service":
        """Return how it is served once one suspension is lifted."""
        return replace(self, standing=tuple(each for each in self.standing if each.id != id))


@dataclass(frozen=True, slots=True)
class ServedGrants:
    """Of how many grants in force no suspension stands, and of how many one does."""

    free: int
    suspended: int


def of_grants(cur: Cursor, *, nos: Sequence[str], now: datetime) -> dict[str, Service]:
    """Return by its number how each grant is served now; one that is not there is left out."""
    stopped = suspensions.of_grants(cur, nos=nos)
    today = beijing.day(now)
    level = rulebook.number(cur, "system.protection_level", day=today)
    grace = rulebook.number(cur, "protection.grace_days", day=today)
    cur.execute(statements.facts, {"nos": list(nos)})
    return {
        each["no"]: Service(
            each["no"], tuple(_obstacles(each, now=now, today=today, level=level, grace=grace)),
            tuple(one for one in stopped[each["no"]] if one.stands), each["state"], each["from_at"], each["until_at"],
            each["ends_on"],
        )
        for each in rows.named(cur)
    }  # fmt: skip


def counted(cur: Cursor, *, kind: Suspendable, whom: str, unit: str, now: datetime) -> ServedGrants:
    """Return how many grants in force of something of a unit are free of suspensions, and how many are not."""
    cur.execute(statements.counted, {"kind": str(kind), "whom": whom, "unit": unit, "now": now})
    return ServedGrants(**rows.one(cur))


def _obstacles(found: rows.Named, *, now: datetime, today: date, level: int, grace: int) -> list[Obstacle]:
    """Return what stops the answers, in the order in which a question is refused for it."""
    told = {
        Obstacle.SYSTEM_STOPPED: found["system_state"] != "active",
        Obstacle.PROTECTION_LAPSED: found["mlps_level"] < level or (today - found["mlps_until"]).days > grace,
        Obstacle.NOT_BEGUN: now < found["from_at"],
        Obstacle.OVER: now >= found["until_at"] and found["state"] not in ends(GRANT),
        Obstacle.ENDED: found["state"] in ends(GRANT),
        Obstacle.VERSION_OVER: versions.over(found["ends_on"], today),
    }
    return [each for each, stops in told.items() if stops]
