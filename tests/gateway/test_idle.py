"""Connections that ask nothing keep nobody out, and do not stay."""

import contextlib
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import httpx
import pytest
from gateway_county import County

from hutong import settings
from hutong.host import doors
from hutong.installation import opening
from ports import free_port

IDLE = 1500
"""More than a server holds that was told nothing, and more files than most processes may open by themselves."""


@pytest.fixture
def port(county: County) -> Iterator[int]:
    """The port of a gateway as it is started for good, by who may open a thousand files unless they ask for more."""
    own, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * IDLE:
        pytest.skip("so many files may not be opened here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * IDLE, hard))
    port = free_port()
    given = replace(settings.read({}), data=county.folder / "data")
    opening.prepare_folder(given)
    told = {"DATA": given.data, "DATABASE_URL": county.database_url, "GATEWAY_PORT": port, "GATEWAY_WORKERS": 1}
    process = subprocess.Popen(
        [sys.executable, "-m", "hutong.cli", "gateway"],
        env={**os.environ, **{f"HUTONG_{name}": str(value) for name, value in told.items()}},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard)),
    )
    try:
        until = time.monotonic() + 60
        while not answers(port):
            assert process.poll() is None, "the gateway stopped"
            assert time.monotonic() < until
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)
        resource.setrlimit(resource.RLIMIT_NOFILE, (own, hard))


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.full
def test_idle_connections_keep_nobody_out_and_are_let_go_of(port: int) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 20)) for _ in range(IDLE)]
        began = time.monotonic()
        assert answers(port)
        assert time.monotonic() - began < 5
        idle[0].settimeout(doors.IDLE_SECONDS + 10)
        assert idle[0].recv(1) == b""  # which it never did as long as HTTP/2 could have come
        assert time.monotonic() - began < doors.IDLE_SECONDS + 5


def test_a_request_half_sent_is_given_up_before_the_stop_is() -> None:
    assert doors.IDLE_SECONDS < doors.STOP_SECONDS


@pytest.mark.parametrize(("kib", "status"), [(30, b"200"), (48, b"431"), (1000, b"431")])
def test_a_head_is_taken_as_long_as_is_said_or_one_reading_longer(port: int, kib: int, status: bytes) -> None:
    begun = f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nX-Long: ".encode()
    with socket.create_connection(("127.0.0.1", port), 30) as caller:
        with contextlib.suppress(ConnectionError):  # it is shut while more is sent
            caller.sendall(begun + b"a" * (kib << 10) + b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            assert caller.recv(100).split()[1] == status
    assert answers(port)
