"""The gateway as an RSGI application: what it holds, its life, and which hand takes which request."""

import asyncio
import gc
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hutong.core.errors import Malformed, Problem
from hutong.db.database import Database
from hutong.gateway import auth, config, deliveries, lists, openplaces, received, refusals, replies, routes, wire
from hutong.gateway.config import GatewayConfig
from hutong.gateway.cores import Core
from hutong.gateway.measures import Measures
from hutong.gateway.received import Exchange, Received, Room, Scope, Share, WentAway
from hutong.gateway.replies import Reply
from hutong.gateway.routes import Place
from hutong.gateway.tick import GatewayFull, Tick
from hutong.logs import log
from hutong.plane.keys import Keyring

FLUSH_SECONDS = 5.0
SMALL = 64 << 10
"""Bytes of body that cost less to read than it costs to find out first whose they are."""


class ReplyKeyUnreadable(Malformed):
    """The reply key {path} cannot be read: it is a file of 32 bytes."""


def from_environment() -> "Application":
    """Return the application a server's worker process is to run, configured by `HUTONG_GATEWAY_CONFIG`.

    Connections are opened with the first question.
    """
    application = Application(Gateway(config.from_environment()))
    # What is there now stays, and almost all that comes dies young: looking for circles again and again among it
    # took a fifteenth of the process's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    # The thread that answers comes back from PostgreSQL three times a list; five milliseconds is long to wait each time
    # for the loop to let go of the interpreter.
    sys.setswitchinterval(0.001)
    return application


class Gateway:
    """What all requests of one process share."""

    def __init__(self, given: GatewayConfig) -> None:
        self.config = given
        self.keyring = Keyring.load(given.keyring_path)
        self.reply_key = _reply_key(given)
        self.db = self._database(given.connections)
        self.answering = self._database(given.connections, statement_seconds=given.answer_seconds)
        # Loading takes as long as it takes, and so long keeps its connection from everybody else.
        self.loading = self._database(deliveries.AT_ONCE)
        self.systems = auth.Systems(lambda: routes.read_systems(self.db, self.keyring))
        self.refusals = refusals.Refusals()
        self.measures = Measures(folder=given.measures)
        self.core = Core(given.keyring_path)
        self.room = Room(max(given.waiting_bytes, given.body_bytes))
        self.ticks: dict[str, Tick[Received, Reply]] = {
            place.name: Tick(partial(self._answer, place), name=place.name, bounds=given.bounds)
            for place in routes.SIGNED.values()
        }
        self._flushing: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    def _database(self, size: int, *, statement_seconds: float | None = None) -> Database:
        given = self.config
        patience = given.bounds.seconds  # nobody's question waits longer
        return Database(
            given.database_url,
            role=given.role,
            size=size,
            statement_seconds=statement_seconds,
            patience_seconds=patience,
        )

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin the background work."""
        self._flushing = loop.create_task(self._flush_forever())

    async def close(self) -> None:
        """Answer what waits, write what was counted, and let go of the database.

        Where PostgreSQL is away, what was counted is lost; nothing waits until it is back.
        """
        await asyncio.gather(*(tick.close() for tick in self.ticks.values()))
        self.db.hasten()
        if self._flushing is not None:
            async with self._writing:  # what is being written would be lost if that failed
                self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        await self._flush(everything=True)
        if lost := self.refusals.take(before=None):
            log.error("refusals_lost", refusals=sum(codes.total() for codes in lost.values()), sources=len(lost))
        for database in (self.answering, self.loading, self.db):
            database.close()

    def _answer(self, place: Place, given: Sequence[Received]) -> list[Reply]:
        self.measures.listed(place.name, questions=len(given), waiting=self.ticks[place.name].waiting)
        answers = lists.answer(self, place, given)
        for status, count in Counter([reply.status for reply in answers]).items():
            self.measures.answered(place.path, status, count=count)
        return answers

    async def _flush_forever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            self.core.settle()
            await self._flush(everything=False)

    async def _flush(self, *, everything: bool) -> None:
        async with self._writing:
            now = self.config.now()
            due = self.refusals.take(before=None if everything else now)
            try:
                await asyncio.to_thread(refusals.write, self.db, counts=due, now=now)
            except Exception:  # a door: logged, kept and tried again
                self.refusals.restore(due)
                log.exception("refusals_not_written", sources=len(due))


class Application:
    """The gateway as its server calls it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin: the server is about to take requests, in a process of its own."""
        self._gateway.core.settle()
        self._gateway.open(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End: the server takes no more requests."""
        loop.run_until_complete(self._gateway.close())

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Give one request its reply, unless who sent it went away."""
        gateway = self._gateway
        place = routes.SIGNED.get((scope.method, scope.path))
        counted = ""
        try:
            if place:
                counted = place.path
                reply = await self._signed(place, scope, exchange)
                counted = ""  # with its list
            elif scope.method == "PUT" and scope.path.startswith(deliveries.PLACE):
                counted = deliveries.PLACE
                reply = await self._delivered(scope, exchange)
            else:
                _check_method(scope)
                reply = await asyncio.to_thread(openplaces.answer, gateway, scope)
        except WentAway:
            return
        except Stranger as unknown:
            reply = replies.refused(gateway, unknown.problem, scope=scope)._replace(stranger=unknown.problem.code)
        except Problem as failure:
            reply = replies.refused(gateway, failure, scope=scope)
        except Exception as fault:  # a door: logged and answered
            reply = replies.refused(gateway, replies.unexpected(fault), scope=scope)
        if counted:
            gateway.measures.answered(counted, reply.status)
        if reply.stranger:
            gateway.refusals.count(source=scope.client.rpartition(":")[0], code=reply.stranger, at=gateway.config.now())
        exchange.response_bytes(reply.status, reply.headers, reply.content)

    async def _signed(self, place: Place, scope: Scope, exchange: Exchange) -> Reply:
        gateway, given = self._gateway, self._gateway.config
        came = Received(scope, given.now())
        if not auth.signed(scope.headers):
            raise Stranger(auth.NotSigned())
        tick, room = gateway.ticks[place.name], gateway.room
        announced = received.length(scope)
        # Where half of what may wait is waiting, strangers take no more of it from who is known.
        half = 2 * tick.waiting >= given.bounds.waiting or 2 * room.held >= room.most
        if announced is None or announced > SMALL or half:
            came = came._replace(call=await self._caller(came))
        try:
            with Share(room) as share:
                came = await self._whole(came, exchange, share=share)
                reply = await tick.ask(came, weight=1 + (len(came.body) >> 10))
        except Problem as failure:
            reply = failure
        if isinstance(reply, Problem):  # of no list that was answered
            reply = replies.refused(gateway, reply, scope=scope, call=came.call)
            gateway.measures.answered(place.path, reply.status)
        return reply

    async def _whole(self, came: Received, exchange: Exchange, *, share: Share) -> Received:
        given = self._gateway.config
        limit, seconds = given.body_bytes, given.body_seconds
        try:
            body = await received.read(came.scope, exchange, limit=limit, seconds=seconds, share=share)
        except GatewayFull:
            raise
        except Problem as failure:
            return came._replace(problem=failure)
        return Received(came.scope, came.at, body, came.call)

    async def _delivered(self, scope: Scope, exchange: Exchange) -> Reply:
        if not deliveries.readable(scope.path):
            raise deliveries.KeyUnreadable(key=scope.path.removeprefix(deliveries.PLACE)[:100])
        call = await self._caller(Received(scope, self._gateway.config.now()))
        return await deliveries.take(self._gateway, call, scope, exchange)

    async def _caller(self, came: Received) -> auth.Call:
        try:
            return await asyncio.to_thread(lists.identified, self._gateway, came)
        except Problem as failure:
            raise Stranger(failure) from None


class Stranger(Exception):
    """Nobody known asked; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


_METHODS = {path: method for method, path in routes.SIGNED}
"""The one method taken at each signed place."""


def _check_method(scope: Scope) -> None:
    """Return if the request is for an open place; raises MethodNotAllowed where a signed one takes another method."""
    allowed = "PUT" if scope.path.startswith(deliveries.PLACE) else _METHODS.get(scope.path)
    if allowed is not None:
        raise wire.MethodNotAllowed(method=scope.method[:20], allowed=allowed)


def _reply_key(given: GatewayConfig) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(given.reply_key_path.read_bytes())
    except (OSError, ValueError):
        raise ReplyKeyUnreadable(path=str(given.reply_key_path)) from None
