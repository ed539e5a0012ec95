"""The evidence page, the figures of the home page, and both as a browser draws them."""

import html
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from hutong.core.notes import Checkpoint, LogSigner
from hutong.db.database import Database

SIGNER = LogSigner.from_seed("hutong.test/log", bytes(range(32)))
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CHROMIUM = shutil.which("chromium")


@pytest.fixture
def owner(django_db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The pages' database as its owner sees it; the pages know the log's key."""
    monkeypatch.setattr(settings, "LOG_VKEY", SIGNER.verifier)
    monkeypatch.setattr(settings, "LOG_NAME", SIGNER.name)
    database = Database(django_db, role="owner")
    yield database
    database.close()


def place(db: Database, *, size: int) -> str:
    """Write a checkpoint of `size` entries and return its note."""
    note = SIGNER.sign(Checkpoint(SIGNER.name, size, bytes(32)).text())
    row = (size, bytes(32), NOW, note)
    with db.transaction() as cur:
        cur.execute("insert into audit.checkpoint (size, root, at, note) values (%s, %s, %s, %s)", row)
    return note


def test_home_says_how_long_the_log_is_and_when_it_was_signed(owner):
    assert "尚无检查点" in Client().get("/zh/").content.decode()
    place(owner, size=1_234)
    page = Client().get("/zh/").content.decode()
    assert "1,234" in page
    assert "2026-03-02 09:30" in page


def test_the_command_shown_verifies_the_checkpoint_shown(owner):
    note = place(owner, size=77)
    page = html.unescape(Client().get("/en/evidence/").content.decode())
    assert SIGNER.verifier in page
    assert note in page
    command = re.search(r'<code id="check">(.*?)</code>', page)
    program = shlex.split(command[1].removesuffix("< checkpoint"))
    assert program[0] == "python3"
    run = [sys.executable, *program[1:]]
    good = subprocess.run(run, input=note, capture_output=True, text=True, check=True)
    assert good.stdout.splitlines()[:2] == [SIGNER.name, "77"]
    bad = subprocess.run(run, input=note.replace("\n77\n", "\n78\n"), capture_output=True, text=True)
    assert "NoteForged" in bad.stderr


def test_the_gateway_named_is_the_one_beside_the_pages(owner):
    page = Client().get("/zh/evidence/", headers={"Host": "localhost:8000"}).content.decode()
    assert "curl -sf http://localhost:8001/log/checkpoint" in page


def test_an_address_postgresql_cannot_take_is_refused(owner):
    for path in ("/zh/catalog/?q=a%00b", "/zh/catalog/a%00b/"):
        answer = Client().get(path)
        assert answer.status_code == 400
        assert "地址中含有代码和检索均不允许的字符。" in answer.content.decode()


def test_says_so_when_the_database_is_away(owner, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    for path in ("/zh/", "/zh/evidence/"):
        answer = Client(raise_request_exception=False).get(path)
        assert answer.status_code == 503
        assert "平台数据库暂时无法连接。" in answer.content.decode()


@pytest.fixture
def served(county, tmp_path: Path) -> Iterator[str]:
    """The address of the pages of a small county, served as `hutong serve` does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "HUTONG_DATABASE_URL": county.url,
        "HUTONG_DATA": str(tmp_path),
        "HUTONG_LOG_VKEY": SIGNER.verifier,
        "HUTONG_CLOCK_SHIFT": "-86400",
        "HUTONG_WEB_ROLE": "control",
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "warning", "hutong.web.wsgi:application"], env=environ)
    try:
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/zh/login/")
                break
            except httpx.TransportError:
                assert process.poll() is None, "the pages stopped"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
def test_no_page_is_wider_than_the_screen(served, county, owner):
    from playwright.sync_api import sync_playwright

    place(owner, size=1_234)
    pages = ("", "catalog/", f"catalog/{county.code}/", "evidence/", "login/", "nowhere/")
    kept = os.environ.get("HUTONG_TEST_PICTURES")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=[*quiet, "--no-first-run"])
        for width in (1440, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            for language in ("zh", "en"):
                for path in pages:
                    page.goto(f"{served}/{language}/{path}")
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    assert (language, path, wide) == (language, path, width)
                    if kept:
                        name = f"{language}-{path.split('/')[0] or 'home'}{len(path) > 12}-{width}.png"
                        page.screenshot(path=f"{kept}/{name}", full_page=True)
        assert page.goto(f"{served}/static/hutong.css").headers["x-content-type-options"] == "nosniff"
        browser.close()
