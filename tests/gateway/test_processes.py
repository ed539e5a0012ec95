"""One process of the gateway that dies takes no other along: who asks the others notices nothing."""

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from deployed import kept, open_gateway
from gateway_county import County, Door, claim

from ports import free_port

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")
FEWEST = 8
ESTABLISHED = "01"


def children(process: int) -> set[int]:
    """Return the processes that a process has started, without those that only look after others' resources."""
    found = map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
    return {each for each in found if b"resource_tracker" not in Path(f"/proc/{each}/cmdline").read_bytes()}


def lines(process: int, port: int) -> int:
    """Return how many connections to a port a process holds."""
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    held = {f"socket:[{row[9]}]" for row in table if row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED}
    found = 0
    for file in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            found += os.readlink(file) in held
    return found


class Caller(threading.Thread):
    """Asks over one connection, again and again, until it breaks or `stop` is set."""

    def __init__(self, door: Door, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.statuses: Counter[int] = Counter()
        self.broke = False
        self._door, self._stop_asked = door, stop

    def run(self) -> None:
        with httpx.Client(base_url=self._door.url, timeout=60) as line:
            while not self._stop_asked.is_set():
                body = claim()
                headers = self._door.signed("POST", "/v1/compare", body)
                try:
                    reply = line.post("/v1/compare", content=body, headers=headers)
                except httpx.TransportError:
                    self.broke = True
                    return
                self.statuses[reply.status_code] += 1


@pytest.mark.full
@pytest.mark.clause("SX-11-a")
def test_a_process_that_is_killed_takes_no_other_along(county: County, tmp_path: Path) -> None:
    port, stop = free_port(), threading.Event()
    names = f"127.0.0.1:{port}"
    kept(county, tmp_path / "data", HUTONG_GATEWAY_NAMES=names)
    with county.db.transaction() as cur:
        cur.execute("update plane.access_grant set quota = 1000000, guesses = 1000000")
    with open_gateway(county, tmp_path / "data", port=port, workers=2) as gateway:
        door = Door(f"http://{names}", names, county, gateway)
        until = time.monotonic() + 60
        while len(children(gateway.pid)) < 2 and time.monotonic() < until:
            time.sleep(0.1)
        assert door.compare().status_code == 200
        callers: list[Caller] = []
        try:
            while len(callers) < FEWEST or min(lines(each, port) for each in children(gateway.pid)) < 2:
                assert time.monotonic() < until
                callers.append(Caller(door, stop))
                callers[-1].start()
                time.sleep(0.05 if len(callers) < FEWEST else 1)  # one takes all while the other still begins
            while any(not each.statuses for each in callers) and time.monotonic() < until:
                time.sleep(0.05)
            struck, other = children(gateway.pid)
            os.kill(struck, signal.SIGKILL)
            asked = {each: each.statuses.total() for each in callers}
            while len(children(gateway.pid) - {struck}) < 2 and time.monotonic() < until:
                time.sleep(0.05)
            while any(not each.broke and each.statuses.total() <= asked[each] + 2 for each in callers):
                assert time.monotonic() < until
                time.sleep(0.05)
            standing = [each for each in callers if not each.broke]
        finally:
            stop.set()
            for each in callers:
                each.join()
        assert 0 < len(standing) < len(callers)  # those of the other process asked on over the line they had
        assert all(set(each.statuses) == {200} and not each.broke for each in standing)
        assert other in children(gateway.pid)
        assert [door.compare().status_code for _ in range(8)] == [200] * 8
