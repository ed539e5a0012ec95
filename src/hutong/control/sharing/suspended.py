"""Why what a grant stands on is suspended, for whom that may be read."""

from collections.abc import Collection
from dataclasses import replace

from django.db import connection, transaction

from hutong.control.sharing.queries import GrantShown
from hutong.control.units.rules import Actor
from hutong.db import database, rows, sql
from hutong.db.database import Cur
from hutong.plane import suspensions as kept
from hutong.plane.suspensions import Suspendable, Suspension

statements = sql.load(__package__, "suspended.sql")


def of_grants(shown: Collection[GrantShown], *, actor: Actor) -> dict[str, list[Suspension]]:
    """Return by its number the suspensions of each grant, its system and its consumer, lifted or not; the newest first.

    Why a unit or a system is suspended, and what was verified, is for the unit itself, those who see to all, and each
    provider for whom that was entered: who provided under a grant it stopped, or was there when it was lifted. The
    provider reads it of the grant. Elsewhere both are empty.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        found = kept.of_grants(cur, nos=[grant.no for grant in shown])
        theirs = {grant.no for grant in shown if actor.reads_of(grant.region) or grant.consumer_id in actor.units}
        asked = {each.id for no, listed in found.items() if no not in theirs for each in listed}
        entered = _entered_for(cur, asked, units=actor.units)
    return {
        no: [
            each
            if no in theirs or each.kind is Suspendable.GRANT
            else replace(
                each,
                reason=each.reason if (each.id, "plane.suspended") in entered else "",
                verified=each.verified if (each.id, "plane.suspension_lifted") in entered else "",
            )
            for each in listed
        ]
        for no, listed in found.items()
    }


def _entered_for(cur: Cur, numbers: Collection[int], *, units: Collection[str]) -> set[tuple[int, str]]:
    """Return number and event of what was entered about these suspensions for one of some units besides its own."""
    if not numbers:
        return set()
    cur.execute(statements.entered_for, {"numbers": sorted(numbers), "units": sorted(units)})
    return {(row["suspension"], row["event"]) for row in rows.named(cur)}
