"""Of two processes of one machine that have one key, the second signs nothing, and says who does."""

import secrets
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from hutong.audit import log, waiting
from hutong.audit.heads import Heads
from hutong.audit.signing import AnotherSigns
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database
from hutong.worker import integrator
from hutong.worker.only_signer import OnlySigner

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)

HOLDS = """
import sys
from hutong.core.signed_note import LogSigner
from hutong.worker.only_signer import OnlySigner
only = OnlySigner(LogSigner.from_seed("log.county.example", bytes.fromhex(sys.argv[1])).public)
print(only.other(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def seed() -> bytes:
    return secrets.token_bytes(32)  # of this test alone on this machine


@pytest.fixture
def holder(seed):
    """Another process that signs with the key."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, seed.hex()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "None\n"
        yield process
        process.kill()


def test_the_second_is_told_who_signs_and_signs_no_more_even_when_that_one_has_ended(seed, holder):
    key = LogSigner.from_seed("log.copied.example", seed).public
    late, patient = OnlySigner(key, patience_seconds=0), OnlySigner(key)
    for each in (late, patient):
        assert each.other().facts == {"process": holder.pid}
    holder.kill()
    holder.wait()
    assert late.other().facts == {"process": holder.pid}
    until = time.monotonic() + 20
    while patient.other() is not None and time.monotonic() < until:  # who waits for one that goes
        time.sleep(0.1)
    assert patient.other() is None
    assert OnlySigner(key).other() is not None
    patient.close()


def test_another_key_is_nobody_elses(holder):
    with closing(OnlySigner(LogSigner.from_seed("log.county.example", secrets.token_bytes(32)).public)) as own:
        assert own.other() is None


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(("minutes", "told"), [(0, "signs"), (5, "stopped")])
def test_beside_another_nothing_is_placed_or_signed_and_the_doors_are_told_where_nobody_else_places(
    db, database_url, seed, holder, tmp_path, minutes, told
):
    signer = LogSigner.from_seed("log.county.example", seed)
    with db.transaction() as cur:
        record = {"by": "s", "unit": "o", "grants": 1}
        log.append(cur, [log.LogEntry("plane.grants_read", NOW - timedelta(minutes=minutes), record, "o")])
    stop, stood = threading.Event(), threading.Event()

    class Watched(OnlySigner):
        def other(self) -> AnotherSigns | None:
            if self.asked:
                stood.set()
            self.asked = True
            return super().other()

        asked = False

    given = {"clock": lambda: NOW, "signer": signer, "stop": stop, "heads": Heads(tmp_path)}
    with closing(Database(database_url, role="logkeeper", size=1)) as keeper:
        thread = threading.Thread(
            target=integrator.run, args=(keeper,), kwargs={**given, "only": Watched(signer.public, patience_seconds=0)}
        )
        thread.start()
        try:
            assert stood.wait(60)
        finally:
            stop.set()
            thread.join()
    with db.transaction() as cur:
        state = waiting.read(cur, now=NOW)
        assert (state.state, state.entries) == (told, 1)
        assert cur.execute("select count(*) from audit.checkpoint").fetchone() == (0,)
    assert [*tmp_path.iterdir()] == []
    if told == "stopped":
        assert [(each.code, each.facts) for each in state.problems] == [("ANOTHER_SIGNS", {"process": holder.pid})]
