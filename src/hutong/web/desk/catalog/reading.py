"""Who may open an entry at the desk."""

from hutong.control.catalog import queries
from hutong.control.catalog.lifecycle import ENTRY
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import handling
from hutong.core.errors import Missing


class EntryNotYours(Missing):
    """There is no such entry of your unit."""


def seen(code: str, *, actor: Actor):  # type: ignore[no-untyped-def]
    """Return an entry with the change under way; raises EntryNotYours.

    Its provider opens it, the authority, the operator and the auditor, who fills in for one of them, and whom they
    consulted.
    """
    entry = queries.drafted(code)
    units = {actor.org, *(seat.unit for seat in actor.deputises)}
    roles = actor.roles | {seat.role for seat in actor.deputises if not seat.unit}
    if entry.provider_id in units or roles & {"authority", "operator", "auditor"}:
        return entry
    if handling.consulted(ENTRY.name, code, unit=actor.org):
        return entry
    raise EntryNotYours()
