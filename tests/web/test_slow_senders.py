"""Slow senders hold no thread of the pages: measured on the server itself, before an application of four lines."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hutong.web.front.buffering import FAULT, FORM_BYTES, PACE, environ
from ports import free_port

SERVED = f'''
import os
from pathlib import Path
from hutong.web.front.buffering import Buffered, Pace

def plain(environ, start_response):
    try:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) if "{FAULT}" not in environ else b""
    except OSError:
        body = b"cut"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{{len(body)}} {{environ.get('{FAULT}', '')}}".encode()]

application = Buffered(plain, folder=Path(os.environ["FOLDER"]), form_seconds=3, pace=Pace(3))
'''


@contextlib.contextmanager
def serving(folder: Path, target: str, *arguments: str) -> Iterator[int]:
    port = free_port()
    (folder / "slowly_served.py").write_text(SERVED)
    command = [sys.executable, "-m", "granian", "--port", str(port), "--log-level", "warning", *arguments]
    process = subprocess.Popen(
        [*command, f"slowly_served:{target}"], cwd=folder, env={**os.environ, "FOLDER": str(folder)}
    )
    try:
        for _ in range(200):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def slow(port: int, senders: int, *, length: int = 1000) -> Iterator[list[socket.socket]]:
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\na".encode()
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(senders)]
        for each in sockets:
            each.sendall(head)
        time.sleep(0.5)
        yield sockets


@pytest.mark.full
def test_four_slow_senders_stop_a_server_whose_threads_read_the_body(tmp_path):
    """Why it is not done so."""
    threads = ("--interface", "wsgi", "--blocking-threads", "4")
    with serving(tmp_path, "plain", *threads) as port, slow(port, 8), pytest.raises(httpx.ReadTimeout):
        httpx.get(f"http://127.0.0.1:{port}/", timeout=2)


@pytest.mark.parametrize("senders", [*(pytest.param(few, marks=pytest.mark.full) for few in (8, 40)), 200])
def test_slow_senders_keep_nobody_waiting_and_are_told_to_go(tmp_path, senders):
    with serving(tmp_path, "application", "--interface", "asgi") as port, slow(port, senders) as sockets:
        began = time.monotonic()
        assert httpx.get(f"http://127.0.0.1:{port}/", timeout=2).text == "0 "
        assert time.monotonic() - began < 1
        for each in sockets:
            each.settimeout(10)
            assert each.recv(4096).endswith(b"0 slow")


@pytest.mark.full
def test_a_large_body_that_comes_a_byte_at_a_time_is_cut_though_it_never_stalls(tmp_path):
    with serving(tmp_path, "application", "--interface", "asgi") as port, slow(port, 1, length=2 << 20) as (sender,):
        sender.settimeout(0.5)
        answer, began = b"", time.monotonic()
        while not answer and time.monotonic() - began < 30:
            with contextlib.suppress(TimeoutError):
                sender.sendall(b"a")
                answer = sender.recv(4096)
    assert answer.endswith(b"3 ")  # `cut`


def test_the_time_of_a_large_body_is_bounded_by_its_size():
    size = 20 << 20
    assert PACE.left(size, seconds=0) == PACE.grace_seconds + size / PACE.bytes_per_second < 200
    assert PACE.left(0, seconds=PACE.grace_seconds) == 0


def test_bodies_of_every_size_arrive_whole(tmp_path):
    with serving(tmp_path, "application", "--interface", "asgi") as port:
        for size in (0, 1, 100_000, FORM_BYTES, FORM_BYTES + 1, 20 << 20):
            answer = httpx.post(f"http://127.0.0.1:{port}/", content=b"x" * size, timeout=30)
            assert answer.text.split()[0].isdecimal()
            if size <= FORM_BYTES:
                assert answer.text == f"{size} "


def test_a_body_of_undeclared_length_is_cut_at_the_bound(tmp_path):
    with serving(tmp_path, "application", "--interface", "asgi") as port:
        pieces = (b"x" * 65536 for _ in range(40))
        assert httpx.post(f"http://127.0.0.1:{port}/", content=pieces).text == "0 large"
        assert httpx.post(f"http://127.0.0.1:{port}/", content=iter([b"ab", b"c"])).text == "3 "


def test_the_environment_is_as_wsgi_has_it():
    made = environ(
        {
            "type": "http", "method": "POST", "http_version": "1.1", "scheme": "http", "path": "/目/",
            "raw_path": b"/%E7%9B%AE/", "query_string": b"q=%00", "server": ("127.0.0.1", 8000),
            "client": ("10.0.0.1", 4711),
            "headers": [(b"host", b"localhost"), (b"x_real_ip", b"1.1.1.1"), (b"cookie", b"a=1"), (b"cookie", b"b=2"),
                        (b"content-length", b"3"), (b"content-type", b"text/plain")],
        }
    )  # fmt: skip
    kept = {key: value for key, value in made.items() if not key.startswith("wsgi.")}
    assert kept == {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/目/".encode().decode("latin-1"),
        "QUERY_STRING": "q=%00", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "10.0.0.1", "HTTP_HOST": "localhost", "HTTP_COOKIE": "a=1; b=2", "CONTENT_LENGTH": "3",
        "CONTENT_TYPE": "text/plain",
    }  # fmt: skip
