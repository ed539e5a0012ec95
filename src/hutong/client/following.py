"""Following a feed: a snapshot to begin with, then every change in order, none twice and none left out.

How far one came is kept only after the caller has taken the rows, so a crash repeats the last page at most;
rows go by their id, so that putting one again changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hutong.client.bookmarks import Bookmarks
from hutong.client.wire import Context, PlatformConnection, Refusal

Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing to do with one's own copy: `clear` it, `put` or `delete` a record; `skip` is overtaken."""

    op: str
    id: str = ""
    values: Values | None = None
    change: int | None = None


class Feed:
    """One subscription as one grant sees it."""

    def __init__(
        self, line: PlatformConnection, *, grant: str, context: Context, bookmarks: Bookmarks, limit: int = 1000
    ) -> None:
        self._line = line
        self._grant = grant
        self._context = context
        self._bookmarks = bookmarks
        self._limit = limit

    def follow(self) -> Iterator[list[Followed]]:
        """Yield pages of what to do until the feed is read to its end.

        When the next page is asked for, the one before counts as taken. A feed too far behind, or with a new
        version, begins again with a snapshot; its first page says `clear`.
        """
        state = self._state()
        if state is None or state.get("cursor"):
            yield from self._snapshot(state)
        while True:
            try:
                page = self._changes()
            except Refusal as refusal:
                if refusal.status != 410:
                    raise
                self._keep(None)
                yield from self._snapshot(None)
                continue
            if page["complete_to"] == page["after"]:
                return
            yield [_followed(each) for each in page["changes"]]
            self._keep({"after": page["complete_to"], "version": page["version"]})

    def _snapshot(self, state: dict[str, Any] | None) -> Iterator[list[Followed]]:
        cursor = (state or {}).get("cursor")
        while True:
            facts = {"grant": self._grant, "limit": self._limit, "cursor": cursor}
            try:
                page = self._line.get("/v1/snapshot", facts, context=self._context)
            except Refusal as refusal:
                if refusal.status != 410 or cursor is None:
                    raise
                cursor = None
                continue
            rows = [Followed("put", row["id"], row["values"]) for row in page["rows"]]
            yield rows if cursor else [Followed("clear"), *rows]
            cursor = page["cursor"]
            if cursor is None:
                self._keep({"after": page["change"], "version": page["version"]})
                return
            self._keep({"cursor": cursor})

    def _changes(self) -> Any:
        state = self._state() or {}
        facts = {
            "grant": self._grant,
            "after": state["after"],
            "limit": self._limit,
            "version": state["version"],
        }
        return self._line.get("/v1/changes", facts, context=self._context)

    def _state(self) -> dict[str, Any] | None:
        state: dict[str, Any] | None = self._bookmarks.read().get("feeds", {}).get(self._grant)
        return state

    def _keep(self, state: dict[str, Any] | None) -> None:
        with self._bookmarks.changing() as kept:
            kept.setdefault("feeds", {})[self._grant] = state


def _followed(change: dict[str, Any]) -> Followed:
    if change["op"] == "d":
        return Followed("delete", change["id"], None, change["change"])
    # Overtaken by a later change, which comes with the values.
    op = "skip" if change["superseded"] else "put"
    return Followed(op, change["id"], change["values"], change["change"])
