"""Query (SX-07-b): conditions in, the granted items of the records that meet them out, a page at a time.

A record is found by its whole key, or by items the catalogue declares as conditions and the grant covers.
Every page is a question of its own: checked, counted and entered.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from hutong.audit.log import Receipt
from hutong.audit.subjects import gathered
from hutong.core import canonical, normalise
from hutong.core.errors import Conflicting, Invalid, Problem, Refused
from hutong.core.page import Cursors
from hutong.db import arrays
from hutong.db.database import Database
from hutong.plane import filters, sealing, subjects, tables
from hutong.plane.answer import asking, compare, rounds, selects
from hutong.plane.answer.asking import Asking, SignedQuestion
from hutong.plane.answer.limits import Want
from hutong.plane.answer.rounds import Answering, AnswerSummary, Round
from hutong.plane.answer.selects import Op
from hutong.plane.definition import Holding, Mode
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.tables import Store

R = TypeVar("R")

MOST_ROWS = 1000
"""Records on one page."""


class ConditionMissing(Invalid):
    """A query names its conditions: the whole key ({key}), or items of the grant's conditions."""


class ConditionNotGranted(Refused):
    """Grant {grant} does not allow to ask by {items}."""

    clause = "SX-11-b"


class ConditionNotPossible(Invalid):
    """{item} cannot be asked by "{op}"; it is kept encrypted or is no text, and can be asked by "eq"."""


class ConditionUnreadable(Invalid):
    """The value given for {item} cannot be read as {kind}."""


class PageSizeRefused(Invalid):
    """A page has between 1 and {most} records, not {limit}."""


class CursorElsewhere(Conflicting):
    """This page cursor belongs to another grant or question, or to an earlier version of the resource."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; several hold together."""

    item: str
    value: str
    op: Op = Op.EQUALS


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
    rows: list[dict[str, str | None]]
    cursor: str | None = None

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
    wants = [(plan.asking, Want(plan.grant, 1, {})) for plan in plans if plan]
    this.look(wants)
    _read(this, [plan for plan in plans if plan is not None and plan.asking.problem is None], cursors)
    told = [
        (each, plan.told if plan else AnswerSummary("plane.queried")) for each, plan in zip(askings, plans, strict=True)
    ]
    receipts = this.enter(told, wants=wants)
    return [
        each.problem or QueryPage(plan.rows, plan.cursor, receipt, this.now, each.as_of)  # type: ignore[union-attr]
        for each, plan, receipt in zip(askings, plans, receipts, strict=True)
    ]


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
    binding = hashlib.sha256(_encoded(bound)).hexdigest()
    after = b""
    if question.cursor is not None:
        place = cursors.open(question.cursor)
        if place.get("q") != binding:
            raise CursorElsewhere
        after = bytes.fromhex(place["k"])
    told = AnswerSummary("plane.queried", asking.digest(keys, [_encoded(asked_by)]), {"returned": 0})
    inside = filters.inside(grant.row_filter, keys)
    values: dict[str, Any] = {**filters.values(inside)}
    if _by_key(question, store):
        given = {c.item: c.value for c in question.where}
        row = tuple(given[code] for code in store.definition.key)
        (record,), about = compare.record_keys(store.definition, keys, [row])
        told = told._replace(subjects=gathered(about))
        statement = selects.values(store, each.items, inside)
        values |= {"keys": [record] if record > after else []}
    else:
        _conditions_allowed(question, grant, store)
        statement = selects.page(store, each.items, [(c.item, c.op) for c in question.where], inside)
        values |= {"after": after, "limit": question.limit + 1}
        values.update({f"c{n}": _value(c, store, keys) for n, c in enumerate(question.where)})
    return _Plan(each, grant, store, keys, question, statement, values, told, binding, [])


def _encoded(value: object) -> bytes:
    try:
        return canonical.dumps(value)
    except UnicodeEncodeError:
        raise ConditionUnreadable(item="?", kind="Unicode") from None


def _by_key(question: QueryQuestion, store: Store) -> bool:
    named = [c.item for c in question.where if c.op is Op.EQUALS]
    return len(named) == len(question.where) and sorted(named) == sorted(store.definition.key)


def _conditions_allowed(question: QueryQuestion, grant: Grant, store: Store) -> None:
    if not question.where:
        raise ConditionMissing(key=", ".join(store.definition.key))
    declared = {item.code for item in store.definition.items if item.condition}
    allowed = declared & set(grant.conditions) & set(grant.items)
    if wrong := [c.item for c in question.where if c.item not in allowed]:
        raise ConditionNotGranted(grant=grant.no, items=", ".join(wrong))


_KINDS = {"numeric": "a number", "date": "a date"}


def _value(condition: Condition, store: Store, keys: ResourceKeys) -> Any:
    item = store.definition.item(condition.item)
    kind = tables.column_type(item)
    text = normalise.normalise(condition.value, type=item.type)
    if condition.op is not Op.EQUALS and item.holding is not Holding.PLAIN:
        raise ConditionNotPossible(item=item.code, op=str(condition.op))
    if condition.op is Op.STARTS and kind != "text":
        raise ConditionNotPossible(item=item.code, op=str(condition.op))
    if item.holding is Holding.PROTECTED:
        return [sealing.blind(keys, item.code, text)]
    if "\0" in condition.value or not condition.value:
        raise ConditionUnreadable(item=item.code, kind="text")
    if kind == "text":
        return list({condition.value, text}) if condition.op is Op.EQUALS else condition.value
    try:
        read: Any = date.fromisoformat(text) if kind == "date" else _decimal(text)
    except (ValueError, InvalidOperation):
        raise ConditionUnreadable(item=item.code, kind=_KINDS[kind]) from None
    return [read] if condition.op is Op.EQUALS else read


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > 1000:
        raise ValueError(text)
    return number


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
    plan.rows = opened(plan.store, plan.keys, plan.asking.items, shown)
    about = plan.told.subjects
    if "keys" not in plan.values:
        about = subjects.of_read(
            plan.store.definition, plan.keys, [row[0] for row in shown], [row[-1] for row in shown]
        )
    plan.told = AnswerSummary(plan.told.event, plan.told.digest, {"returned": len(shown)}, about)
    if len(rows) > len(shown):
        plan.cursor = cursors.seal({"q": plan.binding, "k": shown[-1][0].hex()})


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
