"""The gateway as an RSGI application: its life, and which hand takes which request."""

import asyncio
import gc
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial

from hutong.core.errors import Problem
from hutong.gateway import (
    auth,
    config,
    deliveries,
    lists,
    openplaces,
    openreplies,
    problems,
    received,
    replies,
    routes,
    witnessing,
)
from hutong.gateway.received import BodyShare, Exchange, Received, Scope, WentAway
from hutong.gateway.replies import Reply
from hutong.gateway.routes import Endpoint
from hutong.gateway.state import Gateway
from hutong.gateway.tick import GatewayFull, Tick

SMALL = 64 << 10
"""A body of at most so many bytes is read before its caller is identified: that costs less than to find out first."""


def from_environment() -> "GatewayApp":
    """Return the application a server's worker process is to run, configured by `HUTONG_GATEWAY_CONFIG`.

    Connections are opened with the first question.
    """
    application = GatewayApp(Gateway(config.from_environment()))
    # What is there now stays, and almost all that comes dies young: looking for circles again and again among it
    # took a fifteenth of the process's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    # The thread that answers comes back from PostgreSQL three times a list; five milliseconds is long to wait each time
    # for the loop to let go of the interpreter.
    sys.setswitchinterval(0.001)
    return application


class GatewayApp:
    """The gateway as its server calls it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._ticks: dict[str, Tick[Received, Reply]] = {
            place.name: Tick(partial(self._answer, place), name=place.name, bounds=gateway.config.bounds)
            for place in routes.SIGNED.values()
        }

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin: the server is about to take requests, in a process of its own."""
        self._gateway.core.settle()
        self._gateway.open(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End: the server takes no more requests."""
        loop.run_until_complete(self.close())

    async def close(self) -> None:
        """Answer what waits, write what was counted, and let go of the database."""
        await asyncio.gather(*(tick.close() for tick in self._ticks.values()))
        await self._gateway.close()

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
            elif (scope.method, scope.path) == ("POST", witnessing.PLACE):
                reply = await self._cosigned(scope, exchange)
            else:
                reply = await self._open(scope)
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
            source = received.source(scope, gateway.config.network)
            gateway.refusals.count(source=source, code=reply.stranger, at=gateway.config.now())
        exchange.response_bytes(reply.status, reply.headers, reply.content)

    async def _signed(self, place: Endpoint, scope: Scope, exchange: Exchange) -> Reply:
        gateway, given = self._gateway, self._gateway.config
        came = Received(scope, given.now())
        if not auth.signed(scope.headers):
            received.check_host(scope)
            authority = scope.headers.get("host") or ""
            raise Stranger(auth.unsigned(authority, authorities=given.authorities))
        tick, room = self._ticks[place.name], gateway.room
        announced = received.length(scope)
        # Where half of what may wait is waiting, a caller who is not known takes no more of it.
        half = 2 * tick.waiting >= given.bounds.waiting or 2 * room.taken >= room.most
        if announced is None or announced > SMALL or half:
            came = came._replace(call=await self._caller(came))
        try:
            with BodyShare(room) as share:
                came = await self._whole(came, exchange, share=share)
                reply = await tick.ask(came, weight=1 + (len(came.body) >> 10))
        except Problem as failure:
            reply = failure
        if isinstance(reply, Problem):  # of no list that was answered
            reply = replies.refused(gateway, reply, scope=scope, call=came.call)
            gateway.measures.answered(place.path, reply.status)
        return reply

    def _answer(self, place: Endpoint, given: Sequence[Received]) -> list[Reply]:
        measures = self._gateway.measures
        measures.listed(place.name, questions=len(given), waiting=self._ticks[place.name].waiting)
        answers = lists.answer(self._gateway, place, given)
        for status, count in Counter([reply.status for reply in answers]).items():
            measures.answered(place.path, status, count=count)
        return answers

    async def _whole(self, came: Received, exchange: Exchange, *, share: BodyShare) -> Received:
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

    async def _open(self, scope: Scope) -> Reply:
        try:
            received.check_host(scope)
            _check_method(scope)
            return await asyncio.to_thread(openplaces.answer, self._gateway, scope)
        except Problem as failure:
            return openreplies.refused(self._gateway, failure, scope=scope)

    async def _cosigned(self, scope: Scope, exchange: Exchange) -> Reply:
        """Take a checkpoint with cosignatures, which say by themselves whose they are."""
        gateway = self._gateway
        try:
            received.check_host(scope)
            with BodyShare(gateway.room) as share:
                seconds = gateway.config.body_seconds
                note = await received.read(scope, exchange, limit=witnessing.MOST_BYTES, seconds=seconds, share=share)
            return await asyncio.to_thread(witnessing.take, gateway, note)
        except GatewayFull:
            raise
        except Problem as failure:
            raise Stranger(failure) from None

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
    allowed = "POST" if scope.path == witnessing.PLACE else allowed
    if allowed is not None:
        raise problems.MethodNotAllowed(method=scope.method[:20], allowed=allowed)
