"""Deliveries of machines: `PUT /v1/deliveries/{key}`, the file streamed to the spool, then loaded (SX-04-f)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from hutong.core import signatures
from hutong.core.errors import Missing, Problem, Unavailable
from hutong.db import sql
from hutong.gateway import routes, wire
from hutong.gateway.auth import Call
from hutong.plane import loading, spool_folder
from hutong.plane.definition import Mode

if TYPE_CHECKING:
    from hutong.gateway.app import Gateway

PLACE = "/v1/deliveries/"
AT_ONCE = 4
"""Deliveries taken at the same time by one process, one of a unit: a slow provider keeps no other waiting."""
SLOWEST = 16 << 10
"""Bytes a second a delivery comes with at least, once it has taken a minute."""
_PIECE = 1 << 20

queries = sql.load(__package__, "deliveries.sql")
_taking: set[str] = set()

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class NoDeliveriesHere(Unavailable):
    """This gateway takes no deliveries."""


class DeliveriesFull(Unavailable):
    """{taking} deliveries are being taken; no more at this moment."""


class NotYoursToDeliver(Missing):
    """There is no resource {resource} that your unit provides."""


class Gone(Exception):
    """The caller went away before its request was whole; nothing came of it."""


async def take(gateway: "Gateway", call: Call, receive: Receive) -> bytes:
    """Return the receipt of a delivery as JSON; raises Problem, and Gone when the sender went away."""
    if gateway.config.spool is None:
        raise NoDeliveriesHere
    key = unquote(call.request.path.removeprefix(PLACE))
    given = await routes.or_entered(gateway, call, lambda: _read(key, call), Mode.COMPARE)
    unit = call.caller.org
    if unit in _taking or len(_taking) >= AT_ONCE:
        raise DeliveriesFull(taking=len(_taking), retry_after=30)
    _taking.add(unit)
    try:
        with spool_folder.working(gateway.config.spool) as folder:
            file = folder / "delivery"
            await asyncio.to_thread(_admit, gateway, call, given.resource)
            try:
                digest = await _spool(file, receive, gateway=gateway)
                if call.request.headers.get("content-digest") != digest[0]:
                    raise signatures.DigestMismatch
            except Problem as failure:
                await asyncio.to_thread(_enter, gateway, call, failure)
                raise
            receipt = await asyncio.to_thread(_load, gateway, call, file, key, given, digest[1])
    finally:
        _taking.discard(unit)
    return msgspec.json.encode({**asdict(receipt), "digest": receipt.digest.hex()})


def _read(key: str, call: Call) -> wire.DeliveryIn:
    if "\x00" in key:
        raise wire.ParameterUnreadable(name="key", fault="NUL")
    return wire.parameters(call.request.query, wire.DeliveryIn)


def _enter(gateway: "Gateway", call: Call, problem: Problem) -> None:
    with gateway.db.transaction() as cur:
        routes.enter_refusal(cur, call, problem)


def _load(
    gateway: "Gateway", call: Call, file: Path, key: str, given: wire.DeliveryIn, digest: str
) -> loading.DeliveryReceipt:
    manifest = loading.Manifest(
        code=given.resource,
        key=key,
        kind=given.kind,
        rows=given.rows,
        sha256=digest,
        format=given.format,
        version=given.version,
    )
    return loading.load(
        gateway.db,
        source=file,
        manifest=manifest,
        keyring=gateway.keyring,
        now=gateway.config.now(),
        by=call.caller.system,
        spool=gateway.config.spool,
    )


def _admit(gateway: "Gateway", call: Call, resource: str) -> None:
    """Spend the nonce and see that the caller's unit provides `resource`; a refusal is entered."""
    with gateway.db.transaction() as cur:
        refused: Problem | None = routes.refusal(cur, gateway, call)
        if refused is None:
            row = cur.execute(queries.provider, {"code": resource}).fetchone()
            if row is None or row[0] != call.caller.org:
                refused = NotYoursToDeliver(resource=resource)
                routes.enter_refusal(cur, call, refused)
    if refused is not None:
        raise refused


async def _spool(file: Path, receive: Receive, *, gateway: "Gateway") -> tuple[str, str]:
    """Write the body to `file` and return its Content-Digest and its SHA-256 in hexadecimal."""
    limit, idle, began = gateway.config.delivery_bytes, gateway.config.idle_seconds, time.monotonic()
    digest, size, waiting, ready = sha256(), 0, [], 0

    def put(to: IO[bytes], pieces: list[bytes]) -> None:
        for piece in pieces:
            digest.update(piece)
            to.write(piece)

    with open(file, "xb") as to:
        file.chmod(0o600)
        while True:
            try:
                message = await asyncio.wait_for(receive(), idle)
            except TimeoutError:
                raise wire.BodyTooSlow(seconds=idle) from None
            if message["type"] == "http.disconnect":
                raise Gone
            piece = message.get("body", b"")
            waiting.append(piece)
            size, ready = size + len(piece), ready + len(piece)
            if size > limit:
                raise wire.BodyTooLarge(limit=limit)
            passed = time.monotonic() - began
            if passed > 60 and size < passed * SLOWEST:
                raise wire.BodyTooSlow(seconds=round(passed))
            last = not message.get("more_body")
            if ready >= _PIECE or last:
                await asyncio.to_thread(put, to, waiting)
                waiting, ready = [], 0
            if last:
                break
    return signatures.digest_header(digest.digest()), digest.hexdigest()
