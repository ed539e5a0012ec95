"""What anyone may read: the evidence log as C2SP tlog-tiles, proofs by leaf, description, health, measures.

A leaf tells nothing of what was asked (architecture 3.6), so no signature is asked for here.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from psycopg import Cursor
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hutong.audit import checkpoint, proofs
from hutong.core import tiles
from hutong.core.errors import Problem
from hutong.gateway import openapi, wire

if TYPE_CHECKING:
    from hutong.gateway.app import Gateway

IMMUTABLE = "public, max-age=31536000, immutable"
NOTE = "text/plain; charset=utf-8"
TILE = "application/octet-stream"

T = TypeVar("T")


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
        head = await self._read(checkpoint.latest)
        return Response(head.note, media_type=NOTE, headers={"Cache-Control": "no-cache"})

    async def tile(self, request: Request) -> Response:
        wanted = tiles.parse(request.path_params["path"])

        def content(cur: Cursor) -> bytes:
            if wanted.level is None:
                return proofs.bundle(cur, wanted.index, wanted.width)
            return proofs.tile(cur, wanted.level, wanted.index, wanted.width)

        # A tile once there never changes, a partial one neither; only what is not there yet may come.
        return Response(await self._read(content), media_type=TILE, headers={"Cache-Control": IMMUTABLE})

    async def proof(self, request: Request) -> Response:
        asked = wire.parameters(request.url.query, wire.ProofIn)

        def found(cur: Cursor) -> wire.ProofOut:
            head = checkpoint.of_size(cur, size=asked.size) if asked.size else checkpoint.latest(cur)
            proof = proofs.inclusion(cur, leaf_hash=bytes.fromhex(asked.leaf), size=head.size)
            return wire.ProofOut(proof.index, proof.size, [each.hex() for each in proof.hashes], head.note)

        content = msgspec.json.encode(await self._read(found))
        return Response(content, media_type=wire.JSON, headers={"Cache-Control": "no-cache"})

    async def _read(self, read: Callable[[Cursor], T]) -> T:
        def whole() -> T:
            with self._gateway.db.transaction() as cur:
                return read(cur)

        return await asyncio.to_thread(whole)

    async def health(self, request: Request) -> Response:
        await self._read(lambda cur: cur.execute("select 1"))
        body = {"state": "ok", "log": self._gateway.config.log_vkey}
        return Response(msgspec.json.encode(body), media_type=wire.JSON, headers={"Cache-Control": "no-store"})

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
