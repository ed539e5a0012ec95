"""How a grant stands: the state that its page shows, and that what is decided there was meant for (3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

from hutong.control.units import meanwhile
from hutong.control.units.rules import Actor
from hutong.db import rows, sql
from hutong.plane import suspensions
from hutong.plane.grants import NoSuchGrant

statements = sql.load(__package__, "hit.sql")

ENTERED = (
    "plane.suspended", "plane.suspension_lifted", "plane.grant_revoked", "plane.grant_relinquished",
    "plane.grant_switched", "plane.grant_expired",
)  # fmt: skip
"""What is entered about a grant, its system and its consumer that changes how it stands."""


@dataclass(frozen=True, slots=True)
class ShownGrant:
    """The grant from whose page something is decided, and the state that page showed."""

    no: str
    at: str


def shown(cur: Cursor, no: str, *, now: datetime) -> ShownGrant:
    """Return a grant as its page is shown now; raises NoSuchGrant."""
    return ShownGrant(no, meanwhile.shown(_state(cur, no), now=now))


def check(
    cur: Cursor, given: ShownGrant | None, *, doing: str, same: Mapping[str, object], actor: Actor, now: datetime
) -> None:
    """Refuse what was meant for another state of a grant; raises NoSuchGrant and what `meanwhile.check` does."""
    if given is None:
        return
    no, found = given.no, _state(cur, given.no)
    about = {"grant": no, "system": found["system"], "unit": found["consumer"]}
    thing = meanwhile.Thing(
        no, ENTERED, ({"grant": no}, *({"kind": kind, "whom": whom} for kind, whom in about.items()))
    )
    meanwhile.check(
        thing, given.at, state=lambda: _state(cur, no), doing=doing, same=same, actor=actor, now=now
    )


def _state(cur: Cursor, no: str) -> dict[str, Any]:
    cur.execute(statements.standing, {"no": no})
    found = rows.only(cur)
    if found is None:
        raise NoSuchGrant(no=no)
    stopped = suspensions.of_grants(cur, nos=[no])[no]
    return {**found, "suspensions": sorted([each.id, each.state] for each in stopped)}
