"""Requests as the server hands them over (RSGI), and their bodies, read within bounds."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, Self

from hutong.core.errors import Malformed, Problem, TooLarge
from hutong.core.network import Network
from hutong.core.signatures import Request
from hutong.gateway.auth import Call, HostUnclear, headers_of
from hutong.gateway.tick import GatewayFull


class Headers(Protocol):
    """The header fields of a request; names are in lower case."""

    def __contains__(self, name: object, /) -> bool: ...
    def get(self, name: str, default: str | None = None) -> str | None: ...
    def items(self) -> Sequence[tuple[str, str]]: ...


class Scope(Protocol):
    """What the server says of a request; `path` is percent-decoded, `client` is `address:port`."""

    http_version: str
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


class BodyTooLarge(TooLarge):
    """The body is larger than the {limit} bytes taken here."""


class BodyTooSlow(Malformed):
    """The body was not there after {seconds} seconds, or came too slowly."""


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
        """Return the request as it was signed; raises HostUnclear, HeaderTwice.

        Signed places have no character that is percent-encoded, so the decoded path is the one that was signed.
        """
        scope = self.scope
        headers = headers_of(scope.headers.items())
        authority, targeted = headers.get("host"), scope.authority
        if not authority or (targeted is not None and targeted.lower() != authority.lower()):
            raise HostUnclear
        return Request(scope.method, authority, scope.path, scope.query_string, headers, self.body)


def check_host(scope: Scope) -> None:
    """Return if a request that is not signed names its host, once and readably; raises HostUnclear (RFC 9112, 3.2)."""
    named, targeted = [value for name, value in scope.headers.items() if name == "host"], scope.authority
    if not named and targeted is None and scope.http_version in ("1", "1.0"):
        return
    if len(named) != 1 or not _HOST.fullmatch(named[0]) or (targeted or named[0]).lower() != named[0].lower():
        raise HostUnclear


_HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")


def length(scope: Scope) -> int | None:
    """Return how many bytes of body are announced; None where nothing, or nothing readable, is."""
    told = scope.headers.get("content-length")
    return int(told) if told is not None and len(told) < 16 and told.isascii() and told.isdigit() else None


def source(scope: Scope, network: Network) -> str:
    """Return the address a request came from: of who asked the proxies in front, where there are any."""
    peer = scope.client.rpartition(":")[0]
    if not network.trusted(peer):
        return peer
    return network.source(peer, [value for name, value in scope.headers.items() if name == "x-forwarded-for"])


class BodyRoom:
    """The bytes of bodies that one process holds, read or announced, until they are answered; at most `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self.requests = 0


class BodyShare:
    """What one request takes of a room, given back when the block ends that it is used in."""

    __slots__ = ("_room", "_size")

    def __init__(self, room: BodyRoom) -> None:
        self._room = room
        self._size = 0

    def __enter__(self) -> Self:
        self._room.requests += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._room.requests -= 1
        self._room.taken -= self._size

    def take(self, size: int) -> None:
        """Take so many bytes more; raises GatewayFull where they are not left."""
        room = self._room
        if room.taken + size > room.most:
            raise GatewayFull(waiting=room.requests - 1, retry_after=1)
        room.taken += size
        self._size += size


async def read(scope: Scope, exchange: Exchange, *, limit: int, seconds: float, share: BodyShare) -> bytes:
    """Return the whole body; raises BodyTooLarge before reading past `limit`, BodyTooSlow, and WentAway.

    What is announced is taken of the room before it is read, what is not as it comes; raises GatewayFull.
    """
    announced = length(scope)
    if announced is not None and announced > limit:
        raise BodyTooLarge(limit=limit)
    share.take(announced or 0)
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
                size += len(part)
                if size > limit:
                    raise BodyTooLarge(limit=limit)
                share.take(len(part))
                parts.append(part)
            return b"".join(parts)
    except TimeoutError:
        raise BodyTooSlow(seconds=seconds) from None
    except RuntimeError as closed:  # the server's ProtocolClosed and ProtocolError
        raise WentAway from closed
