"""The evidence page and the figures of the home page."""

import html
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from browsing import SIGNER
from django.db import connection
from django.test import Client

from hutong.core.signed_note import Checkpoint
from hutong.db.database import Database

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def owner(django_db: str) -> Iterator[Database]:
    """The pages' database as its owner sees it."""
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
    assert program[0] == ".venv/bin/python"
    run = [sys.executable, *program[1:]]
    good = subprocess.run(run, input=note, capture_output=True, text=True, check=True)
    assert good.stdout.splitlines()[:2] == [SIGNER.name, "77"]
    bad = subprocess.run(run, input=note.replace("\n77\n", "\n78\n"), capture_output=True, text=True)
    assert "NoteForged" in bad.stderr
    whole = re.search(r'<code id="whole">(.*?)</code>', page)
    assert shlex.split(whole[1]) == [".venv/bin/hutong", "audit", "verify", "evidence", "--key", SIGNER.verifier]


def test_the_gateway_named_is_the_one_beside_the_pages(owner):
    page = Client().get("/zh/evidence/", headers={"Host": "localhost:8000"}).content.decode()
    assert "curl -sf http://localhost:8001/log/checkpoint" in page


def test_an_address_postgresql_cannot_take_is_refused(owner):
    for path in ("/zh/catalog/?q=a%00b", "/zh/catalog/a%00b/"):
        answer = Client().get(path)
        assert answer.status_code == 400
        assert "改变书写方向的字符，无法保存。" in answer.content.decode()


def test_says_so_when_the_database_is_away(owner, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    for path in ("/zh/", "/zh/evidence/"):
        answer = Client(raise_request_exception=False).get(path)
        assert answer.status_code == 503
        assert "平台数据库暂时无法连接。" in answer.content.decode()


def test_a_static_file_is_served_as_what_it_is(county):
    answer = Client(HTTP_HOST="localhost").get("/static/hutong.css")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("text/css", "nosniff")


def test_the_key_shown_is_that_of_the_epoch_that_is_written_and_those_before_are_named(owner):
    place(owner, size=77)
    named = SIGNER.named(f"{SIGNER.name}/2")
    note = named.sign(Checkpoint(named.name, 5, bytes(32)).text())
    with owner.transaction() as cur:
        cur.execute("insert into audit.epoch (number, first_seq) values (2, 77)")
        row = (2, 5, bytes(32), NOW, note)
        cur.execute("insert into audit.checkpoint (epoch, size, root, at, note) values (%s, %s, %s, %s, %s)", row)

    page = html.unescape(Client().get("/en/evidence/").content.decode())

    assert re.search(r'<code id="vkey">(.*?)</code>', page)[1] == named.verifier
    assert note in page
    assert SIGNER.verifier in page.partition("Epochs before")[2]
    assert "/log/epoch/1/checkpoint" in page
