"""Requests as the server hands them over (RSGI), and their bodies, read within bounds."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from hutong.core.errors import Problem
from hutong.core.signatures import Request
from hutong.gateway import wire
from hutong.gateway.auth import Call, headers_of


class Headers(Protocol):
    """The header fields of a request; names are in lower case."""

    def __contains__(self, name: object, /) -> bool: ...
    def get(self, name: str, default: str | None = None) -> str | None: ...
    def items(self) -> Sequence[tuple[str, str]]: ...


class Scope(Protocol):
    """What the server says of a request; `path` is percent-decoded, `client` is `address:port`."""

    proto: str
    method: str
    path: str
    query_string: str
    authority: str | None
    client: str

    @property
    def headers(self) -> Headers: ...


class Exchange(Protocol):
    """The way to a request's body, and the way of its reply."""

    async def __call__(self) -> bytes: ...
    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None: ...


class WentAway(Exception):
    """The caller went away before its request was whole; nothing came of it."""


class Received(NamedTuple):
    """A request that is here as a whole, or as far as it will ever be."""

    scope: Scope
    at: datetime
    body: bytes = b""
    call: Call | None = None
    """Who asks, where that was established before the body was taken."""
    problem: Problem | None = None
    """Why its body could not be taken."""

    def request(self) -> Request:
        """Return the request as it was signed; raises HeaderTwice.

        Signed places have no character that is percent-encoded, so the decoded path is the one that was signed.
        """
        scope = self.scope
        headers = headers_of(scope.headers.items())
        authority = headers.get("host") or scope.authority or ""
        return Request(scope.method, authority, scope.path, scope.query_string, headers, self.body)


def length(scope: Scope) -> int | None:
    """Return how many bytes of body are announced; None where nothing, or nothing readable, is."""
    told = scope.headers.get("content-length")
    return int(told) if told is not None and len(told) < 16 and told.isascii() and told.isdigit() else None


async def read(scope: Scope, exchange: Exchange, *, limit: int, seconds: float) -> bytes:
    """Return the whole body; raises BodyTooLarge before reading past `limit`, BodyTooSlow, and WentAway."""
    announced = length(scope)
    if announced is not None and announced > limit:
        raise wire.BodyTooLarge(limit=limit)
    try:
        async with asyncio.timeout(seconds):
            if announced is not None:
                body = await exchange()
                if len(body) != announced:
                    raise WentAway
                return body
            parts: list[bytes] = []
            size = 0
            async for part in exchange:
                parts.append(part)
                size += len(part)
                if size > limit:
                    raise wire.BodyTooLarge(limit=limit)
            return b"".join(parts)
    except TimeoutError:
        raise wire.BodyTooSlow(seconds=seconds) from None
    except RuntimeError as closed:  # the server's ProtocolClosed and ProtocolError
        raise WentAway from closed
