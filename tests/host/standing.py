"""A platform that stands with its doors open, and what processes it has."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


@contextmanager
def up(folder: Path, *ports: int, scheme: str = "http", **named: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `hutong up` and yield it once web and gateway answer; ended with everything it began.

    What is `named` is in its environment.
    """
    arguments = ["--data", str(folder), "--port", str(ports[0]), "--gateway-port", str(ports[1])]
    with open(folder / "said", "ab") as said:
        environ = {**os.environ, **named}
        made = [sys.executable, "-m", "hutong.cli", "init", "--data", str(folder)]
        subprocess.run(made, stdout=said, stderr=said, env=environ, check=True)
        command = [sys.executable, "-m", "hutong.cli", "up", *arguments]
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environ)
    try:
        wait_for(lambda: all(answers(port, scheme=scheme) for port in ports), folder)
        yield process
    finally:
        process.terminate()
        process.wait()


def answers(port: int, *, scheme: str = "http") -> bool:
    at = f"{scheme}://127.0.0.1:{port}"
    try:
        return any(httpx.get(f"{at}{path}", verify=False).status_code == 200 for path in ("/health", "/zh/"))
    except httpx.TransportError:
        return False


def wait_for(done: Callable[[], bool], folder: Path, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, (folder / "said").read_text()
        time.sleep(0.1)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descendants(pid: int) -> list[int]:
    found = children(pid)
    return found + [below for child in found for below in descendants(child)]


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
