"""Replies: signed where it is known who asked, as `problem+json` where something is refused."""

import secrets
from collections.abc import Mapping
from typing import NamedTuple

import psycopg

from hutong.core import signatures
from hutong.core.errors import Problem
from hutong.core.labels import Language
from hutong.db.database import TakesTooLong, given_up
from hutong.gateway import problems, shapes, turnedaway
from hutong.gateway.auth import Call
from hutong.gateway.received import Scope
from hutong.gateway.state import Gateway
from hutong.gateway.tick import AnswerFailed
from hutong.messages import logger


class Reply(NamedTuple):
    """One whole reply."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes
    stranger: str | None = None
    """Why it was refused, where nobody known asked a signed place."""


def whole(content: bytes, *, kind: str = shapes.JSON, cache: str = "no-store") -> Reply:
    """Return a reply that is not signed; nobody may keep it unless `cache` says so."""
    return Reply(200, [("content-type", kind), ("cache-control", cache), NOSNIFF], content)


def answered(gateway: Gateway, content: bytes, *, call: Call) -> Reply:
    """Return the signed reply that gives a call its answer; it is the receipt for that very call."""
    return Reply(200, [*_JSON, *_signed(gateway, 200, content, call=call).items()], content)


def refused(gateway: Gateway, failure: Problem, *, scope: Scope, call: Call | None = None) -> Reply:
    """Return the reply that tells `failure`, in the language its reader prefers, signed if it is known who asks."""
    # Its traceback leads to who asked, with the body: a circle only the collector would undo, after hundreds of MiB.
    failure.__traceback__ = failure.__context__ = failure.__cause__ = None
    language = problems.language(scope.headers.get("accept-language") or "")
    status, content = problems.rendered(failure, language=language)
    headers = [*_PROBLEM, *in_language(language), *_WITH_STATUS.get(status, ())]
    if (seconds := problems.retry_after(failure, now=gateway.config.now())) is not None:
        headers.append(("retry-after", str(seconds)))
    if isinstance(failure, problems.MethodNotAllowed):
        headers.append(("allow", failure.facts["allowed"]))
    if call is not None:
        headers += _signed(gateway, status, content, call=call).items()
        if turnedaway.is_ours(failure):  # every other refusal of somebody known has its entry where it was decided
            gateway.turned_away.note(call, code=failure.code, at=gateway.config.now())
    return Reply(status, headers, content)


def in_language(language: Language) -> tuple[tuple[str, str], ...]:
    """Return the headers of a reply with words: the language they are in, and that another reader is told others."""
    return ("content-language", "zh-CN" if language == "zh" else "en"), ("vary", "Accept-Language")


def unexpected(fault: Exception) -> Problem:
    """Log a fault of ours and return what the caller is told: an incident number, nothing of the fault.

    That the database is away is none of ours: whoever asks then is refused alike, without a number of their own.
    """
    if isinstance(fault, psycopg.OperationalError):
        logger.warning("database.away", error=type(fault).__name__)
        return (TakesTooLong if given_up(fault) else AnswerFailed)(retry_after=1)
    incident = secrets.token_hex(4)
    logger.error("unexpected", incident=incident, exc_info=fault)
    return problems.WentWrong(incident=incident, retry_after=5)


NOSNIFF = ("x-content-type-options", "nosniff")
_JSON = (("content-type", shapes.JSON), ("cache-control", "no-store"), NOSNIFF)
_PROBLEM = (
    ("content-type", shapes.PROBLEM),
    ("cache-control", "no-store"),
    NOSNIFF,
)
_WITH_STATUS = {
    401: (
        ("www-authenticate", f'Signature realm="hutong", profile="{signatures.TAG}"'),
        ("accept-signature", signatures.ACCEPTED),
    ),
    408: (("connection", "close"),),
    415: (("accept", shapes.JSON), ("accept-encoding", "identity")),
}
"""What goes with a status, whichever failure has it (RFC 9110, RFC 9421)."""


def _signed(gateway: Gateway, status: int, content: bytes, *, call: Call) -> Mapping[str, str]:
    now = gateway.config.now()
    key = gateway.reply_keys.signing(now=now, asked=call.request.headers.get("accept-signature", ""))
    return signatures.sign_reply(
        status,
        content,
        request_signature=call.signature,
        key=key.private,
        keyid=key.keyid,
        created=int(now.timestamp()),
        label=call.label,
    )
