"""The changes a subscriber follows, in order and without a gap.

A change that a later one overtook comes without values and is told as superseded. Under a row filter (`plane.filters`)
only changes of records that were inside or are inside are told; a record that came in was put, one that left deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, cast

from hutong.audit.log import Receipt
from hutong.core.errors import Gone, Missing, Problem
from hutong.plane import filters
from hutong.plane.answer import selects, subscription
from hutong.plane.answer.asking import Asking, SignedQuestion
from hutong.plane.answer.rounds import AnswerSummary
from hutong.plane.answer.subscription import FeedPage, Kept

MOST_LOOKED_THROUGH = 200_000
"""Changes that are looked through for one page under a row filter, whether they are told or not."""


class ChangesGone(Gone):
    """Changes of {code} are kept from {kept_from} on, in version {version}; begin again with a snapshot."""


class ChangeNotThere(Missing):
    """The feed of {code} has come to {last_change}; there is no change {after} yet."""


@dataclass(frozen=True, slots=True)
class ChangesQuestion:
    """The changes after `after`. `version` is the one followed so far, that on which the grant was opened where none is
    said; another than the grant names now is refused."""

    event: ClassVar[str] = "plane.changes_followed"

    asked: SignedQuestion
    after: int
    limit: int = 1000
    version: int | None = None


@dataclass(frozen=True, slots=True)
class FeedChange:
    """One change: `u` put or `d` deleted. Only a put that is not superseded has values."""

    change: int
    op: str
    id: str
    values: dict[str, str | None] | None
    superseded: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedChanges:
    """All changes after `after` up to `complete_to`, in order; ask on from there, until it is `after` itself.

    Under a row filter there may be none of them and more behind.
    """

    changes: list[FeedChange]
    after: int
    complete_to: int
    version: int
    kept: Kept
    receipt: Receipt
    at: datetime
    as_of: datetime | None = None
    """The moment of the last delivery that reached the version, where none reaches it any more."""


_OP, _KEY = 1, 4
"""Where in a row of a feed the operation and the record's key stand, after number and before items.

There is no operation where a row filter leaves the change out. Moment and last change of the record stand between.
"""


@dataclass(frozen=True, slots=True)
class ChangesPlan:
    """How a page of changes is read and told."""

    page: FeedPage
    after: int

    @property
    def complete_to(self) -> int:
        """The change up to which nothing is missing."""
        return cast(int, self.page.shown[-1][0]) if self.page.more else self.until

    @property
    def until(self) -> int:
        """The last change that is looked at.

        Whoever reads last_change can read all before it; what came after is for the next question. Under a row filter
        no more are looked through than one page may cost, since perhaps not one of them is told.
        """
        page = self.page
        if page.inside is None:
            return page.store.last_change
        return min(page.store.last_change, self.after + MOST_LOOKED_THROUGH)

    def statement(self) -> tuple[str, dict[str, Any]]:
        """Return the statement that reads the page, and a row more."""
        page = self.page
        return selects.feed(page.store, page.asking.items, page.inside), {
            "after": self.after,
            "until": self.until,
            "limit": page.limit + (1 if page.inside is None else 2),
            **filters.values(page.inside),
        }

    def gap(self) -> Problem | None:
        """Refuse to tell changes with a gap before them: those of an earlier version are in another feed.

        Under a row filter the change after the last one is read whether it is told or not, so a gap shows there too.
        """
        page = self.page
        if self.after == page.store.last_change:
            return None
        first = page.rows[0][0] if page.rows else self.until + 1
        if first == self.after + 1:
            return None
        return ChangesGone(code=page.store.definition.code, kept_from=first, version=page.version)

    def open(self) -> None:
        """Leave out what is not told, and decrypt what is shown."""
        page = self.page
        if page.inside is not None and page.rows and page.rows[0][_OP] is None:
            page.rows = page.rows[1:]
        page.open([row[_KEY:] for row in page.shown])

    def told(self) -> AnswerSummary:
        """Return what is entered."""
        more = {"returned": len(self.page.values), "after": self.after, "change": self.complete_to}
        return AnswerSummary(ChangesQuestion.event, None, more, self.page.subjects(_KEY))

    def reply(self, receipt: Receipt, *, days: int, now: datetime) -> FeedChanges:
        """Return the answer; changes are kept for `days`."""
        page = self.page
        ids = page.ids([row[_KEY] for row in page.shown])
        changes = [_change(row, id_, values) for row, id_, values in zip(page.shown, ids, page.values, strict=True)]
        kept = Kept(page.store.kept_from, days)
        return FeedChanges(changes, self.after, self.complete_to, page.version, kept, receipt, now, page.store.as_of)


def plan(each: Asking, question: ChangesQuestion) -> ChangesPlan:
    """Return how an admitted question is answered; raises PageSizeRefused, ChangesGone and ChangeNotThere."""
    page = subscription.begun(each, limit=question.limit)
    _can_follow(question, page)
    return ChangesPlan(page, question.after)


def _can_follow(question: ChangesQuestion, page: FeedPage) -> None:
    store, code, version = page.store, page.grant.code, page.version
    followed = page.grant.first_version if question.version is None else question.version
    if followed != version or question.after + 1 < store.kept_from:
        raise ChangesGone(code=code, kept_from=store.kept_from, version=version)
    if not 0 <= question.after <= store.last_change:
        raise ChangeNotThere(code=code, last_change=store.last_change, after=question.after)


def _change(row: Sequence[Any], id_: str, values: dict[str, str | None]) -> FeedChange:
    number, op, at, last = row[:_KEY]
    superseded = last is None if op == "u" else False
    if last is not None and last > number:
        superseded = True
    return FeedChange(number, op, id_, values if op == "u" and not superseded else None, superseded, at)
