"""Subscription (SX-07-c): a snapshot to begin with, then every change, in order and without a gap.

A record goes by an id made for the grant, so that two subscribers cannot join what they got. A snapshot is
read page by page while data may change: it says from which change on to follow, and whoever follows from
there ends with what is held. A change that a later one overtook comes without values and is told as
superseded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from psycopg.sql import SQL, Identifier

from hutong.audit.log import Receipt
from hutong.core import beijing, digest
from hutong.core.errors import Gone, Invalid, Problem
from hutong.core.page import Cursors
from hutong.db import sql, trips
from hutong.db.database import Database
from hutong.plane import rulebook
from hutong.plane.answer import asking, query, rounds, selects
from hutong.plane.answer.asking import Asked, Asking
from hutong.plane.answer.limits import Want
from hutong.plane.answer.rounds import Manner, Round, Told
from hutong.plane.definition import Mode
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.tables import Held

queries = sql.load(__package__, "subscribe.sql")

R = TypeVar("R")

KEPT_DAYS = "feed.kept_days"
"""The rulebook's name of the days for which changes are kept."""

MOST_ROWS = 5000
"""Records or changes in one answer."""


class ChangesGone(Gone):
    """Changes of {code} are kept from {kept_from} on, in version {version}; begin again with a snapshot."""


class SnapshotOutdated(Gone):
    """The snapshot of {code} cannot be read on: a new version took its place, or its changes were dropped."""


class ChangeNotThere(Invalid):
    """The feed of {code} has come to {last_change}; there is no change {after} yet."""


@dataclass(frozen=True, slots=True)
class SnapshotQuestion:
    """One page of all records; the first has no cursor."""

    asked: Asked
    cursor: str | None = None
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class ChangesQuestion:
    """The changes after `after`. `version` is the one followed so far; an earlier one is refused."""

    asked: Asked
    after: int
    limit: int = 1000
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How far back one may follow: the oldest change still there, and for how many days changes are kept."""

    change: int
    days: int


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the id it has for this grant, and the granted items."""

    id: str
    values: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `u` put or `d` deleted. Only a put that is not superseded has values."""

    change: int
    op: str
    id: str
    values: dict[str, str | None] | None
    superseded: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A page of records. After the last page (no cursor) follow the changes after `change`."""

    rows: list[Row]
    change: int
    version: int
    cursor: str | None
    kept: Kept
    receipt: Receipt
    at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes after `after` up to `complete_to`, in order; ask on from there."""

    changes: list[Change]
    after: int
    complete_to: int
    version: int
    kept: Kept
    receipt: Receipt
    at: datetime


Question = SnapshotQuestion | ChangesQuestion
Answer = Snapshot | Changes


@dataclass(slots=True)
class _Plan:
    asking: Asking
    grant: Grant
    held: Held
    keys: ResourceKeys
    question: Question
    start: int
    """The change the snapshot is at, or the one to follow."""
    after: bytes = b""
    rows: Sequence[tuple[Any, ...]] = ()
    """What was read: one more than is shown, if there is more."""
    values: Sequence[dict[str, str | None]] = ()

    @property
    def more(self) -> bool:
        return len(self.rows) > self.question.limit

    @property
    def complete_to(self) -> int:
        return cast(int, self.rows[self.question.limit - 1][0]) if self.more else self.held.last_change


def answer(
    db: Database,
    *,
    questions: Sequence[Question],
    keyring: Keyring,
    now: datetime,
    make: Callable[[Question, Answer | Problem], R],
) -> list[R]:
    """Answer a list of subscribers' questions, each as if asked alone; returns what `make` makes of the answers.

    After return every answer and refusal is committed with its entry; `make` is called before that, so nothing it does
    may be seen. A question that fails in SQL fails alone.
    """

    def lost(question: Question) -> tuple[Asking, Told]:
        return Asking(question.asked, (), 1), Told(_event(question))

    manner: Manner[Question, Answer, R] = Manner(Mode.SUBSCRIBE, _answer, lost, make)
    return rounds.in_halves(db, questions, manner=manner, keyring=keyring, now=now)


def prune(db: Database, *, now: datetime) -> int:
    """Drop from every feed the changes older than the rulebook has them kept, and return how many.

    What remains is without a gap; who follows from before gets ChangesGone.
    """
    with db.transaction() as cur:
        fed = cur.execute(queries.fed).fetchall()
        before = now - timedelta(days=rulebook.number(cur, KEPT_DAYS, day=beijing.day(now)))
    return sum(_prune(db, code, relations, before) for code, relations in fed)


def _prune(db: Database, code: str, relations: Sequence[str], before: datetime) -> int:
    with db.transaction() as cur:
        last_change, kept_from = cast(tuple[int, int], cur.execute(queries.lock_feed, {"code": code}).fetchone())
        oldest = SQL(" union all ").join(
            SQL("select min(change) as change from {} where at >= %(before)s").format(Identifier("feed", one))
            for one in relations
        )
        found = cur.execute(SQL("select min(change) from ({}) kept").format(oldest), {"before": before}).fetchone()
        kept = max(kept_from, found[0] if found and found[0] is not None else last_change + 1)
        if kept == kept_from:
            return 0
        cur.execute(queries.keep_from, {"code": code, "kept_from": kept})
        return sum(
            cur.execute(
                SQL("delete from {} where change < %(kept)s").format(Identifier("feed", one)), {"kept": kept}
            ).rowcount
            for one in relations
        )


def _answer(this: Round, questions: Sequence[Question]) -> list[Answer | Problem]:
    askings = [Asking(question.asked, (), 1) for question in questions]
    this.admit(askings)
    cursors = Cursors(this.keyring.platform("cursor"))
    plans = [_standing(each, question, cursors) for each, question in zip(askings, questions, strict=True)]
    wants = [(plan.asking, Want(plan.grant, 1, {})) for plan in plans if plan]
    this.look(wants)
    allowed = [plan for plan in plans if plan is not None and plan.asking.problem is None]
    pages, kept_days = _read(this, list(map(_statement, allowed)))
    for plan, rows in zip(allowed, pages, strict=True):
        plan.rows = rows
        plan.asking.problem = _gap(plan)
        if plan.asking.problem is None:
            _open(plan)
    told = [(each, _told(plan, question)) for each, plan, question in zip(askings, plans, questions, strict=True)]
    receipts = this.enter(told, wants=wants)
    return [
        each.problem or _reply(cast(_Plan, plan), cursors, receipt, now=this.now, days=kept_days)
        for each, plan, receipt in zip(askings, plans, receipts, strict=True)
    ]


def _read(this: Round, statements: Sequence[trips.Statement]) -> tuple[list[list[trips.Row]], int]:
    """Return the rows of statements and the days for which changes are kept, which are read on the same trip."""
    if not statements:
        return this.read([]), 0
    *pages, kept = this.read([*statements, rulebook.reading(KEPT_DAYS, day=beijing.day(this.now))])
    return pages, rulebook.read(KEPT_DAYS, kept)


def _standing(each: Asking, question: Question, cursors: Cursors) -> _Plan | None:
    if each.problem is not None:
        return None
    try:
        return _plan(each, question, cursors)
    except Problem as problem:
        each.problem = problem
        return None


def _plan(each: Asking, question: Question, cursors: Cursors) -> _Plan:
    grant, held, keys = each.grant, each.held, each.keys
    assert grant is not None
    assert held is not None
    assert keys is not None
    if not 1 <= question.limit <= MOST_ROWS:
        raise query.PageSizeRefused(limit=question.limit, most=MOST_ROWS)
    start, after = held.last_change, b""
    if isinstance(question, ChangesQuestion):
        start = question.after
        _can_follow(question, held)
    elif question.cursor is not None:
        place = cursors.open(question.cursor)
        if place.get("snapshot") != grant.no:
            raise query.CursorElsewhere
        if place["version"] != held.definition.version or place["change"] + 1 < held.kept_from:
            raise SnapshotOutdated(code=grant.code)
        start, after = place["change"], bytes.fromhex(place["k"])
    return _Plan(each, grant, held, keys, question, start, after)


def _can_follow(question: ChangesQuestion, held: Held) -> None:
    code, version = held.definition.code, held.definition.version
    if question.version not in (None, version) or question.after + 1 < held.kept_from:
        raise ChangesGone(code=code, kept_from=held.kept_from, version=version)
    if not 0 <= question.after <= held.last_change:
        raise ChangeNotThere(code=code, last_change=held.last_change, after=question.after)


def _gap(plan: _Plan) -> Problem | None:
    """Refuse to tell changes with a gap before them: those of an earlier version are in another feed."""
    if isinstance(plan.question, SnapshotQuestion) or plan.start == plan.held.last_change:
        return None
    first = plan.rows[0][0] if plan.rows else plan.held.last_change + 1
    if first == plan.start + 1:
        return None
    definition = plan.held.definition
    return ChangesGone(code=definition.code, kept_from=first, version=definition.version)


def _statement(plan: _Plan) -> tuple[str, dict[str, Any]]:
    items, limit = plan.asking.items, plan.question.limit + 1
    if isinstance(plan.question, SnapshotQuestion):
        return selects.page(plan.held, items, ()), {"after": plan.after, "limit": limit}
    # Whoever reads last_change can read all before it; what came after is for the next question.
    return selects.feed(plan.held, items), {
        "after": plan.start,
        "until": plan.held.last_change,
        "limit": limit,
    }


def _open(plan: _Plan) -> None:
    """Decrypt what is shown; a value that does not open makes the answer impossible, not the list."""
    skip = 0 if isinstance(plan.question, SnapshotQuestion) else 4
    try:
        plan.values = query.opened(
            plan.held, plan.keys, plan.asking.items, [row[skip:] for row in plan.rows[: plan.question.limit]]
        )
    except Problem as problem:
        plan.asking.problem = asking.HoldingUnusable(code=plan.grant.code)
        plan.asking.problem.__cause__ = problem


def _event(question: Question) -> str:
    return "plane.snapshot_read" if isinstance(question, SnapshotQuestion) else "plane.changes_followed"


def _told(plan: _Plan | None, question: Question) -> Told:
    if plan is None:
        return Told(_event(question))
    if isinstance(question, SnapshotQuestion):
        return Told(_event(question), None, {"returned": len(plan.values), "change": plan.start})
    more = {"returned": len(plan.values), "after": plan.start, "change": plan.complete_to}
    return Told(_event(question), None, more)


def _reply(plan: _Plan, cursors: Cursors, receipt: Receipt, *, now: datetime, days: int) -> Answer:
    version, kept = plan.held.definition.version, Kept(plan.held.kept_from, days)
    shown, suite = plan.rows[: plan.question.limit], plan.keys.suite
    secret = digest.derive(plan.keys.record, info=f"hutong/row/{plan.grant.no}".encode())
    if isinstance(plan.question, SnapshotQuestion):
        ids = suite.macs(secret, [row[0] for row in shown])
        rows = [Row(one.hex(), values) for one, values in zip(ids, plan.values, strict=True)]
        place = {"snapshot": plan.grant.no, "version": version, "change": plan.start}
        cursor = cursors.seal({**place, "k": shown[-1][0].hex()}) if plan.more else None
        return Snapshot(rows, plan.start, version, cursor, kept, receipt, now)
    ids = suite.macs(secret, [row[4] for row in shown])
    changes = [_change(row, one.hex(), values) for row, one, values in zip(shown, ids, plan.values, strict=True)]
    return Changes(changes, plan.start, plan.complete_to, version, kept, receipt, now)


def _change(row: Sequence[Any], name: str, values: dict[str, str | None]) -> Change:
    number, op, at, last = row[:4]
    superseded = last is None if op == "u" else False
    if last is not None and last > number:
        superseded = True
    return Change(number, op, name, values if op == "u" and not superseded else None, superseded, at)
