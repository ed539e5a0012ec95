"""What a registered system may ask, each with a signature: how it is read, answered as a list, and told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hutong.core.errors import Problem
from hutong.gateway import own, parsing, serverfacts, shapes
from hutong.gateway.auth import Call
from hutong.gateway.state import Gateway
from hutong.gateway.tick import AnswerFailed
from hutong.messages import logger
from hutong.plane.answer import compare, query, subscribe
from hutong.plane.answer.asking import SignedQuestion
from hutong.plane.answer.changes import ChangesQuestion, FeedChanges
from hutong.plane.answer.selects import Op
from hutong.plane.answer.snapshot import Snapshot, SnapshotQuestion
from hutong.plane.definition import Mode

_SHOWN = {
    compare.Verdict.MATCH: "1",
    compare.Verdict.MISMATCH: "0",
    compare.Verdict.ABSENT: "-",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that takes signed questions, and how a call there is answered."""

    path: str
    mode: Mode
    """How a question that cannot be read is entered."""
    read: Callable[[Call], Any]
    """The question a call is; raises Problem."""
    weigh: Callable[[Any], int]
    """Claims or rows it may take."""
    answer: "Answer"
    """Makes replies of the answers or Problems of a list of questions, in order, each committed with its entry."""
    tell: Callable[[Any], object]
    """What an answer is in JSON."""

    @property
    def name(self) -> str:
        """What its questions are called where they are counted."""
        return self.path.rpartition("/")[2]


def _read_compare(call: Call) -> compare.CompareQuestion:
    parsing.check_no_parameters(call.request.query)
    given = parsing.body(call.request, shapes.CompareIn)
    claims = tuple([compare.Claim(claim.key, claim.values) for claim in given.claims])
    return compare.CompareQuestion(_asked(call, given.grant), claims)


def _tell_compare(answer: compare.Answer) -> shapes.CompareOut:
    verdicts = ["".join([_SHOWN[verdict] for verdict in claim.values()]) for claim in answer.verdicts]
    return shapes.CompareOut(verdicts, answer.receipt.entry_id, answer.receipt.leaf_hash.hex(), answer.as_of)


def _read_query(call: Call) -> query.QueryQuestion:
    parsing.check_no_parameters(call.request.query)
    given = parsing.body(call.request, shapes.QueryIn)
    where = tuple(query.Condition(each.item, each.value, Op(each.op)) for each in given.where)
    return query.QueryQuestion(_asked(call, given.grant), where, given.items, limit=given.limit, cursor=given.cursor)


def _tell_query(page: query.QueryPage) -> shapes.PageOut:
    return shapes.PageOut(page.rows, page.cursor, page.receipt.entry_id, page.receipt.leaf_hash.hex(), page.as_of)


def _read_snapshot(call: Call) -> SnapshotQuestion:
    given = parsing.parameters(call.request.query, shapes.SnapshotIn)
    return SnapshotQuestion(_asked(call, given.grant), given.cursor, given.limit)


def _tell_snapshot(page: Snapshot) -> shapes.SnapshotOut:
    return shapes.SnapshotOut(
        rows=[shapes.RowOut(row.id, row.values) for row in page.rows],
        change=page.change,
        version=page.version,
        cursor=page.cursor,
        kept_from=page.kept.change,
        kept_days=page.kept.days,
        entry=page.receipt.entry_id,
        leaf=page.receipt.leaf_hash.hex(),
        as_of=page.as_of,
    )


def _read_changes(call: Call) -> ChangesQuestion:
    given = parsing.parameters(call.request.query, shapes.ChangesIn)
    return ChangesQuestion(_asked(call, given.grant), given.after, given.limit, given.version)


def _tell_changes(page: FeedChanges) -> shapes.ChangesOut:
    return shapes.ChangesOut(
        changes=[
            shapes.ChangeOut(each.change, each.op, each.id, each.values, each.superseded, each.at)
            for each in page.changes
        ],
        after=page.after,
        complete_to=page.complete_to,
        version=page.version,
        kept_from=page.kept.change,
        kept_days=page.kept.days,
        entry=page.receipt.entry_id,
        leaf=page.receipt.leaf_hash.hex(),
        as_of=page.as_of,
    )


Make = Callable[[Any, Any], Any]
"""What makes a reply of a question and its answer or Problem; nobody sees it before the entry is committed."""

Answer = Callable[[Gateway, Sequence[Any], Make], Sequence[Any]]


def _together(answer: Callable[..., Sequence[Any]]) -> Answer:
    """Return what answers a list in one transaction of the plane."""

    def whole(gateway: Gateway, questions: Sequence[Any], make: Make) -> Sequence[Any]:
        now = gateway.config.now()
        return answer(gateway.answering, questions=questions, keyring=gateway.keyring, now=now, make=make)

    return whole


def _one_by_one(answer: Callable[[Gateway, Any], Any]) -> Answer:
    """Return what answers a list question by question."""

    def one(gateway: Gateway, question: Any) -> Any:
        try:
            return answer(gateway, question)
        except Problem as problem:
            return problem
        except Exception:  # a door: logged and answered; the others of its list are answered as they are
            logger.exception("question_failed")
            return AnswerFailed(retry_after=1)

    return lambda gateway, questions, make: [make(question, one(gateway, question)) for question in questions]


def _rows(question: Any) -> int:
    return int(question.limit)


def _as_it_is(given: Any) -> Any:
    return given


SIGNED: dict[tuple[str, str], Endpoint] = {
    (method, place.path): place
    for method, place in (
        (
            "POST",
            Endpoint(
                "/v1/compare",
                Mode.COMPARE,
                _read_compare,
                lambda question: len(question.claims),
                _together(compare.answer),
                _tell_compare,
            ),
        ),
        ("POST", Endpoint("/v1/query", Mode.QUERY, _read_query, _rows, _together(query.answer), _tell_query)),
        (
            "GET",
            Endpoint(
                "/v1/snapshot", Mode.SUBSCRIBE, _read_snapshot, _rows, _together(subscribe.answer), _tell_snapshot
            ),
        ),
        (
            "GET",
            Endpoint("/v1/changes", Mode.SUBSCRIBE, _read_changes, _rows, _together(subscribe.answer), _tell_changes),
        ),
        (
            "GET",
            Endpoint(
                "/v1/grants", Mode.SUBSCRIBE, own.read_grants, lambda _: 1, _one_by_one(own.own_grants), _as_it_is
            ),
        ),
        (
            "GET",
            Endpoint("/v1/record", Mode.SUBSCRIBE, own.read_record, lambda _: 1, _one_by_one(own.record), _as_it_is),
        ),
        (
            "POST",
            Endpoint(
                "/v1/server-facts", Mode.SUBSCRIBE, serverfacts.read, lambda _: 1, _one_by_one(serverfacts.take),
                _as_it_is,
            ),
        ),
    )
}
"""Method and path of every signed place."""


def _asked(call: Call, grant: str) -> SignedQuestion:
    return SignedQuestion(call.caller, call.context, grant, call.received_at)
