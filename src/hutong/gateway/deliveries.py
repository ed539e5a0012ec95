"""Deliveries of machines: `PUT /v1/deliveries/{key}`, the file streamed to the spool, then loaded (SX-04-f)."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from hutong.core import content_digest
from hutong.core.errors import Malformed, Missing, Problem, Unavailable
from hutong.core.labels import Language
from hutong.db.database import Cur
from hutong.gateway import callers, parsing, problems, received, replies, shapes
from hutong.gateway.auth import Call
from hutong.gateway.config import DELIVERIES_AT_ONCE
from hutong.gateway.received import Exchange, Scope, WentAway
from hutong.gateway.replies import Reply
from hutong.gateway.state import Gateway
from hutong.plane import tables
from hutong.plane.definition import Mode
from hutong.plane.delivery import ledger, loading, receiving, spool_folder

PLACE = "/v1/deliveries/"
SLOWEST = 16 << 10
"""Bytes a second a delivery comes with at least, once it has taken a minute."""
_PIECE = 1 << 20
_KEY = re.compile(r"[A-Za-z0-9._~-]{1,100}")


class KeyUnreadable(Malformed):
    """{key} is no key of a delivery: that is 1 to 100 letters, digits, and . _ ~ -."""


class NoDeliveriesHere(Unavailable):
    """This gateway takes no deliveries."""


class DeliveriesFull(Unavailable):
    """{taking} deliveries are being taken; no more at this moment."""


class NotYoursToDeliver(Missing):
    """There is no resource {resource} that your unit provides."""


def readable(path: str) -> bool:
    """Return whether the path names a delivery: what a signature covers must read the same however it is encoded."""
    return _KEY.fullmatch(path.removeprefix(PLACE)) is not None


async def take(gateway: Gateway, call: Call, scope: Scope, exchange: Exchange) -> Reply:
    """Return the signed reply to a delivery of a known caller: its receipt or why it was refused; raises WentAway."""
    try:
        content = await _receipt(gateway, call, scope, exchange)
    except Problem as failure:
        return replies.refused(gateway, failure, scope=scope, call=call)
    except WentAway:
        raise
    except Exception as fault:  # a door: logged and answered
        return replies.refused(gateway, replies.unexpected(fault), scope=scope, call=call)
    return replies.answered(gateway, content, call=call)


async def _receipt(gateway: Gateway, call: Call, scope: Scope, exchange: Exchange) -> bytes:
    if gateway.config.spool is None:
        raise NoDeliveriesHere
    try:
        parsing.check_coding(call.request)
        given = parsing.parameters(call.request.query, shapes.DeliveryIn)
    except Problem as failure:
        raise await _refused(gateway, call, failure) from None
    full = DeliveriesFull(taking=DELIVERIES_AT_ONCE, retry_after=30)
    one = DeliveriesFull(taking=1, retry_after=30)
    spool, unit = gateway.config.spool, call.caller.unit
    with (
        receiving.place(spool, most=DELIVERIES_AT_ONCE, whose=unit, twice=one, full=full),
        spool_folder.working(spool) as folder,
    ):
        file = folder / "delivery"
        await asyncio.to_thread(_admit, gateway, call, given.resource)
        try:
            digest = await _spool(file, scope, exchange, gateway=gateway)
            content_digest.check(call.request.headers.get("content-digest", ""), digest=digest)
        except Problem as failure:
            await asyncio.to_thread(_enter, gateway, call, failure)
            raise
        key = call.request.path.removeprefix(PLACE)
        receipt = await asyncio.to_thread(_load, gateway, call, file, key, given, digest.hex())
    language = problems.language(scope.headers.get("accept-language") or "")
    return await asyncio.to_thread(_told, gateway, receipt, language)


def _told(gateway: Gateway, receipt: ledger.DeliveryReceipt, language: Language) -> bytes:
    with gateway.db.transaction() as cur:
        definition = tables.version(cur, code=receipt.code, version=receipt.version).definition
    names = {item.code: item.name for item in definition.items}
    read = problems.read(receipt.what_was_read, language=language, names=names)
    facts = {field.name: getattr(receipt, field.name) for field in fields(receipt)}
    del facts["code"], facts["what_was_read"]
    return msgspec.json.encode({"resource": receipt.code, **facts, "digest": receipt.digest.hex(), "read": read})


async def _refused(gateway: Gateway, call: Call, failure: Problem) -> Problem:
    unread = [(call, failure)]
    (problem,) = await asyncio.to_thread(callers.refuse_unread, gateway, unread, mode=Mode.COMPARE)
    return problem


def _enter(gateway: Gateway, call: Call, problem: Problem) -> None:
    with gateway.db.transaction() as cur:
        callers.enter_refused(cur, gateway, call, problem)


def _load(
    gateway: Gateway, call: Call, file: Path, key: str, given: shapes.DeliveryIn, digest: str
) -> ledger.DeliveryReceipt:
    manifest = ledger.Manifest(
        code=given.resource,
        key=key,
        kind=given.kind,
        rows=given.rows,
        sha256=digest,
        format=given.format,
        version=given.version,
    )
    with gateway.core.anywhere():
        return loading.load(
            gateway.loading,
            source=file,
            manifest=manifest,
            keyring=gateway.keyring,
            now=gateway.config.now(),
            by=call.caller.system,
            spool=gateway.config.spool,
        )


def _admit(gateway: Gateway, call: Call, resource: str) -> None:
    """Spend the nonce and see that the caller's unit provides `resource`, in the catalogue; a refusal is entered."""
    with gateway.db.transaction() as cur:
        refused: Problem | None = callers.spend_or_refuse(cur, gateway, call)
        if refused is None:
            if tables.provider(cur, code=resource) != call.caller.unit:
                refused = NotYoursToDeliver(resource=resource)
            else:
                refused = _withdrawn(cur, resource)
            if refused is not None:
                callers.enter_refused(cur, gateway, call, refused)
    if refused is not None:
        raise refused


def _withdrawn(cur: Cur, resource: str) -> Problem | None:
    try:
        ledger.admit(cur, code=resource)
    except Problem as problem:
        return problem
    return None


async def _spool(file: Path, scope: Scope, exchange: Exchange, *, gateway: Gateway) -> bytes:
    """Write the body to `file` and return its SHA-256."""
    limit, began = gateway.config.delivery_bytes, time.monotonic()
    digest, size, ready = sha256(), 0, 0
    waiting: list[bytes] = []

    def put(to: IO[bytes], pieces: list[bytes]) -> None:
        with gateway.core.anywhere():
            for piece in pieces:
                digest.update(piece)
                to.write(piece)

    with open(file, "xb") as to:
        file.chmod(0o600)
        async for piece in _pieces(exchange, idle=gateway.config.idle_seconds):
            waiting.append(piece)
            size, ready = size + len(piece), ready + len(piece)
            if size > limit:
                raise received.BodyTooLarge(limit=limit)
            passed = time.monotonic() - began
            if passed > 60 and size < passed * SLOWEST:
                raise received.BodyTooSlow(seconds=round(passed))
            if ready >= _PIECE:
                await asyncio.to_thread(put, to, waiting)
                waiting, ready = [], 0
        if received.length(scope) not in (None, size):
            raise WentAway
        await asyncio.to_thread(put, to, waiting)
    return digest.digest()


async def _pieces(exchange: Exchange, *, idle: float) -> AsyncIterator[bytes]:
    """Yield the pieces of a body as they come; raises BodyTooSlow and WentAway."""
    pieces = aiter(exchange)
    while True:
        try:
            yield await asyncio.wait_for(anext(pieces), idle)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise received.BodyTooSlow(seconds=idle) from None
        except RuntimeError as closed:  # the server's ProtocolClosed and ProtocolError
            raise WentAway from closed
