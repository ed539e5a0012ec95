"""A worker of which a part ended does not live on without it: that is noted, and the process ends with a fault."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from hutong import settings
from hutong.audit import machines
from hutong.core import signed_note
from hutong.db.database import Database
from hutong.installation import opening, watching
from hutong.worker import witnessing

FIRST, *OTHERS = ("integrator", "witnesses", "schedule", "clock", "machine", "nightly")

STRUCK = """
import ctypes, json, sys, threading, time
from hutong import settings
from hutong.installation import opening
from hutong.worker import app

def strike(name):
    while True:
        # Who is struck before it has begun is waited for by the main thread for ever.
        found = [each for each in threading.enumerate() if each.name == name and each.is_alive()]
        if found:
            # What no thread of ours expects: it ends without a word.
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(found[0].ident), ctypes.py_object(SystemExit))
            found[0].join(0.5)
            if not found[0].is_alive():
                return
        time.sleep(0.05)

if len(sys.argv) > 1:
    threading.Thread(target=strike, args=(sys.argv[1],), daemon=True).start()
app.run(opening.told(settings.read(), role="control"))
"""
"""A worker, a part of which is struck down from outside."""


def worker(folder: Path, url: str, *struck: str) -> subprocess.Popen[bytes]:
    given = settings.read({}, data=folder)
    opening.prepare_folder(given)
    environ = {**os.environ, "HUTONG_DATA": str(folder), "HUTONG_DATABASE_URL": url}
    return subprocess.Popen([sys.executable, "-c", STRUCK, *struck], env=environ, stdout=subprocess.DEVNULL)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("part", [FIRST, *(pytest.param(each, marks=pytest.mark.full) for each in OTHERS)])
def test_a_part_that_ended_ends_the_worker_and_is_told_by_the_doors(county, database_url, db: Database, tmp_path, part):
    process = worker(tmp_path / "data", database_url, part)
    try:
        until = time.monotonic() + 100
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        assert process.returncode == 1
    finally:
        process.kill()
        process.wait()
    with db.transaction() as cur:
        now = datetime.now(UTC)
        told = watching.look(watching.Watched(), cur, now=now, clock=lambda: now, machine="m1").problems
    assert [each.facts["threads"] for each in told if each.code == "WORKER_FELL"] == [part]


def test_a_worker_asked_to_stop_ends_without_a_fault(county, database_url, db: Database, tmp_path):
    process = worker(tmp_path / "data", database_url)
    try:
        until = time.monotonic() + 60
        while not latest(db) and time.monotonic() < until:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    with db.transaction() as cur:
        assert "WORKER_FELL" not in [each.code for each in machines.read(cur, now=datetime.now(UTC))]


def test_a_proxy_that_the_environment_names_wrongly_ends_no_thread(db: Database, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "carrier-pigeon://nowhere")
    stop, key = threading.Event(), signed_note.LogSigner.from_seed("county.example/log", bytes(32))
    asking = {"clock": lambda: datetime.now(UTC), "vkeys": lambda: [key.verifier], "stop": stop}
    with structlog.testing.capture_logs() as said:
        thread = threading.Thread(target=witnessing.run, args=(db,), kwargs=asking)
        thread.start()
        try:
            until = time.monotonic() + 60
            while not said and thread.is_alive() and time.monotonic() < until:
                time.sleep(0.1)
            assert ([each["event"] for each in said], thread.is_alive()) == (["witnesses.failed"], True)
        finally:
            stop.set()
            thread.join()


def latest(db: Database) -> datetime | None:
    """Return when a worker last looked at the clock."""
    with db.transaction() as cur:
        return cur.execute("select last_at from audit.clock").fetchone()[0]
