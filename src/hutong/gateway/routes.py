"""What a registered system may ask, each with a signature: how it is read, answered as a list, and told."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hutong.audit import log, reading
from hutong.core.errors import Problem
from hutong.db import sql
from hutong.db.database import Database
from hutong.gateway import auth, wire
from hutong.gateway.auth import Call
from hutong.gateway.tick import AnswerFailed
from hutong.logs import log as lines
from hutong.plane import grants, tables
from hutong.plane.answer import asking, compare, query, subscribe
from hutong.plane.answer.asking import Asked, Asking
from hutong.plane.answer.rounds import Round, Told
from hutong.plane.definition import Mode
from hutong.plane.keys import Keyring

if TYPE_CHECKING:
    from hutong.gateway.app import Gateway

queries = sql.load(__package__, "auth.sql")

_SHOWN = {
    compare.Verdict.MATCH: "1",
    compare.Verdict.MISMATCH: "0",
    compare.Verdict.ABSENT: "-",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place where questions are signed: what becomes of a call there."""

    path: str
    mode: Mode
    """How a question that cannot be read is entered."""
    read: Callable[[Call], Any]
    """The question a call is; raises Problem."""
    weigh: Callable[[Any], int]
    """Claims or rows it may take."""
    answer: "Answer"
    """What becomes of the answers or Problems of a list of questions, in order, each committed with its entry."""
    tell: Callable[[Any], object]
    """What an answer is in JSON."""

    @property
    def name(self) -> str:
        """What its questions are called where they are counted."""
        return self.path.rpartition("/")[2]


def _read_compare(call: Call) -> compare.CompareQuestion:
    given = wire.read(call.request.body, wire.CompareIn)
    claims = tuple([compare.Claim(claim.key, claim.values) for claim in given.claims])
    return compare.CompareQuestion(_asked(call, given.grant), claims)


def _tell_compare(answer: compare.Answer) -> wire.CompareOut:
    verdicts = ["".join([_SHOWN[verdict] for verdict in claim.values()]) for claim in answer.verdicts]
    return wire.CompareOut(verdicts, answer.receipt.entry_id, answer.receipt.leaf_hash.hex())


def _read_query(call: Call) -> query.QueryQuestion:
    given = wire.read(call.request.body, wire.QueryIn)
    where = tuple(query.Condition(each.item, each.value, query.Op(each.op)) for each in given.where)
    return query.QueryQuestion(_asked(call, given.grant), where, given.items, limit=given.limit, cursor=given.cursor)


def _tell_query(page: query.Page) -> wire.PageOut:
    return wire.PageOut(page.rows, page.cursor, page.receipt.entry_id, page.receipt.leaf_hash.hex())


def _read_snapshot(call: Call) -> subscribe.SnapshotQuestion:
    given = wire.parameters(call.request.query, wire.SnapshotIn)
    return subscribe.SnapshotQuestion(_asked(call, given.grant), given.cursor, given.limit)


def _tell_snapshot(page: subscribe.Snapshot) -> wire.SnapshotOut:
    return wire.SnapshotOut(
        rows=[wire.RowOut(row.id, row.values) for row in page.rows],
        change=page.change,
        version=page.version,
        cursor=page.cursor,
        kept_from=page.kept.change,
        kept_days=page.kept.days,
        entry=page.receipt.entry_id,
        leaf=page.receipt.leaf_hash.hex(),
    )


def _read_changes(call: Call) -> subscribe.ChangesQuestion:
    given = wire.parameters(call.request.query, wire.ChangesIn)
    return subscribe.ChangesQuestion(_asked(call, given.grant), given.after, given.limit, given.version)


def _tell_changes(page: subscribe.Changes) -> wire.ChangesOut:
    return wire.ChangesOut(
        changes=[
            wire.ChangeOut(each.change, each.op, each.id, each.values, each.superseded, each.at)
            for each in page.changes
        ],
        after=page.after,
        complete_to=page.complete_to,
        version=page.version,
        kept_from=page.kept.change,
        kept_days=page.kept.days,
        entry=page.receipt.entry_id,
        leaf=page.receipt.leaf_hash.hex(),
    )


def _own_grants(gateway: "Gateway", call: Call) -> dict[str, Any]:
    """Return the grants of the calling system; that it read them is entered."""
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
    return {"grants": [_with_names(grant, held.get(grant.code)) for grant in own]}


def _with_names(grant: grants.Grant, held: tables.Held | None) -> dict[str, Any]:
    """Return a grant as it is told: with the names of its resource and of its items, where data are held."""
    items = held.definition.items if held else ()
    names = {item.code: item.name for item in items if item.code in {*grant.items, *grant.conditions}}
    return {**asdict(grant), "name": held.definition.name if held else "", "names": names}


def _read_record(call: Call) -> tuple[Call, int]:
    return call, wire.parameters(call.request.query, wire.RecordIn).entry


def _record(gateway: "Gateway", asked: tuple[Call, int]) -> wire.RecordOut:
    call, entry = asked
    reader = reading.Reader(by=call.caller.system, org=call.caller.org)
    missing: Problem | None = None
    with gateway.db.transaction() as cur:
        refused = refusal(cur, gateway, call)
        if refused is None:
            try:
                found = reading.read(cur, entry_id=entry, reader=reader, now=call.received_at)
            except reading.NoSuchRecord as problem:
                missing = problem  # the nonce stays spent
                enter_refusal(cur, gateway, call, problem)
    if refused or missing:
        raise refused or missing  # type: ignore[misc]  # one of them is there
    return wire.RecordOut(found.entry_id, found.event, found.record, found.salt.hex(), found.leaf.decode())


Make = Callable[[Any, Any], Any]
"""What makes a reply of a question and its answer or Problem; nobody sees it before the entry is committed."""

Answer = Callable[["Gateway", Sequence[Any], Make], Sequence[Any]]


def _together(answer: Callable[..., Sequence[Any]]) -> Answer:
    """Return what answers a list in one transaction of the plane."""

    def whole(gateway: "Gateway", questions: Sequence[Any], make: Make) -> Sequence[Any]:
        now = gateway.config.now()
        return answer(gateway.answering, questions=questions, keyring=gateway.keyring, now=now, make=make)

    return whole


def _one_by_one(answer: Callable[["Gateway", Any], Any]) -> Answer:
    """Return what answers a list question by question."""

    def one(gateway: "Gateway", question: Any) -> Any:
        try:
            return answer(gateway, question)
        except Problem as problem:
            return problem
        except Exception:  # a door: logged and answered; the others of its list are answered as they are
            lines.exception("question_failed")
            return AnswerFailed(retry_after=1)

    return lambda gateway, questions, make: [make(question, one(gateway, question)) for question in questions]


def _rows(question: Any) -> int:
    return int(question.limit)


def _as_it_is(given: Any) -> Any:
    return given


SIGNED: dict[tuple[str, str], Place] = {
    (method, place.path): place
    for method, place in (
        (
            "POST",
            Place(
                "/v1/compare",
                Mode.COMPARE,
                _read_compare,
                lambda question: len(question.claims),
                _together(compare.answer),
                _tell_compare,
            ),
        ),
        ("POST", Place("/v1/query", Mode.QUERY, _read_query, _rows, _together(query.answer), _tell_query)),
        (
            "GET",
            Place("/v1/snapshot", Mode.SUBSCRIBE, _read_snapshot, _rows, _together(subscribe.answer), _tell_snapshot),
        ),
        (
            "GET",
            Place("/v1/changes", Mode.SUBSCRIBE, _read_changes, _rows, _together(subscribe.answer), _tell_changes),
        ),
        ("GET", Place("/v1/grants", Mode.SUBSCRIBE, _as_it_is, lambda _: 1, _one_by_one(_own_grants), _as_it_is)),
        ("GET", Place("/v1/record", Mode.SUBSCRIBE, _read_record, lambda _: 1, _one_by_one(_record), _as_it_is)),
    )
}
"""Method and path of every signed place."""


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


def refuse_unread(gateway: "Gateway", unread: Sequence[tuple[Call, Problem]], *, mode: Mode) -> list[Problem]:
    """Enter that calls of known callers could not be read, spend their nonces, and return what each is told.

    That is why it could not be read, unless it is a replay or its system was stopped.
    """
    with gateway.answering.transaction() as cur:
        this = Round(cur, mode, gateway.keyring, gateway.config.now())
        askings = [Asking(_asked(call, ""), (), 0) for call, _ in unread]
        this.admit(askings)
        for each, (_, problem) in zip(askings, unread, strict=True):
            if each.problem is None or isinstance(each.problem, asking.GrantUnknown):
                each.problem = problem
        this.enter([(each, Told("plane.refused")) for each in askings])
    return [each.problem for each in askings if each.problem]


def refusal(cur: Any, gateway: "Gateway", call: Call) -> Problem | None:
    """Spend the nonce and return why this caller may not ask anything, entered, or None.

    The plane checks caller and grant together; with no grant named, a caller in order gets as far as that.
    """
    each = Asking(_asked(call, ""), (), 0)
    Round(cur, Mode.COMPARE, gateway.keyring, call.received_at).admit([each])
    if each.problem is None or isinstance(each.problem, asking.GrantUnknown):
        return None
    enter_refusal(cur, gateway, call, each.problem)
    return each.problem


def enter_refusal(cur: Any, gateway: "Gateway", call: Call, problem: Problem) -> None:
    """Enter that a known caller was refused where no grant was asked by; `problem` is told its entry."""
    each = Asking(_asked(call, ""), (), 0, problem=problem)
    Round(cur, Mode.COMPARE, gateway.keyring, call.received_at).enter([(each, Told("plane.refused"))])


def _asked(call: Call, grant: str) -> Asked:
    return Asked(call.caller, call.context, grant, call.received_at)
