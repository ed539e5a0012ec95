"""One run of wrk against one server, and what it says."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from statistics import median

from benchmarks import machine

SCRIPT = Path(__file__).with_name("replay.lua")
CONNECTIONS = 64


class RunFailed(RuntimeError):
    """A run in which not every request was answered is no measurement."""


@dataclass(frozen=True, slots=True)
class Run:
    """Answers, answers a second, latencies in milliseconds, and shares of one core by program."""

    answers: int
    rate: float
    p50: float
    p99: float
    shares: Mapping[str, float]

    @property
    def cost(self) -> float:
        """Processor time one answer takes of server and database, in microseconds; a busy machine changes it least."""
        return (self.shares["server"] + self.shares["postgres"]) / self.rate * 1e6


def run(url: str, requests: Path, *, seconds: float, programs: Mapping[str, int]) -> Run:
    """Send prepared requests over 64 connections for so long; `programs` are watched, by process id.

    Raises RunFailed where any request failed, was refused, or was sent twice because the file ran out.
    """
    command = [
        _wrk(),
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds:.0f}s",
        "--timeout",
        "10s",
        "-s",
        str(SCRIPT),
        url,
    ]
    before = {name: machine.seconds(pid) for name, pid in programs.items()}
    began = time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, "BENCH_REQUESTS": str(requests)}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    passed = time.monotonic() - began
    shares = {name: (machine.seconds(pid) - before[name]) / passed for name, pid in programs.items()}
    shares["wrk"] = (usage.ru_utime + usage.ru_stime) / passed
    return _read(said, shares)


def middle(runs: Sequence[Run]) -> Run:
    """Return the medians of several runs, figure by figure."""
    return Run(
        answers=sum(each.answers for each in runs),
        rate=median(each.rate for each in runs),
        p50=median(each.p50 for each in runs),
        p99=median(each.p99 for each in runs),
        shares={name: median(each.shares[name] for each in runs) for name in runs[0].shares},
    )


def write(path: Path, requests: Sequence[bytes]) -> Path:
    """Write requests as `replay.lua` reads them."""
    path.write_bytes(b"".join(b"%08d%b" % (len(each), each) for each in requests))
    return path


def _read(said: str, shares: Mapping[str, float]) -> Run:
    lines = [line for line in said.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise RunFailed(said)
    found = json.loads(lines[0][7:])
    if found["refused"] or found["broken"] or found["exhausted"]:
        raise RunFailed(lines[0])
    rate = found["requests"] / found["microseconds"] * 1e6
    return Run(found["requests"], rate, found["p50"] / 1e3, found["p99"] / 1e3, shares)


def _wrk() -> str:
    found = shutil.which("wrk")
    if found is None:
        raise RunFailed("wrk is not installed (Debian package wrk)")
    return found


def once(authority: str, request: bytes) -> tuple[int, bytes]:
    """Send one prepared request and return status and body."""
    host, _, port = authority.partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection)
        response.begin()
        return response.status, response.read()
