"""A gateway that is asked to stop leaves nothing undone."""

import asyncio
import contextlib
import re
import socket
import threading
import time
from dataclasses import fields, replace
from datetime import datetime, timedelta
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateway_county import County, Door, claim, now
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hutong.gateway import config, state
from hutong.host import doors


def test_a_slow_body_is_given_up_before_the_stop_is() -> None:
    (longest,) = [each.default for each in fields(config.GatewayConfig) if each.name == "body_seconds"]
    assert longest + config.Bounds().seconds <= doors.STOP_SECONDS


def test_refusals_being_written_when_it_stops_are_written_once(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def write(db: Any, *, counts: dict[tuple[str, datetime], Any], now: datetime) -> None:
        if counts:
            tried.append(sum(codes.total() for codes in counts.values()))
            time.sleep(0.5)
            if len(tried) == 1:
                raise OSError("PostgreSQL went away")

    monkeypatch.setattr(state.refusals, "write", write)
    monkeypatch.setattr(state, "FLUSH_SECONDS", 0.01)

    async def work() -> None:
        gateway = state.Gateway(replace(county.given, now=now))
        gateway.refusals.count(source="192.0.2.1", code="NOT_SIGNED", at=now() - timedelta(minutes=2))
        gateway.open(asyncio.get_running_loop())
        await asyncio.sleep(0.2)
        await gateway.close()

    asyncio.run(work())
    assert tried == [1, 1]


class Between:
    """A way to PostgreSQL that can be cut."""

    def __init__(self, url: str) -> None:
        told = conninfo_to_dict(url)
        self._there = f"{told['host']}/.s.PGSQL.{told.get('port') or 5432}"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = [self._listening]
        self.url = make_conninfo(url, host="127.0.0.1", port=self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                came, _ = self._listening.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._there)
                self._open += [came, there]
                for one, other in ((came, there), (there, came)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(1 << 16):
                other.sendall(piece)

    def cut(self) -> None:
        """Let nobody through any more, now or later."""
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def asked(door: Door, number: int) -> socket.socket:
    """Send one request, in turn a comparison and a look at the feed, and return the connection it is answered on."""
    body = claim() if number % 2 else b""
    method, path, query = ("POST", "/v1/compare", "") if number % 2 else ("GET", "/v1/changes", "grant=g3&after=0")
    headers = door.signed(method, path, body, query=query) | {"host": door.authority, "content-length": len(body)}
    lines = [f"{method} {path}?{query} HTTP/1.1".replace("? ", " ")]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    connection = socket.create_connection(("127.0.0.1", port_of(door)), timeout=30)
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return connection


def status(connection: socket.socket) -> int:
    reply = HTTPResponse(connection)
    reply.begin()
    return reply.status


def unread(door: Door) -> bool:
    """Whether a door has left anything unread of what came to its port: Linux tells in the fifth column."""
    connections = Path("/proc/net/tcp")
    if not connections.exists():
        time.sleep(2)  # a dozen requests are read by then
        return False
    table = [line.split() for line in connections.read_text().splitlines()[1:]]
    return any(int(row[4].partition(":")[2], 16) for row in table if row[1].endswith(f":{port_of(door):04X}"))


def port_of(door: Door) -> int:
    return int(door.authority.rpartition(":")[2])


@pytest.mark.parametrize(("callers", "longest"), [(0, 4), pytest.param(12, 10, marks=pytest.mark.full)])
def test_it_stops_soon_where_postgresql_is_away(
    county: County, capfd: pytest.CaptureFixture[str], callers: int, longest: int
) -> None:
    """Who asked before it was to stop waits as long as anybody does, together, and is told."""
    between = Between(county.database_url)
    door = county.start(database_url=between.url)
    assert door.compare().status_code == 200
    between.cut()
    assert httpx.post(f"{door.url}/v1/compare", content=b"{}").status_code == 401
    time.sleep(2.5 if callers else 0)  # what is known of the callers is too old by then
    with contextlib.ExitStack() as stack:
        asking = [stack.enter_context(asked(door, number)) for number in range(callers)]
        while unread(door):
            time.sleep(0.05)
        began = time.monotonic()
        door.process.terminate()
        door.process.wait(30)
        took = time.monotonic() - began
        assert [status(each) for each in asking] == [503] * callers
    assert took < longest
    assert re.search("refusals_lost +refusals=1 ", capfd.readouterr().err)
