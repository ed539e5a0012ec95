"""Query (SX-07-b): conditions in, the granted items of the records that meet them out, a page at a time.

A record is found by its whole key, or by items the catalogue declares as conditions and the grant covers.
Every page is a question of its own: checked, counted and entered.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from hutong.audit.log import Receipt
from hutong.audit.subjects import gathered
from hutong.core.errors import Conflicting, Invalid, Problem
from hutong.core.page import Cursors
from hutong.db import arrays, trips
from hutong.db.database import Database
from hutong.plane import filters, sealing, subjects
from hutong.plane.answer import alarms, asking, compare, conditions, disclosing, limits, rounds, selects
from hutong.plane.answer.asking import Asking, SignedQuestion
from hutong.plane.answer.conditions import Condition as Condition
from hutong.plane.answer.disclosing import Disclosure
from hutong.plane.answer.limits import Want
from hutong.plane.answer.rounds import Answering, AnswerSummary, Round
from hutong.plane.definition import Holding, Mode
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.tables import Store

R = TypeVar("R")

MOST_ROWS = 1000
"""Records on one page."""


class PageSizeRefused(Invalid):
    """A page has between 1 and {most} records, not {limit}."""


class CursorElsewhere(Conflicting):
    """This page cursor belongs to another grant or question, or to an earlier version of the resource."""


@dataclass(frozen=True, slots=True)
class QueryQuestion:
    """One page of a query. `items` are those wanted, all that are granted where there is none."""

    asked: SignedQuestion
    where: tuple[Condition, ...]
    items: tuple[str, ...] = ()
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class QueryPage:
    """Records by item, values as they were delivered; `cursor` leads to the next page, if there is one.

    `as_of` is the moment of the last delivery that reached the version, where none reaches it any more.
    """

    rows: list[dict[str, str | None]]
    cursor: str | None
    receipt: Receipt
    at: datetime
    as_of: datetime | None = None


@dataclass(slots=True)
class _Plan:
    """One standing question with the statement that answers it."""

    asking: Asking
    grant: Grant
    store: Store
    keys: ResourceKeys
    question: QueryQuestion
    statement: str
    values: dict[str, Any]
    told: AnswerSummary
    binding: str
    disclosed: Disclosure
    rows: list[dict[str, str | None]]
    cursor: str | None = None
    read: Sequence[tuple[Any, ...]] = ()
    """The rows as they were read."""

    @property
    def shares(self) -> tuple[str, str]:
        """What plans that ask by key have in common if they are read together: statement, and row filter."""
        return self.statement, self.grant.read_alone


def answer(
    db: Database,
    *,
    questions: Sequence[QueryQuestion],
    keyring: Keyring,
    now: datetime,
    make: Callable[[QueryQuestion, QueryPage | Problem], R],
) -> list[R]:
    """Answer a list of queries, each as if asked alone, and return what `make` makes of pages or refusals.

    After return every answer and refusal is committed with its entry; `make` is called before that, so nothing it does
    may be seen. A question that fails in SQL fails alone.
    """

    def lost(question: QueryQuestion) -> tuple[Asking, AnswerSummary]:
        return Asking(question.asked, question.items, 1), AnswerSummary("plane.queried")

    answering = Answering(Mode.QUERY, _answer, lost, make)
    return rounds.in_halves(db, questions, answering=answering, keyring=keyring, now=now)


def _answer(this: Round, questions: Sequence[QueryQuestion]) -> list[QueryPage | Problem]:
    askings = [Asking(question.asked, question.items, 1) for question in questions]
    this.admit(askings)
    cursors = Cursors(this.keyring.platform("cursor"))
    plans = [_standing(each, question, cursors) for each, question in zip(askings, questions, strict=True)]
    standing = [plan for plan in plans if plan is not None]
    if this.looks:
        _looked(this, standing, cursors)
    else:
        _read(this, standing, cursors)
    told = [
        (each, plan.told if plan else AnswerSummary("plane.queried")) for each, plan in zip(askings, plans, strict=True)
    ]
    receipts = this.enter(told)
    if not this.looks:
        answered = [plan for plan in standing if plan.asking.problem is None]
        _leave(this, disclosing.settling([plan.disclosed for plan in answered], day=this.day))
        _leave(this, limits.spending_quota([_want(plan) for plan in answered], day=this.day))
    return [
        each.problem or QueryPage(plan.rows, plan.cursor, receipt, this.now, each.as_of)  # type: ignore[union-attr]
        for each, plan, receipt in zip(askings, plans, receipts, strict=True)
    ]


def _want(plan: _Plan) -> Want:
    return Want(plan.grant, 1, {})


def _leave(this: Round, listed: Iterable[trips.Statement]) -> None:
    for statement in listed:
        trips.leave(this.cur, statement)


def _looked(this: Round, plans: Sequence[_Plan], cursors: Cursors) -> None:
    """Answer after a look at what is left; what it does not cover gets its problem.

    Questions are gone through in order, so the list comes out as they would one by one.
    """
    locking = disclosing.locking([disclosing.counted(plan.grant, plan.store) for plan in plans], day=this.day)
    spent = limits.look_spent(this.cur, wants=[_want(plan) for plan in plans], day=this.day, between=locking)
    _read(this, plans, cursors)
    found = [plan for plan in plans if plan.asking.problem is None]
    ledger = disclosing.look(this.cur, disclosed=[plan.disclosed for plan in found], day=this.day)
    taken: list[_Plan] = []
    for plan in found:
        plan.asking.problem = spent.refusal(_want(plan)) or ledger.refusal(plan.disclosed)
        if plan.asking.problem is None:
            spent.take(_want(plan))
            _cut(plan, ledger, cursors)
            taken.append(plan)
    for (unit, code), seen, most in ledger.alarming():
        provider = next(plan.grant.provider for plan in found if plan.grant.code == code)
        alarms.open_alarm(
            this.cur, limit=disclosing.ALARM, consumer=unit, code=code, seen=seen, most=most, provider=provider,
            now=this.now,
        )  # fmt: skip
    _leave(this, disclosing.settling([plan.disclosed for plan in taken], day=this.day, expect=False))
    _leave(this, limits.spending_quota([_want(plan) for plan in taken], day=this.day))


def _cut(plan: _Plan, ledger: disclosing.DisclosedLedger, cursors: Cursors) -> None:
    """Let a page end where no further record may be disclosed; it then says that there may be more."""
    records = plan.disclosed.records
    number = ledger.take(plan.disclosed)
    plan.disclosed = plan.disclosed._replace(records=records[:number])
    if not plan.disclosed.paging:
        return
    if number < len(plan.rows):
        _show(plan, plan.rows[:number], plan.read[:number])
    if plan.rows and ledger.full(plan.disclosed):
        plan.cursor = cursors.seal({"q": plan.binding, "k": records[len(plan.rows) - 1].hex()})


def _standing(each: Asking, question: QueryQuestion, cursors: Cursors) -> _Plan | None:
    if each.problem is not None:
        return None
    try:
        return _plan(each, question, cursors)
    except Problem as problem:
        each.problem = problem
        return None


def _plan(each: Asking, question: QueryQuestion, cursors: Cursors) -> _Plan:
    grant, store, keys = each.grant, each.store, each.keys
    assert grant is not None
    assert store is not None
    assert keys is not None
    if not 1 <= question.limit <= MOST_ROWS:
        raise PageSizeRefused(limit=question.limit, most=MOST_ROWS)
    asked_by = [[c.item, str(c.op), c.value] for c in question.where]
    bound = [grant.no, store.relation, list(each.items), asked_by]
    binding = hashlib.sha256(conditions.encoded(bound)).hexdigest()
    after = b""
    if question.cursor is not None:
        place = cursors.open(question.cursor)
        if place.get("q") != binding:
            raise CursorElsewhere
        after = bytes.fromhex(place["k"])
    told = AnswerSummary("plane.queried", asking.digest(keys, [conditions.encoded(asked_by)]), {"returned": 0})
    inside = filters.inside(grant.row_filter, store, keys)
    values: dict[str, Any] = {**filters.values(inside)}
    disclosed = Disclosure(disclosing.counted(grant, store), (), paging=True)
    if conditions.by_key(question.where, store):
        given = {c.item: c.value for c in question.where}
        row = tuple(given[code] for code in store.definition.key)
        (record,), about = compare.record_keys(store, keys, [row])
        told = told._replace(subjects=gathered(about))
        statement = selects.values(store, each.items, inside)
        values |= {"keys": [record] if record > after else []}
        disclosed = disclosed._replace(records=(record,), paging=False)
    else:
        conditions.check(question.where, grant, store)
        statement = selects.page(store, each.items, [(c.item, c.op) for c in question.where], inside)
        values |= {"after": after, "limit": question.limit + 1}
        values.update({f"c{n}": conditions.value(c, store, keys) for n, c in enumerate(question.where)})
        conditions.check_ranges(question.where, store)
    return _Plan(each, grant, store, keys, question, statement, values, told, binding, disclosed, [])


def _read(this: Round, plans: Sequence[_Plan], cursors: Cursors) -> None:
    found = this.read(_statements(plans))
    by_key = dict(zip(_together(plans), found, strict=False))
    own = iter(found[len(by_key) :])
    for plan in plans:
        if "keys" in plan.values:
            rows = [row for row in by_key[plan.shares] if row[0] in plan.values["keys"]]
        else:
            rows = next(own)
        try:
            _fill(plan, rows, cursors)
        except Problem as problem:
            plan.asking.problem = asking.StoreUnusable(code=plan.grant.code)
            plan.asking.problem.__cause__ = problem


def _statements(plans: Sequence[_Plan]) -> list[tuple[str, dict[str, Any]]]:
    """All that are asked by key with one statement share it; every other has its own, in order."""
    shared = [_shared(group) for group in _together(plans).values()]
    return shared + [(plan.statement, plan.values) for plan in plans if "keys" not in plan.values]


def _together(plans: Sequence[_Plan]) -> dict[tuple[str, str], list[_Plan]]:
    groups: dict[tuple[str, str], list[_Plan]] = {}
    for plan in plans:
        if "keys" in plan.values:
            groups.setdefault(plan.shares, []).append(plan)
    return groups


def _shared(group: Sequence[_Plan]) -> tuple[str, dict[str, Any]]:
    keys = list(dict.fromkeys(k for plan in group for k in plan.values["keys"]))
    return group[0].statement, {**group[0].values, "keys": arrays.blobs(keys)}


def _fill(plan: _Plan, rows: Sequence[tuple[Any, ...]], cursors: Cursors) -> None:
    shown = rows[: plan.question.limit]
    _show(plan, opened(plan.store, plan.keys, plan.asking.items, shown), shown)
    if "keys" not in plan.values:
        plan.disclosed = plan.disclosed._replace(records=[row[0] for row in shown])
    # Of people a cursor says that the page is full, and not that there is one more of them.
    more = len(shown) == plan.question.limit if plan.store.definition.personal else len(rows) > len(shown)
    if more and plan.disclosed.paging:
        plan.cursor = cursors.seal({"q": plan.binding, "k": shown[-1][0].hex()})


def _show(plan: _Plan, rows: list[dict[str, str | None]], read: Sequence[tuple[Any, ...]]) -> None:
    plan.rows, plan.read = rows, read
    about = plan.told.subjects
    if "keys" not in plan.values:
        about = subjects.of_read(plan.store.definition, plan.keys, [row[0] for row in read], [row[-1] for row in read])
    plan.told = AnswerSummary(plan.told.event, plan.told.digest, {"returned": len(rows)}, about)


def opened(
    store: Store, keys: ResourceKeys, items: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[dict[str, str | None]]:
    """Return rows (k, then `items` as they are kept) as values by item, protected ones decrypted."""
    columns: list[Sequence[str | None]] = []
    for place, code in enumerate(items, 1):
        column = [row[place] for row in rows]
        if store.definition.item(code).holding is Holding.PROTECTED:
            column = sealing.unprotect_column(keys, code, [row[0] for row in rows], column)
        columns.append(column)
    return [dict(zip(items, row, strict=True)) for row in zip(*columns, strict=True)]
