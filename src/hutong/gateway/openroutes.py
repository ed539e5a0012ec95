"""What anyone may read: the evidence log as C2SP tlog-tiles, proofs by leaf, description, health, measures.

A leaf tells nothing of what was asked (architecture 3.6), so no signature is asked for here.
"""

from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hutong.audit import tree
from hutong.core import merkle, tiles
from hutong.core.errors import Missing, Problem
from hutong.db import sql
from hutong.gateway import openapi, reading, wire

if TYPE_CHECKING:
    from hutong.gateway.app import Gateway

IMMUTABLE = "public, max-age=31536000, immutable"
NOTE = "text/plain; charset=utf-8"
TILE = "application/octet-stream"

queries = sql.load(__package__, "log.sql")


class NoCheckpointYet(Missing):
    """The log has no checkpoint yet; the first entry is placed within seconds."""


class BeyondTheLog(Missing):
    """The log does not reach as far as {path} yet."""


class NotPlacedYet(Missing):
    """The log holds no such leaf, or it is not placed yet; entries are placed within seconds."""


class NoSuchSize(Missing):
    """There is no checkpoint of size {size}."""


def create(gateway: "Gateway") -> Starlette:
    """Return the application of the open places."""
    return Starlette(
        routes=[
            Route("/log/checkpoint", _Open(gateway).checkpoint),
            Route("/log/{path:path}", _Open(gateway).tile),
            Route("/v1/proof", _Open(gateway).proof),
            Route("/health", _Open(gateway).health),
            Route("/metrics", _Open(gateway).metrics),
            Route("/openapi.json", _Open(gateway).description),
        ],
        exception_handlers={Problem: _tell, HTTPException: _tell_http, Exception: _tell_unexpected},
    )


class _Open:
    def __init__(self, gateway: "Gateway") -> None:
        self._gateway = gateway

    async def checkpoint(self, request: Request) -> Response:
        def work() -> tuple[str] | None:
            with self._gateway.db.transaction() as cur:
                return cur.execute(queries.newest).fetchone()

        row = await reading.in_thread(work)
        if row is None:
            raise NoCheckpointYet
        return Response(row[0], media_type=NOTE, headers={"Cache-Control": "no-cache"})

    async def tile(self, request: Request) -> Response:
        path = request.path_params["path"]
        tile = tiles.parse(path)

        def work() -> bytes | None:
            with self._gateway.db.transaction() as cur:
                if tile.level is None:
                    facts = {"first": tile.start, "count": tile.width}
                    leaves = [bytes(row[0]) for row in cur.execute(queries.leaves, facts).fetchall()]
                    return tiles.encode_bundle(leaves) if len(leaves) == tile.width else None
                hashes = tree.getter(cur)(tile.level, tile.start, tile.width)
                return b"".join(bytes(each) for each in hashes) if len(hashes) == tile.width else None

        content = await reading.in_thread(work)
        if content is None:
            raise BeyondTheLog(path=path)
        return Response(content, media_type=TILE, headers={"Cache-Control": IMMUTABLE})

    async def proof(self, request: Request) -> Response:
        asked = wire.parameters(request.url.query, wire.ProofIn)

        def work() -> wire.ProofOut:
            with self._gateway.db.transaction() as cur:
                head = cur.execute(queries.checkpoint, {"size": asked.size}).fetchone()
                place = cur.execute(reading.queries.place, {"hash": bytes.fromhex(asked.leaf)}).fetchone()
                if head is None:
                    raise NoSuchSize(size=asked.size) if asked.size else NoCheckpointYet
                size, note = head
                if place is None or place[0] >= size:
                    raise NotPlacedYet
                hashes = merkle.inclusion_proof(place[0], size, tree.getter(cur))
                return wire.ProofOut(place[0], size, [bytes(each).hex() for each in hashes], note)

        proof = await reading.in_thread(work)
        return Response(
            msgspec.json.encode(proof), media_type=wire.JSON, headers={"Cache-Control": "no-cache"}
        )

    async def health(self, request: Request) -> Response:
        def work() -> None:
            with self._gateway.db.transaction() as cur:
                cur.execute(queries.alive)

        await reading.in_thread(work)
        body = {"state": "ok", "log": self._gateway.config.log_vkey}
        return Response(
            msgspec.json.encode(body), media_type=wire.JSON, headers={"Cache-Control": "no-store"}
        )

    async def metrics(self, request: Request) -> Response:
        return Response(self._gateway.measures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def description(self, request: Request) -> Response:
        return Response(openapi.document(), media_type=wire.JSON)


def told(request: Request, problem: Problem) -> Response:
    """Return the reply that tells `problem`."""
    status, content = wire.problem(problem, accepted=request.headers.get("accept-language", ""))
    headers = {"Cache-Control": "no-store"}
    if "retry_after" in problem.facts:
        headers["Retry-After"] = str(problem.facts["retry_after"])
    return Response(content, status_code=status, media_type=wire.PROBLEM, headers=headers)


async def _tell(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, Problem)
    return told(request, failure)


async def _tell_http(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    if failure.status_code == 405:
        allowed = (failure.headers or {}).get("Allow", "GET")
        response = told(request, wire.MethodNotAllowed(method=request.method, allowed=allowed))
        response.status_code = 405
        response.headers["Allow"] = allowed
        return response
    return told(request, wire.NoSuchPlace(path=request.url.path[:200]))


async def _tell_unexpected(request: Request, failure: Exception) -> Response:
    from hutong.gateway.app import unexpected

    return told(request, unexpected(failure))
