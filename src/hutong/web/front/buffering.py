"""The pages' side of the server: a body is read before a thread is taken, so that slow senders hold none.

Under WSGI a thread reads the body, and as many slow senders as there are threads stop the pages for everybody. Here
the event loop reads it, within a time; a thread gets a request that is complete, and gives back an answer that is.
Only a body larger than a form goes past a thread as it comes, once `admission` let its sender in; how it begins is read
before, so that what is typed beside a file is known where the file is not taken.
"""

import asyncio
import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from hutong.core.network import Network

FORM_BYTES = 1 << 20
"""The largest body of every page but that for deliveries."""
FAULT = "hutong.body_fault"
"""Key of the environment that says why a body was not read to its end: `slow` or `large`."""
HEAD = "hutong.body_head"
"""Key of the environment that has the beginning of a body larger than a form."""
HEAD_BYTES = 64 << 10
"""And how much of it."""
REST_SECONDS = 300.0
"""So long at most what nobody reads of a body is received."""
THREADS = 8
"""Pages made at the same time; each holds a connection to the database."""
FORM_SECONDS = 20.0
"""Within this time a form has arrived."""
IN_MEMORY = 64 << 10
"""Bytes of a body that wait in memory, the rest in a file."""
ANSWER_IN_MEMORY = 4 << 20
"""And of an answer: every page, no large file."""
PIECE = 256 << 10
"""Bytes of an answer that are sent at once."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Answer = tuple[int, list[tuple[bytes, bytes]]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a large body has to come: who is slower holds a place that others wait for."""

    grace_seconds: float = 30.0
    """So long nothing has to come: lines stall."""
    bytes_per_second: int = 128 << 10
    """As fast at least, from the first byte on; so a body's size bounds its time."""

    def left(self, received: int, *, seconds: float) -> float:
        """Return for how many seconds more the next piece is waited for, `seconds` after the first was asked for."""
        return self.grace_seconds + received / self.bytes_per_second - seconds


PACE = Pace()
DIRECT = Network()
"""Nothing stands in front of the door."""


class _Gone(Exception):
    """The sender went away; there is nobody to answer."""


class Buffered:
    """An ASGI application that answers with a WSGI application; `folder` is where bodies wait."""

    def __init__(
        self,
        application: Wsgi,
        *,
        folder: Path,
        form_seconds: float = FORM_SECONDS,
        pace: Pace = PACE,
        network: Network = DIRECT,
    ) -> None:
        self._application = application
        self._folder = folder
        self._form_seconds = form_seconds
        self._pace = pace
        self._network = network
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through the server's life."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            # Unlinked: what is in it goes with the process, however that ends.
            with (
                tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(self._folder)) as body,
                tempfile.SpooledTemporaryFile(max_size=ANSWER_IN_MEMORY, dir=str(self._folder)) as content,
            ):
                await self._answer(scope, receive, send, body, content)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, body: IO[bytes], content: IO[bytes]
    ) -> None:
        given, passing = environ(scope, network=self._network), None
        loop = asyncio.get_running_loop()
        try:
            if declared(given) > FORM_BYTES:
                begun = await self._begin(receive)
                passing = _Passing(receive, loop, pace=self._pace, begun=begun)
                given |= {HEAD: begun.head, "wsgi.input": io.BufferedReader(passing)}
            else:
                given |= await self._read(receive, body)
        except _Gone:
            return
        status, headers = await loop.run_in_executor(self._threads, self._page, given, content)
        if passing is not None and not await passing.rest():
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        piece = content.read(PIECE)
        while following := content.read(PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = following
        await send({"type": "http.response.body", "body": piece})

    async def _read(self, receive: Receive, body: IO[bytes]) -> Environ:
        """Read a form into `body` and return what that makes of the environment."""
        try:
            async with asyncio.timeout(self._form_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Gone
                    body.write(message.get("body", b""))
                    if body.tell() > FORM_BYTES:
                        return {FAULT: "large", "wsgi.input": _Nothing()}
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            return {FAULT: "slow", "wsgi.input": _Nothing()}
        size = body.tell()
        body.seek(0)
        return {"wsgi.input": body, "CONTENT_LENGTH": str(size)}

    async def _begin(self, receive: Receive) -> "_Begun":
        """Read how a large body begins; of one that comes slowly, as much as comes within the time of a form."""
        pieces, size = [], 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._form_seconds):
                while size < HEAD_BYTES:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Gone
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if not message.get("more_body"):
                        return _Begun(b"".join(pieces), ended=True)
        return _Begun(b"".join(pieces))

    def _page(self, given: Environ, content: IO[bytes]) -> Answer:
        """Write the body of the answer to `content`, piece by piece, and return its status and headers."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        pieces = self._application(given, lambda status, headers, exc_info=None: begun.append((status, headers)))
        try:
            for piece in pieces:
                content.write(piece)
        finally:
            getattr(pieces, "close", lambda: None)()
        status, headers = begun[-1]
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        content.seek(0)
        return int(status.split(" ", 1)[0]), encoded


@dataclass(frozen=True, slots=True)
class _Begun:
    """What of a large body is there when its thread is taken; `ended` where that is all."""

    head: bytes
    ended: bool = False


class _Nothing(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        raise OSError("the body was not read")


class _Passing(io.RawIOBase):
    """A large body as the thread that reads it sees it."""

    def __init__(
        self, receive: Receive, loop: asyncio.AbstractEventLoop, *, pace: Pace, begun: _Begun
    ) -> None:
        self._receive = receive
        self._loop = loop
        self._pace = pace
        self._begun = 0.0
        self._received = len(begun.head)
        self._buffer: bytes = begun.head
        self._ended = begun.ended

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, into: Any) -> int:
        """Put what is there into `into` and return how much; raises OSError where the next does not come in time."""
        while not self._buffer and not self._ended:
            self._next()
        taken = self._buffer[: len(into)]
        into[: len(taken)] = taken
        self._buffer = self._buffer[len(taken) :]
        return len(taken)

    async def rest(self) -> bool:
        """Read to nobody what was not read, for a browser hears no answer while it sends; False where it went away.

        Who is too slow, or sends for longer than REST_SECONDS, is answered without.
        """
        begun, received = time.monotonic(), 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REST_SECONDS):
                while not self._ended:
                    left = self._pace.left(received, seconds=time.monotonic() - begun)
                    message = await asyncio.wait_for(self._receive(), left)
                    if message["type"] == "http.disconnect":
                        return False
                    received += len(message.get("body", b""))
                    self._ended = not message.get("more_body")
        return True

    def _next(self) -> None:
        self._begun = self._begun or time.monotonic()
        left = self._pace.left(self._received, seconds=time.monotonic() - self._begun)
        waiting = asyncio.run_coroutine_threadsafe(asyncio.wait_for(self._receive(), left), self._loop)
        try:
            message = waiting.result()
        except TimeoutError:
            self._ended = True  # what else comes is waited for no more
            raise OSError("the body came too slowly") from None
        if message["type"] == "http.disconnect":
            self._ended = True
            raise OSError("the sender went away")
        self._buffer = message.get("body", b"")
        self._received += len(self._buffer)
        self._ended = not message.get("more_body")


def environ(scope: Scope, *, network: Network = DIRECT) -> Environ:
    """Return the WSGI environment (PEP 3333) of an ASGI request, still without its body.

    Source and scheme are the reader's own, also where proxies of `network` stand between.
    """
    host, port = scope.get("server") or ("localhost", 80)
    peer, spoken = (scope.get("client") or ("",))[0], scope.get("scheme", "http")

    def passed_on(name: bytes) -> list[str]:
        return [value.decode("latin-1") for each, value in scope["headers"] if each.lower() == name]

    made: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.get("raw_path") or scope["path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": network.source(peer, passed_on(b"x-forwarded-for")),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": network.scheme_of(peer, passed_on(b"x-forwarded-proto"), spoken=spoken),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" not in name:  # or it could pass for a header that a proxy sets
            _add(made, name.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1"))
    return made


def _add(made: Environ, name: str, value: str) -> None:
    key = name if name in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{name}"
    between = "; " if name == "COOKIE" else ","
    made[key] = f"{made[key]}{between}{value}" if key in made else value


def declared(given: Mapping[str, Any]) -> int:
    """Return how many bytes of body a WSGI environment declares; 0 where it does not say, or not in digits."""
    length = given.get("CONTENT_LENGTH", "")
    return int(length) if length.isdecimal() else 0


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
