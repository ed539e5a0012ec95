"""What a registered system may ask, each with a signature: parse, hand on, present."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from hutong.audit import log, reading
from hutong.core.errors import Problem
from hutong.db import sql
from hutong.db.database import Database
from hutong.gateway import auth, wire
from hutong.gateway.auth import Call
from hutong.gateway.tick import Tick
from hutong.plane import asking, compare, grants, query, subscribe, tables
from hutong.plane.asking import Asked, Asking, Told
from hutong.plane.definition import Mode
from hutong.plane.keys import Keyring

if TYPE_CHECKING:
    from hutong.gateway.app import Gateway

Endpoint = Callable[["Gateway", Call], Awaitable[bytes]]

queries = sql.load(__package__, "auth.sql")

_SHOWN = {
    compare.Verdict.MATCH: "1",
    compare.Verdict.MISMATCH: "0",
    compare.Verdict.ABSENT: "-",
}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A question of a known caller that cannot be read: it is entered as a refusal, and spends its nonce."""

    asked: Asked
    mode: Mode
    problem: Problem


def ticks(gateway: "Gateway") -> dict[str, Tick[Any, Any]]:
    """Return one tick for each kind of question."""

    def of(name: str, answer: Callable[..., Sequence[Any]]) -> Tick[Any, Any]:
        def whole(questions: Sequence[Any]) -> Sequence[Any]:
            gateway.measures.listed(name, questions=len(questions), waiting=gateway.ticks[name].waiting)
            return answer(gateway.answering, questions=questions, keyring=gateway.keyring, now=gateway.config.now())

        return Tick(whole, name=name, bounds=gateway.config.bounds)

    return {
        "compare": of("compare", compare.answer),
        "query": of("query", query.answer),
        "subscribe": of("subscribe", subscribe.answer),
        "unreadable": of("unreadable", _refuse),
    }


def read_systems(db: Database, keyring: Keyring) -> list[auth.System]:
    """Return every registered system, the secrets of the national profile opened."""
    with db.transaction() as cur:
        rows = cur.execute(queries.systems).fetchall()
    return [
        auth.System(id_, org, public, opened(keyring, id_, secret), frozenset(profiles), revision)
        for id_, org, public, secret, profiles, revision in rows
    ]


def opened(keyring: Keyring, system: str, secret: bytes | None) -> bytes | None:
    """Return a system's secret in the clear, as `plane.registers` enciphered it."""
    if secret is None:
        return None
    from hutong.plane import registers

    return registers.open_secret(keyring, system=system, secret=secret)


async def _compare(gateway: "Gateway", call: Call) -> bytes:
    given = await _read(gateway, call, wire.CompareIn, mode=Mode.COMPARE)
    question = compare.CompareQuestion(
        _asked(call, given.grant), tuple(compare.Claim(claim.key, claim.values) for claim in given.claims)
    )
    answer: compare.Answer = await _answered(gateway, "compare", question, weight=len(given.claims))
    verdicts = ["".join([_SHOWN[verdict] for verdict in claim.values()]) for claim in answer.verdicts]
    return msgspec.json.encode(wire.CompareOut(verdicts, answer.receipt.entry, answer.receipt.leaf.hex()))


async def _query(gateway: "Gateway", call: Call) -> bytes:
    given = await _read(gateway, call, wire.QueryIn, mode=Mode.QUERY)
    where = tuple(query.Condition(each.item, each.value, query.Op(each.op)) for each in given.where)
    question = query.QueryQuestion(
        _asked(call, given.grant), where, given.items, limit=given.limit, cursor=given.cursor
    )
    page: query.Page = await _answered(gateway, "query", question, weight=given.limit)
    return msgspec.json.encode(wire.PageOut(page.rows, page.cursor, page.receipt.entry, page.receipt.leaf.hex()))


async def _snapshot(gateway: "Gateway", call: Call) -> bytes:
    given = await _parameters(gateway, call, wire.SnapshotIn)
    question = subscribe.SnapshotQuestion(_asked(call, given.grant), given.cursor, given.limit)
    page: subscribe.Snapshot = await _answered(gateway, "subscribe", question, weight=given.limit)
    rows = [wire.RowOut(row.id, row.values) for row in page.rows]
    return msgspec.json.encode(
        wire.SnapshotOut(
            rows=rows,
            change=page.change,
            version=page.version,
            cursor=page.cursor,
            kept_from=page.kept.change,
            kept_days=page.kept.days,
            entry=page.receipt.entry,
            leaf=page.receipt.leaf.hex(),
        )
    )


async def _changes(gateway: "Gateway", call: Call) -> bytes:
    given = await _parameters(gateway, call, wire.ChangesIn)
    question = subscribe.ChangesQuestion(_asked(call, given.grant), given.after, given.limit, given.version)
    page: subscribe.Changes = await _answered(gateway, "subscribe", question, weight=given.limit)
    changes = [
        wire.ChangeOut(each.change, each.op, each.id, each.values, each.superseded, each.at) for each in page.changes
    ]
    return msgspec.json.encode(
        wire.ChangesOut(
            changes=changes,
            after=page.after,
            complete_to=page.complete_to,
            version=page.version,
            kept_from=page.kept.change,
            kept_days=page.kept.days,
            entry=page.receipt.entry,
            leaf=page.receipt.leaf.hex(),
        )
    )


async def _grants(gateway: "Gateway", call: Call) -> bytes:
    def work() -> list[dict[str, Any]]:
        with gateway.db.transaction() as cur:
            refused = refusal(cur, gateway, call)
            listed = [] if refused else grants.of_consumer(cur, consumer=call.caller.org)
            own = [grant for grant in listed if grant.system == call.caller.system]
            if refused is None:
                seen = {"by": call.caller.system, "org": call.caller.org, "grants": len(own)}
                log.append(cur, [log.Entry("plane.grants_read", call.received_at, seen, call.caller.org)])
            held = tables.held(cur, codes=[grant.code for grant in own])
        if refused:
            raise refused
        return [_with_names(grant, held.get(grant.code)) for grant in own]

    return msgspec.json.encode({"grants": await asyncio.to_thread(work)})


def _with_names(grant: grants.Grant, held: tables.Held | None) -> dict[str, Any]:
    """Return a grant as it is told: with the names of its resource and of its items, where data are held."""
    items = held.definition.items if held else ()
    names = {item.code: item.name for item in items if item.code in {*grant.items, *grant.conditions}}
    return {**asdict(grant), "name": held.definition.name if held else "", "names": names}


async def _record(gateway: "Gateway", call: Call) -> bytes:
    given = await _parameters(gateway, call, wire.RecordIn)

    def work() -> wire.RecordOut:
        reader = reading.Reader(by=call.caller.system, org=call.caller.org)
        missing: Problem | None = None
        with gateway.db.transaction() as cur:
            refused = refusal(cur, gateway, call)
            if refused is None:
                try:
                    found = reading.read(cur, entry_id=given.entry, reader=reader, now=call.received_at)
                except reading.NoSuchRecord as problem:
                    missing = problem  # the nonce stays spent
                    enter_refusal(cur, call, problem)
        if refused or missing:
            raise refused or missing  # type: ignore[misc]  # one of them is there
        return wire.RecordOut(found.entry_id, found.event, found.record, found.salt.hex(), found.leaf.decode())

    return msgspec.json.encode(await asyncio.to_thread(work))


SIGNED: dict[tuple[str, str], Endpoint] = {
    ("POST", "/v1/compare"): _compare,
    ("POST", "/v1/query"): _query,
    ("GET", "/v1/snapshot"): _snapshot,
    ("GET", "/v1/changes"): _changes,
    ("GET", "/v1/grants"): _grants,
    ("GET", "/v1/record"): _record,
}


def _asked(call: Call, grant: str) -> Asked:
    return Asked(call.caller, call.context, grant, call.received_at)


async def _answered(gateway: "Gateway", tick: str, question: object, *, weight: int) -> Any:
    answer = await gateway.ticks[tick].ask(question, weight=weight)
    if isinstance(answer, Problem):
        raise answer
    return answer


async def _read(gateway: "Gateway", call: Call, kind: type[wire.T], *, mode: Mode) -> wire.T:
    return await or_entered(gateway, call, partial(wire.read, call.request.body, kind), mode)


async def _parameters(gateway: "Gateway", call: Call, kind: type[wire.T]) -> wire.T:
    return await or_entered(gateway, call, partial(wire.parameters, call.request.query, kind), Mode.SUBSCRIBE)


async def or_entered(gateway: "Gateway", call: Call, read: Callable[[], wire.T], mode: Mode) -> wire.T:
    """Return what `read` returns; what it raises is entered as this known caller's refusal first."""
    try:
        return read()
    except Problem as failure:
        await refuse_unread(gateway, call, failure, mode=mode)


async def refuse_unread(gateway: "Gateway", call: Call, failure: Problem, *, mode: Mode = Mode.COMPARE) -> NoReturn:
    """Enter that a known caller's request could not be read, spend its nonce, and raise why."""
    raise await gateway.ticks["unreadable"].ask(Unreadable(_asked(call, ""), mode, failure))


def _refuse(db: Database, *, questions: Sequence[Unreadable], keyring: Keyring, now: Any) -> list[Problem]:
    """Enter refusals of what could not be read; a replay or a stopped system is told as that."""
    started = time.perf_counter()
    with db.transaction() as cur:
        askings = [Asking(each.asked, (), 0) for each in questions]
        asking.admit(cur, askings, mode=Mode.COMPARE, keyring=keyring, now=now)
        for each, question in zip(askings, questions, strict=True):
            if each.problem is None or isinstance(each.problem, asking.GrantUnknown):
                each.problem = question.problem
            asking.enter(cur, [(each, Told("plane.refused"))], mode=question.mode, now=now, started=started)
    return [each.problem for each in askings if each.problem]


def refusal(cur: Any, gateway: "Gateway", call: Call) -> Problem | None:
    """Spend the nonce and return why this caller may not ask anything, entered, or None.

    The plane checks caller and grant together; with no grant named, a caller in order gets as far as that.
    """
    each = Asking(_asked(call, ""), (), 0)
    asking.admit(cur, [each], mode=Mode.COMPARE, keyring=gateway.keyring, now=call.received_at)
    if each.problem is None or isinstance(each.problem, asking.GrantUnknown):
        return None
    enter_refusal(cur, call, each.problem)
    return each.problem


def enter_refusal(cur: Any, call: Call, problem: Problem) -> None:
    """Enter that a known caller was refused where no grant was asked by; `problem` is told its entry."""
    each = Asking(_asked(call, ""), (), 0, problem=problem)
    told = [(each, Told("plane.refused"))]
    asking.enter(cur, told, mode=Mode.COMPARE, now=call.received_at, started=time.perf_counter())
