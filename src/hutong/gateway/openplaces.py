"""What anyone may read: the evidence log as C2SP tlog-tiles, proofs by leaf, description, health, measures.

A leaf tells nothing of what was asked (architecture 3.6), so no signature is asked for here.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from psycopg import Cursor

from hutong.audit import checkpoint, proofs
from hutong.core import tiles
from hutong.core.errors import Missing
from hutong.gateway import openapi, openreplies, parsing, problems, replies, shapes, witnessing
from hutong.gateway.received import Scope
from hutong.gateway.replies import Reply
from hutong.gateway.state import Gateway

IMMUTABLE = "public, max-age=31536000, immutable"
TILE = "application/octet-stream"
METRICS = "text/plain; version=0.0.4; charset=utf-8"
LOG = "/log/"

T = TypeVar("T")


class NoSuchPlace(Missing):
    """There is nothing at {path}."""


def answer(gateway: Gateway, scope: Scope) -> Reply:
    """Return what stands at an open place; raises NoSuchPlace, MethodNotAllowed and what the place raises."""
    place = PLACES.get(scope.path) or (_tile if scope.path.startswith(LOG) else None)
    if place is None:
        raise NoSuchPlace(path=scope.path[:200])
    if scope.method == "OPTIONS":
        return openreplies.asked_before()
    if scope.method not in ("GET", "HEAD"):
        raise problems.MethodNotAllowed(method=scope.method[:20], allowed="GET, HEAD, OPTIONS")
    return openreplies.negotiated(place(gateway, scope), scope)


def _tile(gateway: Gateway, scope: Scope) -> Reply:
    wanted = tiles.parse(scope.path.removeprefix(LOG))

    def content(cur: Cursor) -> bytes:
        if wanted.level is None:
            return proofs.bundle(cur, wanted.index, wanted.width)
        return proofs.tile(cur, wanted.level, wanted.index, wanted.width)

    # A tile once there never changes, a partial one neither; only what is not there yet may come.
    return replies.whole(_read(gateway, content), kind=TILE, cache=IMMUTABLE)


def _proof(gateway: Gateway, scope: Scope) -> Reply:
    asked = parsing.parameters(scope.query_string, shapes.ProofIn)

    def found(cur: Cursor) -> shapes.ProofOut:
        head = checkpoint.of_size(cur, size=asked.size) if asked.size else checkpoint.latest(cur)
        proof = proofs.inclusion(cur, leaf_hash=bytes.fromhex(asked.leaf), size=head.size)
        return shapes.ProofOut(proof.index, proof.size, [each.hex() for each in proof.hashes], head.note)

    return replies.whole(msgspec.json.encode(_read(gateway, found)), cache="no-cache")


def _health(gateway: Gateway, scope: Scope) -> Reply:
    _read(gateway, lambda cur: cur.execute("select 1"))
    return replies.whole(msgspec.json.encode({"state": "ok", "log": gateway.config.log_vkey}))


def _metrics(gateway: Gateway, scope: Scope) -> Reply:
    return replies.whole(gateway.measures.text(), kind=METRICS)


def _description(gateway: Gateway, scope: Scope) -> Reply:
    return replies.whole(openapi.document(), cache="no-cache")


def _read(gateway: Gateway, read: Callable[[Cursor], T]) -> T:
    with gateway.db.transaction() as cur:
        return read(cur)


PLACES: dict[str, Callable[[Gateway, Scope], Reply]] = {
    "/log/checkpoint": witnessing.newest,
    "/log/checkpoint/cosigned": witnessing.cosigned,
    "/v1/proof": _proof,
    "/health": _health,
    "/metrics": _metrics,
    "/openapi.json": _description,
}
"""The open places that have a path of their own."""
