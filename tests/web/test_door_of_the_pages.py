"""The pages behind the door that `hutong serve` opens: an officer's large file, where it waits, and two processes."""

import csv
import io
import os
import re
import signal
import time
from pathlib import Path

import httpx
import pytest
from acting import PASSWORD
from browsing import opened
from test_slow_senders import slow

from hutong.plane.delivery import spool_folder


@pytest.fixture
def behind_the_door(county, tmp_path):
    with opened(county.url, tmp_path, workers=2) as port:
        yield port


def token(page: httpx.Response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]


def test_an_officer_hands_in_a_large_file_while_strangers_send_slowly(behind_the_door, county, tmp_path):
    place = f"http://127.0.0.1:{behind_the_door}"
    rows = io.StringIO()
    csv.writer(rows).writerow(["no", "such", "columns"])
    rows.write("x,y,z\n" * 500_000)
    with slow(behind_the_door, 40), httpx.Client(base_url=place, timeout=60, headers={"Referer": place}) as client:
        form = {"username": "editor", "password": PASSWORD}
        form["csrfmiddlewaretoken"] = token(client.get("/zh/login/"))
        assert client.post("/zh/login/", data=form).status_code == 302
        form = {"code": county.code, "csrfmiddlewaretoken": token(client.get("/zh/desk/"))}
        answer = client.post("/zh/desk/deliveries/", data=form, files={"file": ("rows.csv", rows.getvalue())})
        assert answer.status_code == 303, answer.text  # it came through, and its content is refused
        refused = client.get(answer.headers["Location"])
        assert refused.status_code in (400, 404, 409, 422), refused.text
        assert "REQUEST_MALFORMED" not in refused.text

        for own in folders(tmp_path / "spool"):  # a web process's own, and empty
            assert (own.name.startswith(spool_folder.PREFIX), list(own.iterdir())) == (True, [])
        assert spool_folder.sweep(tmp_path / "spool") == 0
        large = b"--x\r\n" + b"x" * (3 << 20)
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert httpx.post(f"{place}/zh/login/", content=large, headers=headers, timeout=60).status_code == 413
        assert client.get("/static/hutong.css").headers["Content-Type"].startswith("text/css")


@pytest.mark.full
def test_whoever_came_in_at_one_process_is_known_at_the_other(behind_the_door, tmp_path):
    place = f"http://127.0.0.1:{behind_the_door}"
    with httpx.Client(base_url=place, timeout=60, headers={"Referer": place}) as client:
        form = {"username": "editor", "password": PASSWORD}
        form["csrfmiddlewaretoken"] = token(client.get("/zh/login/"))
        assert client.post("/zh/login/", data=form).status_code == 302
        cookies = client.cookies
    # Each connection is the kernel's to give: that all of so many go to one process is not to be expected.
    answers = [httpx.get(f"{place}/zh/desk/", cookies=cookies, timeout=60).status_code for _ in range(16)]
    assert answers == [200] * 16
    assert len(folders(tmp_path / "spool")) == 2  # each process has its own folder there


def folders(spool: Path) -> list[Path]:
    """Return what lies in the spool, but for the places for what is being received."""
    return [each for each in spool.iterdir() if each.name != spool_folder.RECEIVING]


def children(process: int) -> set[int]:
    """Return the processes that a process has started, without those that only look after others' resources."""
    found = map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
    return {each for each in found if b"resource_tracker" not in Path(f"/proc/{each}/cmdline").read_bytes()}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")
def test_a_process_that_dies_takes_no_other_along_and_another_comes_in_its_place(behind_the_door):
    place = f"http://127.0.0.1:{behind_the_door}/zh/login/"
    told = {each: Path(f"/proc/{each}/environ").read_bytes().split(b"\0") for each in children(os.getpid())}
    (door,) = (each for each, environ in told.items() if f"HUTONG_PORT={behind_the_door}".encode() in environ)
    first, second = children(door)
    os.kill(first, signal.SIGKILL)
    until = time.monotonic() + 60
    while len(now := children(door) - {first}) < 2:
        assert time.monotonic() < until, "no other process came"
        time.sleep(0.1)
    assert second in now
    assert [httpx.get(place, timeout=60).status_code for _ in range(8)] == [200] * 8
    assert second in children(door)
