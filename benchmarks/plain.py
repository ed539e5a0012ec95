"""The peer of comparison 3: the same ASGI server and one SELECT by the key in the same holding.

No signature, no grant, no entry; a raw ASGI application over psycopg's asynchronous pool.
"""

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from psycopg_pool import AsyncConnectionPool

Message = MutableMapping[str, Any]


def from_environment() -> "_Plain":
    """Return the application for the holding that `BENCH_RELATION` names."""
    return _Plain(os.environ["BENCH_DATABASE"], os.environ["BENCH_RELATION"], int(os.environ["BENCH_POOL"]))


class _Plain:
    def __init__(self, url: str, relation: str, size: int) -> None:
        self._pool = AsyncConnectionPool(
            url, min_size=size, max_size=size, open=False, kwargs={"autocommit": True}
        )
        self._statement = f"select i_name, i_birth_date from holding.{relation} where k = %b"

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
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(self._statement, [bytes.fromhex(scope["path"][1:])], prepare=True)
            row = await cursor.fetchone()
        body = json.dumps(row and [value.hex() for value in row]).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200 if row else 404, "headers": headers})
        await send({"type": "http.response.body", "body": body})
