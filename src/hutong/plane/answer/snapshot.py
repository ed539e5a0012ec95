"""The snapshot a subscription begins with, read page by page while data may change. Each page says from which change on
to follow the feed; a subscriber who does so ends with exactly what is held."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from hutong.audit.log import Receipt
from hutong.core.errors import Gone, Problem
from hutong.core.page import Cursors
from hutong.plane import filters
from hutong.plane.answer import query, selects, subscription
from hutong.plane.answer.asking import Asking, SignedQuestion
from hutong.plane.answer.rounds import AnswerSummary
from hutong.plane.answer.subscription import FeedPage, Kept


class SnapshotOutdated(Gone):
    """The snapshot of {code} cannot be read on: a new version took its place, or its changes were dropped."""


@dataclass(frozen=True, slots=True)
class SnapshotQuestion:
    """One page of all records; the first has no cursor."""

    event: ClassVar[str] = "plane.snapshot_read"

    asked: SignedQuestion
    cursor: str | None = None
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One record: the id it has for this grant, and the granted items."""

    id: str
    values: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A page of records. After the last page (no cursor) follow the changes after `change`."""

    rows: list[SnapshotRow]
    change: int
    version: int
    cursor: str | None
    kept: Kept
    receipt: Receipt
    at: datetime
    as_of: datetime | None = None
    """The moment of the last delivery that reached the version, where none reaches it any more."""


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """How a page of a snapshot is read and told: `change` is what the snapshot is at, `after` the key before it."""

    page: FeedPage
    cursors: Cursors
    change: int
    after: bytes

    def statement(self) -> tuple[str, dict[str, Any]]:
        """Return the statement that reads the page, and a row more."""
        page = self.page
        statement = selects.page(page.store, page.asking.items, (), page.inside)
        return statement, {"after": self.after, "limit": page.limit + 1, **filters.values(page.inside)}

    def gap(self) -> Problem | None:
        """Return nothing: a snapshot has no gaps."""
        return None

    def open(self) -> None:
        """Decrypt what is shown."""
        self.page.open(self.page.shown)

    def told(self) -> AnswerSummary:
        """Return what is entered."""
        more = {"returned": len(self.page.values), "change": self.change}
        return AnswerSummary(SnapshotQuestion.event, None, more, self.page.subjects(0))

    def reply(self, receipt: Receipt, *, days: int, now: datetime) -> Snapshot:
        """Return the answer; changes are kept for `days`."""
        page = self.page
        ids = page.ids([row[0] for row in page.shown])
        rows = [SnapshotRow(id_, values) for id_, values in zip(ids, page.values, strict=True)]
        place = {"snapshot": page.grant.no, "version": page.version, "change": self.change}
        cursor = self.cursors.seal({**place, "k": page.shown[-1][0].hex()}) if page.more else None
        kept = Kept(page.store.kept_from, days)
        return Snapshot(rows, self.change, page.version, cursor, kept, receipt, now, page.store.as_of)


def plan(each: Asking, question: SnapshotQuestion, cursors: Cursors) -> SnapshotPlan:
    """Return how an admitted question is answered; raises PageSizeRefused, CursorElsewhere and SnapshotOutdated."""
    page = subscription.begun(each, limit=question.limit)
    if question.cursor is None:
        return SnapshotPlan(page, cursors, page.store.last_change, b"")
    place = cursors.open(question.cursor)
    if place.get("snapshot") != page.grant.no:
        raise query.CursorElsewhere
    if place["version"] != page.version or place["change"] + 1 < page.store.kept_from:
        raise SnapshotOutdated(code=page.grant.code)
    return SnapshotPlan(page, cursors, place["change"], bytes.fromhex(place["k"]))
