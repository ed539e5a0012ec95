"""What the two questions of a subscriber share: a page of rows under a grant, with ids made for that grant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hutong.core import digest
from hutong.core.errors import Problem
from hutong.plane import filters, subjects
from hutong.plane.answer import asking, query
from hutong.plane.answer.asking import Asking
from hutong.plane.filters import Inside
from hutong.plane.grants import Grant
from hutong.plane.keys import ResourceKeys
from hutong.plane.tables import Store

MOST_ROWS = 5000
"""Records or changes in one answer."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How far back one may follow: the oldest change still there, and for how many days changes are kept."""

    change: int
    days: int


@dataclass(slots=True)
class FeedPage:
    """A page on its way: what it is read from, how many rows it has at most, and its rows once they are read."""

    asking: Asking
    grant: Grant
    store: Store
    keys: ResourceKeys
    limit: int
    inside: Inside | None = None
    """The row filter of the grant."""
    rows: Sequence[tuple[Any, ...]] = ()
    """What was read: one more than is shown, if there is more."""
    values: Sequence[dict[str, str | None]] = ()

    @property
    def more(self) -> bool:
        """Whether there is a page after this one."""
        return len(self.rows) > self.limit

    @property
    def shown(self) -> Sequence[tuple[Any, ...]]:
        """The rows that are shown."""
        return self.rows[: self.limit]

    @property
    def version(self) -> int:
        """The version of the resource it is read from."""
        return self.store.definition.version

    def ids(self, keys: Sequence[bytes]) -> list[str]:
        """Return the ids that records with these keys have under this grant."""
        secret = digest.derive(self.keys.record, info=f"hutong/row/{self.grant.no}".encode())
        return [one.hex() for one in self.keys.suite.macs(secret, keys)]

    def subjects(self, key: int) -> bytes:
        """Return whom what is shown is about, gathered; the record's key stands at place `key` of a row.

        An answer that is refused after all carries nothing.
        """
        if self.asking.problem is not None:
            return b""
        records, found = [row[key] for row in self.shown], [row[-1] for row in self.shown]
        return subjects.of_read(self.store.definition, self.keys, records, found)

    def open(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Decrypt what is shown, `rows` being a key and its items each.

        A value that does not open makes this answer impossible, not the list.
        """
        try:
            self.values = query.opened(self.store, self.keys, self.asking.items, rows)
        except Problem as problem:
            self.asking.problem = asking.StoreUnusable(code=self.grant.code)
            self.asking.problem.__cause__ = problem


def begun(each: Asking, *, limit: int) -> FeedPage:
    """Return the page an admitted question asks for, nothing of it read yet; raises PageSizeRefused."""
    assert each.grant is not None
    assert each.store is not None
    assert each.keys is not None
    if not 1 <= limit <= MOST_ROWS:
        raise query.PageSizeRefused(limit=limit, most=MOST_ROWS)
    inside = filters.inside(each.grant.row_filter, each.store, each.keys)
    return FeedPage(each, each.grant, each.store, each.keys, limit, inside)
