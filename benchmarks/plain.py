"""The peer of comparison 3: the same server and one SELECT by the key in the same store.

No signature, no grant, no entry; a raw application over psycopg's asynchronous pool, for ASGI and for the server's own
interface RSGI, which is what the gateway speaks.
"""

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from psycopg_pool import AsyncConnectionPool

Message = MutableMapping[str, Any]


def from_environment() -> "_Plain":
    """Return the application for the store that `BENCH_RELATION` names."""
    return _Plain(os.environ["BENCH_DATABASE"], os.environ["BENCH_RELATION"], int(os.environ["BENCH_POOL"]))


class _Plain:
    def __init__(self, url: str, relation: str, size: int) -> None:
        self._pool = AsyncConnectionPool(
            url, min_size=size, max_size=size, open=False, kwargs={"autocommit": True}
        )
        self._statement = f"select i_name, i_birth_date from store.{relation} where k = %b"

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await self._pool.open(wait=True)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self._pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        status, body = await self._select(scope["path"])
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def __rsgi__(self, scope: Any, exchange: Any) -> None:
        await self._pool.open()  # nothing, from the second time on
        status, body = await self._select(scope.path)
        exchange.response_bytes(status, [("content-type", "application/json")], body)

    async def _select(self, path: str) -> tuple[int, bytes]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(self._statement, [bytes.fromhex(path[1:])], prepare=True)
            row = await cursor.fetchone()
        return 200 if row else 404, json.dumps(row and [value.hex() for value in row]).encode()
