"""A list of signed requests, from bytes to signed replies: who asks, what, the plane's answer, the receipt.

All of it runs on the one thread of its place, list by list: whatever costs the same for one request as for thirty is
done once, and the event loop does nothing but read and write.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg

from hutong.core.errors import Problem
from hutong.gateway import auth, replies, routes
from hutong.gateway.auth import Call
from hutong.gateway.received import Received
from hutong.gateway.replies import Reply
from hutong.gateway.routes import Place
from hutong.gateway.tick import AnswerFailed
from hutong.logs import log

if TYPE_CHECKING:
    from hutong.gateway.app import Gateway

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Case:
    """One request on its way: its call once that is known, its question once it is read, its answer at last."""

    received: Received
    call: Call | None = None
    question: Any = None
    answer: Any = None
    """What the plane answered, or the Problem it is refused with."""


def answer(gateway: "Gateway", place: Place, received: Sequence[Received]) -> list[Reply]:
    """Return the reply to each request of a list, in order.

    Every answer, and every refusal of a caller that is known, is committed with its entry by then. What fails
    unexpectedly is logged and told as AnswerFailed; nothing is raised.
    """
    cases = [_case(gateway, place, each) for each in received]
    unread = [each for each in cases if each.call is not None and each.answer is not None]
    if unread:
        told = _or_failed(
            len(unread),
            lambda: routes.refuse_unread(gateway, [(e.call, e.answer) for e in unread], mode=place.mode),  # type: ignore[misc]
        )
        for each, problem in zip(unread, told, strict=True):
            each.answer = problem
    for portion in _portions([each for each in cases if each.answer is None], place, gateway.config.bounds.weight):
        questions = [each.question for each in portion]
        answers = _or_failed(len(portion), lambda: place.answer(gateway, questions))  # noqa: B023  # called at once
        for each, outcome in zip(portion, answers, strict=True):
            each.answer = outcome
    return [_reply(gateway, place, each) for each in cases]


def identified(gateway: "Gateway", received: Received) -> Call:
    """Return the call that a request is; raises a Problem where nobody known makes it."""
    given = gateway.config
    return auth.identify(received.request(), systems=gateway.systems, authorities=given.authorities, now=received.at)


def _case(gateway: "Gateway", place: Place, received: Received) -> _Case:
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
        case.answer = problem
    except psycopg.Error:  # nobody can be identified now: the whole list waits in vain, and only once
        raise
    except Exception:  # a door: logged and answered
        log.exception("request_unread", place=place.name)
        case.answer = AnswerFailed(retry_after=1)
    return case


def _portions(cases: Sequence[_Case], place: Place, most: int) -> Iterator[list[_Case]]:
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


def _or_failed(count: int, work: Any) -> Sequence[Any]:
    try:
        outcome: Sequence[Any] = work()
    except Exception:  # a door: logged and answered
        log.exception("list_failed", questions=count)
        return [AnswerFailed(retry_after=1) for _ in range(count)]
    return outcome


def _reply(gateway: "Gateway", place: Place, case: _Case) -> Reply:
    if not isinstance(case.answer, Problem):
        assert case.call is not None
        return replies.answered(gateway, _encode(place.tell(case.answer)), call=case.call)
    reply = replies.refused(gateway, case.answer, scope=case.received.scope, call=case.call)
    return reply if case.call is not None else reply._replace(stranger=case.answer.code)
