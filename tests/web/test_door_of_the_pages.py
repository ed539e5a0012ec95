"""The pages behind the door that `hutong serve` opens: an officer's large file, and where it waits."""

import csv
import io
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from acting import NOW, PASSWORD
from browsing import SIGNER
from test_slow_senders import free_port, slow

from hutong.plane import spool_folder
from hutong.plane.keys import Keyring


@pytest.fixture
def behind_the_door(county, tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "spool").mkdir()
    Keyring.create(tmp_path / "keys" / "keyring.json")
    port = free_port()
    environ = {
        **os.environ,
        "HUTONG_DATABASE_URL": county.url,
        "HUTONG_DATA": str(tmp_path),
        "HUTONG_LOG_VKEY": SIGNER.verifier,
        "HUTONG_CLOCK_SHIFT": str((NOW + timedelta(hours=1) - datetime.now(UTC)).total_seconds()),
        "HUTONG_WEB_ROLE": "control",
        "DJANGO_SETTINGS_MODULE": "hutong.web.conf",
    }
    opened = f"""
from granian.constants import Interfaces
from hutong import doors
doors._listen(doors.pages, host="127.0.0.1", port={port}, interface=Interfaces.ASGI)
"""
    process = subprocess.Popen([sys.executable, "-c", opened], env=environ)
    try:
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/zh/login/")
                break
            except httpx.TransportError:
                assert process.poll() is None, "the pages stopped"
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


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
        assert answer.status_code in (400, 404, 409, 422), answer.text  # it came through, and its content is refused
        assert "REQUEST_MALFORMED" not in answer.text

        (mine,) = (tmp_path / "spool").iterdir()  # the web process's own, and empty
        assert (mine.name.startswith(spool_folder.PREFIX), list(mine.iterdir())) == (True, [])
        assert spool_folder.sweep(tmp_path / "spool") == 0
        large = b"--x\r\n" + b"x" * (3 << 20)
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert httpx.post(f"{place}/zh/login/", content=large, headers=headers, timeout=60).status_code == 413
        assert client.get("/static/hutong.css").headers["Content-Type"].startswith("text/css")
