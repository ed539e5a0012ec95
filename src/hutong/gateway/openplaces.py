"""What anyone may read: the evidence log as C2SP tlog-tiles, proofs by leaf, description, health, measures.

A leaf tells nothing of what was asked (architecture 3.6), so no signature is asked for here.
"""

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec
import psycopg
from psycopg import Cursor

from hutong.audit import checkpoint, epochs, keychain, proofs, publishing, witnesses
from hutong.core import tiles
from hutong.core.errors import Missing
from hutong.core.log_keys import KeyChain
from hutong.gateway import openapi, openreplies, parsing, problems, replies, replykeys, shapes, watching, witnessing
from hutong.gateway.received import Scope
from hutong.gateway.replies import Reply
from hutong.gateway.state import Gateway

IMMUTABLE = "public, max-age=31536000, immutable"
TILE = "application/octet-stream"
METRICS = "text/plain; version=0.0.4; charset=utf-8"
LOG = "/log/"
"""Where the epoch of the log is served that is written."""
_EPOCH = re.compile(r"/log/epoch/(?P<number>[1-9][0-9]{0,5})/")
"""Where each epoch is served, those before stay."""

T = TypeVar("T")


class NoSuchPlace(Missing):
    """There is nothing at {path}."""


def answer(gateway: Gateway, scope: Scope) -> Reply:
    """Return what stands at an open place.

    Raises NoSuchPlace, MethodNotAllowed, ParameterUnreadable and what the place raises; where the database is away or
    takes too long, AnswerFailed and TakesTooLong.
    """
    place = PLACES.get(scope.path) or (_log if scope.path.startswith(LOG) else None)
    if place is None:
        raise NoSuchPlace(path=scope.path[:200])
    if scope.method == "OPTIONS":
        return openreplies.asked_before()
    if scope.method not in ("GET", "HEAD"):
        raise problems.MethodNotAllowed(method=scope.method[:20], allowed="GET, HEAD, OPTIONS")
    if place is not _proof:
        parsing.check_no_parameters(scope.query_string)
    try:
        reply = place(gateway, scope)
    except psycopg.OperationalError as fault:  # anybody may ask as often: it has no number of its own
        raise replies.unexpected(fault) from None
    return openreplies.negotiated(reply, scope)


def _checkpoint(gateway: Gateway, number: int | None) -> Reply:
    def newest(cur: Cursor) -> str:
        epoch = epochs.of(cur, number).number
        return witnesses.with_cosignatures(cur, checkpoint.latest(cur, epoch=epoch), epoch=epoch)

    return replies.whole(_read(gateway, newest).encode(), kind=witnessing.NOTE, cache="no-cache")


def _log(gateway: Gateway, scope: Scope) -> Reply:
    """Return a checkpoint, the keys or a tile: of the epoch that is written, or of the one the path names."""
    named = _EPOCH.match(scope.path)
    number = int(named["number"]) if named else None
    path = scope.path.removeprefix(named[0] if named else LOG)
    named_place = {"checkpoint": _checkpoint, "keys": _log_keys}.get(path)
    return named_place(gateway, number) if named_place else _tile(gateway, path, number)


def _tile(gateway: Gateway, path: str, number: int | None) -> Reply:
    wanted = tiles.parse(path)

    def content(cur: Cursor) -> bytes:
        epoch = epochs.of(cur, number)
        if wanted.level is None:
            return proofs.bundle(cur, wanted.index, wanted.width, epoch=epoch)
        return proofs.tile(cur, wanted.level, wanted.index, wanted.width, epoch=epoch)

    # A tile once there never changes, a partial one neither; only what is not there yet may come.
    return replies.whole(_read(gateway, content), kind=TILE, cache=IMMUTABLE)


def _proof(gateway: Gateway, scope: Scope) -> Reply:
    asked = parsing.parameters(scope.query_string, shapes.ProofIn)

    def found(cur: Cursor) -> shapes.ProofOut:
        leaf_hash = bytes.fromhex(asked.leaf)
        epoch = proofs.epoch_of(cur, leaf_hash=leaf_hash)
        if asked.size:
            head = checkpoint.of_size(cur, size=asked.size, epoch=epoch.number)
        else:
            head = checkpoint.latest(cur, epoch=epoch.number)
        proof = proofs.inclusion(cur, leaf_hash=leaf_hash, size=head.size, epoch=epoch)
        return shapes.ProofOut(proof.index, proof.size, [each.hex() for each in proof.hashes], head.note)

    return replies.whole(msgspec.json.encode(_read(gateway, found)), cache="no-cache")


def _keys_of(gateway: Gateway) -> KeyChain:
    return _read(gateway, lambda cur: keychain.published(cur, epochs.current(cur), vkeys=gateway.log_vkeys))


def _log_keys(gateway: Gateway, number: int | None) -> Reply:
    def told(cur: Cursor) -> dict[str, object]:
        epoch = epochs.of(cur, number)
        chain = keychain.published(cur, epoch, vkeys=gateway.log_vkeys)
        newest = checkpoint.newest(cur, epoch=epoch.number)
        return publishing.keys(cur, epoch, chain=chain, size=newest.size if newest else 0)

    return replies.whole(msgspec.json.encode(_read(gateway, told)), cache="no-cache")


def _reply_keys(gateway: Gateway, scope: Scope) -> Reply:
    def told(cur: Cursor) -> shapes.ReplyKeysOut:
        return replykeys.published(cur, first=gateway.first_reply_key, name=gateway.config.log_name)

    return replies.whole(msgspec.json.encode(_read(gateway, told)), cache="no-cache")


def _health(gateway: Gateway, scope: Scope) -> Reply:
    chain, state = _keys_of(gateway), gateway.watch.state()
    language = problems.language(scope.headers.get("accept-language") or "")
    log_vkey, warnings = str(chain.newest), gateway.config.warnings
    told = watching.health(state, log_vkey=log_vkey, warnings=warnings, language=language)
    reply = replies.whole(msgspec.json.encode(told), cache="no-cache")
    return reply._replace(headers=[*reply.headers, *replies.in_language(language)])


def _metrics(gateway: Gateway, scope: Scope) -> Reply:
    state = gateway.watch.state()
    gateway.measures.log(state.log)
    gateway.measures.machine(state.seen)
    gateway.measures.backups(state.backups)
    return replies.whole(gateway.measures.text(), kind=METRICS)


def _description(gateway: Gateway, scope: Scope) -> Reply:
    return replies.whole(openapi.document(), cache="no-cache")


def _read(gateway: Gateway, read: Callable[[Cursor], T]) -> T:
    with gateway.db.transaction() as cur:
        return read(cur)


PLACES: dict[str, Callable[[Gateway, Scope], Reply]] = {
    "/log/checkpoint/cosigned": witnessing.cosigned,
    "/v1/proof": _proof,
    "/v1/reply-keys": _reply_keys,
    "/health": _health,
    "/metrics": _metrics,
    "/openapi.json": _description,
}
"""The open places that have a path of their own."""
