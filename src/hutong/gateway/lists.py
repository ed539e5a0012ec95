"""A list of signed requests, from bytes to signed replies: who asks, what, the plane's answer, the receipt.

All of it runs on the one thread of its place, list by list: whatever costs the same for one request as for thirty is
done once, and the event loop does nothing but read and write.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import psycopg

from hutong.core.errors import Problem
from hutong.gateway import auth, callers, replies
from hutong.gateway.auth import Call
from hutong.gateway.received import Received
from hutong.gateway.replies import Reply
from hutong.gateway.routes import Endpoint
from hutong.gateway.state import Gateway
from hutong.gateway.tick import AnswerFailed
from hutong.messages import logger

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Case:
    """One request on its way: its call once that is known, its question or why there is none, its reply at last."""

    received: Received
    call: Call | None = None
    question: Any = None
    problem: Problem | None = None
    reply: Reply | None = None


def answer(gateway: Gateway, place: Endpoint, received: Sequence[Received]) -> list[Reply]:
    """Return the reply to each request of a list, in order.

    Every answer, and every refusal of a caller that is known, is committed with its entry by then. What fails
    unexpectedly is logged and told as AnswerFailed; nothing is raised.
    """
    cases = [_case(gateway, place, each) for each in received]
    if unread := [each for each in cases if each.call is not None and each.problem is not None]:
        _or_failed(gateway, unread, partial(_refuse, gateway, place, unread))
    for portion in _portions([each for each in cases if each.problem is None], place, gateway.config.bounds.weight):
        _or_failed(gateway, portion, partial(_ask, gateway, place, portion))
    return [each.reply or _refused(gateway, each, each.problem) for each in cases]


def identified(gateway: Gateway, received: Received) -> Call:
    """Return the call that a request is; raises a Problem where nobody known makes it."""
    given = gateway.config
    return auth.identify(received.request(), systems=gateway.systems, authorities=given.authorities, now=received.at)


def _case(gateway: Gateway, place: Endpoint, received: Received) -> _Case:
    case = _Case(received, received.call)
    try:
        if case.call is None:
            case.call = identified(gateway, received)
        else:  # known before its body was here
            case.call = case.call._replace(request=received.request())
        if received.problem is not None:
            raise received.problem
        auth.check_body(case.call)
        case.question = place.read(case.call)
    except Problem as problem:
        case.problem = problem
    except psycopg.Error:  # nobody can be identified now: the whole list waits in vain, and only once
        raise
    except Exception:  # a door: logged and answered
        logger.exception("request_unread", place=place.name)
        case.problem = AnswerFailed(retry_after=1)
    return case


def _portions(cases: Sequence[_Case], place: Endpoint, most: int) -> Iterator[list[_Case]]:
    """Yield the cases in lists that weigh no more than `most`, or are one case alone."""
    portion: list[_Case] = []
    weight = 0
    for each in cases:
        weighs = place.weigh(each.question)
        if portion and weight + weighs > most:
            yield portion
            portion, weight = [], 0
        portion.append(each)
        weight += weighs
    if portion:
        yield portion


def _refuse(gateway: Gateway, place: Endpoint, cases: Sequence[_Case]) -> list[Reply]:
    unread = [(each.call, each.problem) for each in cases]
    told = callers.refuse_unread(gateway, unread, mode=place.mode)  # type: ignore[arg-type]  # both are there
    return [_refused(gateway, each, problem) for each, problem in zip(cases, told, strict=True)]


def _ask(gateway: Gateway, place: Endpoint, cases: Sequence[_Case]) -> Sequence[Reply]:
    by_question = {id(each.question): each for each in cases}

    def make(question: Any, answer: Any) -> Reply:
        case = by_question[id(question)]
        if isinstance(answer, Problem):
            return _refused(gateway, case, answer)
        assert case.call is not None
        return replies.answered(gateway, _encode(place.tell(answer)), call=case.call)

    return place.answer(gateway, [each.question for each in cases], make)


def _or_failed(gateway: Gateway, cases: Sequence[_Case], work: Callable[[], Sequence[Reply]]) -> None:
    try:
        for case, reply in zip(cases, work(), strict=True):
            case.reply = reply
    except Exception:  # a door: logged and answered
        logger.exception("list_failed", questions=len(cases))
        for case in cases:
            case.reply = _refused(gateway, case, AnswerFailed(retry_after=1))


def _refused(gateway: Gateway, case: _Case, problem: Problem | None) -> Reply:
    assert problem is not None
    if isinstance(cause := problem.__cause__, psycopg.Error):
        # Not its message: that may show what was asked about.
        logger.error("question_failed", code=problem.code, error=type(cause).__name__, table=cause.diag.table_name)
    reply = replies.refused(gateway, problem, scope=case.received.scope, call=case.call)
    return reply if case.call is not None else reply._replace(stranger=problem.code)
