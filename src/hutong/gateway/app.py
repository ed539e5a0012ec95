"""The gateway as an ASGI application: what it holds, its life, and which hand takes which request."""

import asyncio
import gc
import secrets
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hutong.core import signatures
from hutong.core.errors import Malformed, Problem
from hutong.db.database import Database
from hutong.gateway import auth, config, deliveries, openroutes, refusals, routes, wire
from hutong.gateway.config import GatewayConfig
from hutong.gateway.deliveries import Gone
from hutong.gateway.measures import Measures
from hutong.gateway.tick import Tick
from hutong.logs import log
from hutong.plane.keys import Keyring

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

FLUSH_SECONDS = 5.0



class ReplyKeyUnreadable(Malformed):
    """The reply key {path} cannot be read: it is a file of 32 bytes."""


def create(given: GatewayConfig) -> App:
    """Return the gateway's ASGI application; connections are opened with the first question."""
    return _Application(Gateway(given))


def from_environment() -> App:
    """Return the application a server's worker process is to run, configured by `HUTONG_GATEWAY_CONFIG`."""
    application = create(config.from_environment())
    # What is there now stays, and almost all that comes dies young: looking for circles again and again among it
    # took a fifteenth of the process's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    # The thread that answers comes back from PostgreSQL eight times a list; five milliseconds is long to wait each time
    # for the loop to let go of the interpreter.
    sys.setswitchinterval(0.001)
    return application


class Gateway:
    """What all requests of one process share."""

    def __init__(self, given: GatewayConfig) -> None:
        self.config = given
        self.keyring = Keyring.load(given.keyring_path)
        self.reply_key = _reply_key(given)
        self.db = Database(given.database_url, role=given.role, size=given.connections)
        self.answering = Database(
            given.database_url, role=given.role, size=given.connections, statement_seconds=given.answer_seconds
        )
        self.systems = auth.Systems(lambda: routes.read_systems(self.db, self.keyring))
        self.refusals = refusals.Refusals()
        self.ticks: dict[str, Tick[Any, Any]] = routes.ticks(self)
        self.measures = Measures(folder=given.measures)
        self._flushing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin the background work."""
        self._flushing = asyncio.create_task(self._flush_forever())

    async def close(self) -> None:
        """Answer what waits, write what was counted, and let go of the database."""
        await asyncio.gather(*(tick.close() for tick in self.ticks.values()))
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        await self._flush(everything=True)
        self.answering.close()
        self.db.close()

    def sign(self, status: int, body: bytes, *, call: auth.Call) -> dict[str, str]:
        """Return the headers that make a reply the receipt for this call."""
        return signatures.sign_reply(
            status,
            body,
            request_signature=call.signature,
            key=self.reply_key,
            keyid=self.config.log_name,
            created=int(self.config.now().timestamp()),
        )

    async def _flush_forever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._flush(everything=False)

    async def _flush(self, *, everything: bool) -> None:
        now = self.config.now()
        due = self.refusals.take(before=None if everything else now)
        try:
            await asyncio.to_thread(refusals.write, self.db, counts=due, now=now)
        except Exception:  # a door: logged, kept and tried again
            self.refusals.restore(due)
            log.exception("refusals_not_written", sources=len(due))


class _Application:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._open_routes = openroutes.create(gateway)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            endpoint = routes.SIGNED.get((scope["method"], scope["path"]))
            if scope["method"] == "PUT" and scope["path"].startswith(deliveries.PLACE):
                await self._delivered(scope, receive, send)
            elif endpoint is None:
                await self._open_routes(scope, receive, send)
            else:
                await self._signed(endpoint, scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._gateway.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._gateway.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _signed(self, endpoint: routes.Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
        given = self._gateway.config

        async def answer(call: auth.Call) -> bytes:
            try:
                body = await read_body(receive, limit=given.body_bytes, seconds=given.body_seconds)
                whole = auth.with_body(call, body)
            except Problem as failure:
                await routes.refuse_unread(self._gateway, call, failure)
            return await endpoint(self._gateway, whole)

        await self._for_caller(scope, send, answer, place=scope["path"])

    async def _delivered(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(call: auth.Call) -> bytes:
            return await deliveries.take(self._gateway, call, receive)

        await self._for_caller(scope, send, answer, place=deliveries.PLACE)

    async def _for_caller(
        self, scope: Scope, send: Send, answer: Callable[[auth.Call], Awaitable[bytes]], *, place: str
    ) -> None:
        gateway = self._gateway
        call: auth.Call | None = None
        try:
            call = await identified(gateway, scope)
            content = await answer(call)
        except Gone:
            return
        except Problem as failure:
            if call is None:
                self._count(scope, failure)
            await self._refuse(scope, send, failure, call=call)
        except Exception as fault:  # a door: logged and answered
            await self._refuse(scope, send, unexpected(fault), call=call)
        else:
            gateway.measures.answered(place, 200)
            await reply(send, 200, content, kind=wire.JSON, more=gateway.sign(200, content, call=call))

    def _count(self, scope: Scope, failure: Problem) -> None:
        source = (scope.get("client") or ("?",))[0]
        self._gateway.refusals.count(source=source, code=failure.code, at=self._gateway.config.now())

    async def _refuse(self, scope: Scope, send: Send, failure: Problem, *, call: auth.Call | None) -> None:
        status, content = wire.problem(failure, accepted=_accepted(scope))
        place = deliveries.PLACE if scope["path"].startswith(deliveries.PLACE) else scope["path"]
        self._gateway.measures.answered(place, status)
        more = self._gateway.sign(status, content, call=call) if call else {}
        if "retry_after" in failure.facts:
            more["retry-after"] = str(failure.facts["retry_after"])
        await reply(send, status, content, kind=wire.PROBLEM, more=more)


async def identified(gateway: Gateway, scope: Scope) -> auth.Call:
    """Return the call that a request is, its body still to come; raises a Problem where nobody known makes it."""
    given = gateway.config
    return await auth.identify(
        request_of(scope), systems=gateway.systems, authorities=given.authorities, now=given.now()
    )


def request_of(scope: Scope) -> signatures.Request:
    """Return the request as it was signed, without its body; raises HeaderTwice."""
    headers = auth.headers_of(scope["headers"])
    return signatures.Request(
        method=scope["method"],
        authority=headers.get("host", ""),
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
    )


async def read_body(receive: Receive, *, limit: int, seconds: float) -> bytes:
    """Return the whole body; raises BodyTooLarge before reading past `limit`, BodyTooSlow, and Gone."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limit:
                    raise wire.BodyTooLarge(limit=limit)
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        raise wire.BodyTooSlow(seconds=seconds) from None


async def reply(send: Send, status: int, content: bytes, *, kind: str, more: dict[str, str]) -> None:
    """Send one whole reply that nobody may keep."""
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", b"%d" % len(content)),
        (b"cache-control", b"no-store"),
        *[(name.encode(), value.encode()) for name, value in more.items()],
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def unexpected(fault: Exception) -> Problem:
    """Log a fault of ours and return what the caller is told: an incident number, nothing of the fault."""
    incident = secrets.token_hex(4)
    log.error("unexpected", incident=incident, exc_info=fault)
    return wire.WentWrong(incident=incident, retry_after=5)


def _accepted(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), "")


def _reply_key(given: GatewayConfig) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(given.reply_key_path.read_bytes())
    except (OSError, ValueError):
        raise ReplyKeyUnreadable(path=str(given.reply_key_path)) from None
