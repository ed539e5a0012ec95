"""What the items of a grant are called, kept between runs: listing one's grants is an entry of its own."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hutong.client.bookmarks import Bookmarks

KEPT = timedelta(days=1)
"""How long names count: a grant may change to a version of its resource that calls an item otherwise."""

Names = Mapping[str, str]
"""Code of an item → its name."""


class ItemNames:
    """The names of one system's grants, as they were listed last."""

    def __init__(self, bookmarks: Bookmarks, *, now: Callable[[], datetime]) -> None:
        self._bookmarks = bookmarks
        self._now = now

    def keep(self, listed: Sequence[Mapping[str, Any]]) -> None:
        """Keep the names of every grant that was listed, instead of those kept before."""
        names = {each["no"]: each.get("names", {}) for each in listed}
        with self._bookmarks.changing() as kept:
            kept["names"] = {"at": self._now().isoformat(), "grants": names}

    def of(self, grant: str, *, items: Collection[str] = ()) -> Names | None:
        """Return the names of a grant's items; None where they have to be listed anew.

        That is so where they were listed too long ago, the grant was not among them, or one of `items` was not.
        """
        told = self._bookmarks.read().get("names", {})
        names: dict[str, str] | None = told.get("grants", {}).get(grant)
        if names is None or not self._fresh(told["at"]) or not names.keys() >= set(items):
            return None
        return names

    def _fresh(self, at: str) -> bool:
        return timedelta() <= self._now() - datetime.fromisoformat(at) < KEPT
