"""Where a row stands in a list, as an address keeps it: a page begins after the place of the last row before it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

Place = tuple[Any, ...]
"""What a list is ordered by, of one row; no other row of the list has the same."""

LARGEST = 2**62


def written(place: Place) -> str:
    """Return a place as part of an address."""
    return ",".join(part.isoformat() if isinstance(part, datetime) else str(part) for part in place)


def read(text: str, *, of: Sequence[type]) -> Place | None:
    """Return the place that `written` wrote, made of these types; None for anything else: there the list begins."""
    parts = text.split(",", len(of) - 1)
    if not text or len(parts) != len(of):
        return None
    try:
        return tuple(_part(part, kind) for part, kind in zip(parts, of, strict=True))
    except ValueError:
        return None


def _part(text: str, kind: type) -> object:
    if kind is datetime:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise ValueError(text)
        return found
    if kind is int:
        if not text.isdecimal() or int(text) > LARGEST:
            raise ValueError(text)
        return int(text)
    if "\0" in text:
        raise ValueError(text)
    return text
