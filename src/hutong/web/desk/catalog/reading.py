"""Who may open an entry at the desk."""

from hutong.control.catalog import queries
from hutong.control.catalog.lifecycle import ENTRY
from hutong.control.orgs import queries as orgs
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import handling
from hutong.control.procedures.queries import waits_at
from hutong.core.errors import Missing


class EntryNotYours(Missing):
    """There is no such entry of your unit."""


def seen(code: str, *, actor: Actor):  # type: ignore[no-untyped-def]
    """Return an entry with the change under way; raises EntryNotYours.

    Its provider opens it, the authority, the operator and the auditor, who fills in for one of them, the head of an
    office where it waits, and whom they consulted.
    """
    entry = queries.drafted(code)
    if actor.everywhere or entry.provider_id in actor.units:
        return entry
    if handling.consulted(ENTRY.name, code, unit=actor.org) or waits_at(ENTRY.name, code, orgs.headed(actor)):
        return entry
    raise EntryNotYours()
