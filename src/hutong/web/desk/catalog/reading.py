"""Who may open an entry, or a change of one, at the desk."""

from hutong.control.catalog import queries
from hutong.control.catalog.models import Change, Entry
from hutong.control.catalog.procedure import CHANGES, ENTRIES
from hutong.control.orgs import queries as orgs
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import handling
from hutong.control.procedures.procedure import Procedure
from hutong.control.procedures.queries import waits_at
from hutong.core.errors import Missing


class EntryNotYours(Missing):
    """There is no such entry of your unit."""


def entry(code: str, *, actor: Actor) -> Entry:
    """Return an entry; raises NoSuchEntry, and EntryNotYours.

    Its provider opens it, authority and operator of its region, the auditor, who fills in for one of them, the head of
    an office where it waits, and whom they consulted.
    """
    found = queries.entry(code)
    if not _opens(ENTRIES, code, provider=found.provider_id, actor=actor):
        raise EntryNotYours()
    return found


def change(no: str, *, actor: Actor) -> Change:
    """Return a change; raises NoSuchChange, also where it is not for the actor, as `entry` has it."""
    found = queries.change(no)
    if not _opens(CHANGES, no, provider=found.provider_id, actor=actor):
        raise queries.NoSuchChange(change=no)
    return found


def _opens(procedure: Procedure, number: str, *, provider: str, actor: Actor) -> bool:
    if actor.everywhere or provider in actor.units or provider in orgs.of_regions(actor):
        return True
    name = procedure.life.name
    return handling.consulted(name, number, actor=actor) or waits_at(name, number, orgs.headed(actor))
