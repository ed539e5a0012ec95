"""What a file of an entry has to be, for its provider to read before it is made."""

from dataclasses import dataclass
from datetime import date

from hutong.control.catalog import deliveries, queries, rules
from hutong.control.catalog.models import Entry
from hutong.control.rulebook import queries as rulebook
from hutong.control.units.rules import Actor
from hutong.plane.definition import Item


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """An entry whose data an officer hands in: its items in their order, its key, how large a file may be."""

    entry: Entry
    items: tuple[Item, ...]
    key: tuple[str, ...]
    most: int
    """Bytes that are kept of an officer's files."""


def of(code: str, *, actor: Actor, today: date) -> ExpectedFile:
    """Return what is expected of a file of an entry; raises what `deliveries.check` does."""
    deliveries.check(code=code, actor=actor)
    entry = queries.entry(code)
    said = entry.current
    items = tuple(map(rules.item, said.items)) if said else ()
    most = rulebook.in_force(today).number("delivery.upload_bytes")
    return ExpectedFile(entry, items, tuple(said.key) if said else (), most)
