"""Where a row stands in a list, as an address keeps it: a page begins after the place of the last row before it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

Place = tuple[Any, ...]
"""What a list is ordered by, of one row; no other row of the list has the same."""

LARGEST = 2**62


def written(place: Place) -> str:
    """Return a place as part of an address: its parts with commas between them, and none within them."""
    return ",".join(_escaped(part.isoformat() if isinstance(part, datetime) else str(part)) for part in place)


def read(text: str, *, of: Sequence[type]) -> Place | None:
    """Return the place that `written` wrote, made of these types; None for anything else: there the list begins."""
    parts = text.split(",")
    if not text or len(parts) != len(of):
        return None
    try:
        return tuple(_part(_unescaped(part), kind) for part, kind in zip(parts, of, strict=True))
    except (ValueError, OverflowError):  # a moment of no year that UTC has is none
        return None


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace(",", "%2C")


def _unescaped(part: str) -> str:
    return part.replace("%2C", ",").replace("%25", "%")


def _part(text: str, kind: type) -> object:
    if kind is datetime:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise ValueError(text)
        return found.astimezone(UTC)
    if kind is int:
        if not text.isdecimal() or int(text) > LARGEST:
            raise ValueError(text)
        return int(text)
    if "\0" in text:
        raise ValueError(text)
    return text
