"""Failures told as `problem+json` (RFC 9457), in the language their reader prefers."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from hutong.core import beijing, statuses, text
from hutong.core.errors import Exhausted, Malformed, Problem, Unavailable
from hutong.core.labels import Language
from hutong.gateway import parsing
from hutong.gateway.received import BodyTooSlow
from hutong.gateway.shapes import ProblemOut, ReadOut
from hutong.plane.answer.mismatches import ShareSpent
from hutong.plane.delivery.reading import report
from hutong.plane.delivery.reading.report import WhatWasRead


class MethodNotAllowed(Malformed):
    """{method} is not taken here, only {allowed}."""


class WentWrong(Unavailable):
    """Something unexpected went wrong here; it has been logged as {incident}."""


_OWN: dict[type[Problem], int] = {
    MethodNotAllowed: 405,
    BodyTooSlow: 408,
    parsing.ContentTypeNotTaken: 415,
    parsing.ContentCodingNotTaken: 415,
}
"""Failures that HTTP has a number of its own for."""
STATUSES = frozenset({*_OWN.values(), *statuses.STATUS.values()})
"""Every status a failure is told with."""


def status(problem: Problem) -> int:
    """Return the HTTP status of a problem: that of its kind, but for those that HTTP has a number of its own for."""
    return _OWN.get(type(problem)) or statuses.of(problem)


def retry_after(problem: Problem, *, now: datetime) -> int | None:
    """Return after how many seconds to try again (RFC 9110, 10.2.3); None where time alone changes nothing.

    What may be asked for is counted by the days of Beijing, so more of it may be there when the next begins.
    """
    if isinstance(problem, Exhausted) and "retry_after" not in problem.facts and not isinstance(problem, _NOT_BY_TIME):
        left = beijing.midnight(beijing.day(now) + timedelta(days=1)) - now
        return -(-left // timedelta(seconds=1))
    return statuses.retry_after(problem)


_NOT_BY_TIME = (ShareSpent,)
"""What is spent until somebody decides otherwise."""


def language(accepted: str) -> Language:
    """Return the language an Accept-Language header prefers, Chinese when it says nothing of either."""
    best: Language = "zh"
    weight = 0.0
    for part in accepted.lower().split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        name = tag.split("-")[0]
        try:
            quality = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        if quality > weight:
            if name == "zh":
                best, weight = "zh", quality
            elif name == "en":
                best, weight = "en", quality
    return best


def read(
    found: WhatWasRead | None, *, language: Language, names: Mapping[str, str] | None = None
) -> ReadOut | None:
    """Return how a file was read as a reply tells it, its items by their `names`."""
    return None if found is None else ReadOut(report.told(found, language, names=names), found)


def rendered(failure: Problem, *, language: Language) -> tuple[int, bytes]:
    """Return status and body that tell `failure` to its reader."""
    code = status(failure)
    said = text.say(failure, language=language)
    leaf = failure.facts.get("leaf")
    body = ProblemOut(
        type=f"urn:hutong:problem:{failure.code}",
        title=text.title(type(failure), language=language),
        status=code,
        detail=said.message,
        code=failure.code,
        clause=failure.clause,
        advice=said.advice,
        entry=failure.facts.get("entry"),
        leaf=leaf.hex() if isinstance(leaf, bytes) else leaf,
        base=failure.facts.get("base"),
        read=read(report.of_problem(failure), language=language),
    )
    return code, msgspec.json.encode(body)
