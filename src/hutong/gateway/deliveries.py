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
from hutong.plane import asking, loading, spool_folder
from hutong.plane.asking import Asked, Asking, Told
from hutong.plane.definition import Mode

if TYPE_CHECKING:
    from hutong.gateway.app import Gateway

PLACE = "/v1/deliveries/"
AT_ONCE = 2
"""Deliveries taken at the same time, by one process."""
_PIECE = 1 << 20

queries = sql.load(__package__, "deliveries.sql")
_taking = 0

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class NoDeliveriesHere(Unavailable):
    """This gateway takes no deliveries."""


class DeliveriesFull(Unavailable):
    """{taking} deliveries are being taken; no more at this moment."""


class NotYoursToDeliver(Missing):
    """There is no resource {resource} that your unit provides."""


class Broken(Exception):
    """The provider went away in the middle; nothing was loaded."""


async def take(gateway: "Gateway", call: Call, receive: Receive) -> bytes:
    """Return the receipt of a delivery as JSON; raises Problem, and Broken when the sender went away."""
    global _taking
    if gateway.config.spool is None:
        raise NoDeliveriesHere
    key = unquote(call.request.path.removeprefix(PLACE))
    given = await routes.or_entered(
        gateway, call, lambda: wire.parameters(call.request.query, wire.DeliveryIn), Mode.COMPARE
    )
    if _taking >= AT_ONCE:
        raise DeliveriesFull(taking=_taking, retry_after=30)
    _taking += 1
    try:
        with spool_folder.working(gateway.config.spool) as folder:
            file = folder / "delivery"
            await asyncio.to_thread(_admit, gateway, call, given.resource)
            digest = await _spool(file, receive, limit=gateway.config.delivery_bytes)
            if call.request.headers["content-digest"] != digest[0]:
                raise signatures.DigestMismatch
            receipt = await asyncio.to_thread(_load, gateway, call, file, key, given, digest[1])
    finally:
        _taking -= 1
    return msgspec.json.encode({**asdict(receipt), "digest": receipt.digest.hex()})


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
                each = Asking(Asked(call.caller, call.context, "", call.received_at), (), 0, problem=refused)
                asking.enter(
                    cur,
                    [(each, Told("plane.refused"))],
                    mode=Mode.COMPARE,
                    now=call.received_at,
                    started=time.perf_counter(),
                )
    if refused is not None:
        raise refused


async def _spool(file: Path, receive: Receive, *, limit: int) -> tuple[str, str]:
    """Write the body to `file` and return its Content-Digest and its SHA-256 in hexadecimal."""
    digest, size, waiting, ready = sha256(), 0, [], 0

    def put(to: IO[bytes], pieces: list[bytes]) -> None:
        for piece in pieces:
            digest.update(piece)
            to.write(piece)

    with open(file, "xb") as to:
        file.chmod(0o600)
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Broken
            piece = message.get("body", b"")
            waiting.append(piece)
            size, ready = size + len(piece), ready + len(piece)
            if size > limit:
                raise wire.BodyTooLarge(limit=limit)
            last = not message.get("more_body")
            if ready >= _PIECE or last:
                await asyncio.to_thread(put, to, waiting)
                waiting, ready = [], 0
            if last:
                break
    return f"sha-256=:{signatures._encode(digest.digest())}:", digest.hexdigest()
