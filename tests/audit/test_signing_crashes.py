"""Power goes in the middle of a round, for the integrator first or for PostgreSQL first: the next goes on by itself."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dying
import pytest
from remembering import NOW, usage

from databases import FOLDERS
from hutong.audit import checkpoint, hashes, log, signing, tree
from hutong.audit.heads import Heads
from hutong.core.signed_note import LogSigner
from hutong.db import migrate, rights
from hutong.db.database import Database, connection
from hutong.db.embedded import Server

SMALL = [("kept", True), ("placed", False)]


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    """A server that loses nothing of what it has committed, with a log."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        running = Server(Path(folder) / "postgres", patience_seconds=120)
        running.start()
        migrate.migrate(running.url(), folders=FOLDERS)
        with connection(running.url()) as opened, opened.cursor() as cur:
            rights.apply(cur)
        yield running
        running.start()
        running.stop()


def cut_off(server: Server) -> None:
    """Wait until a killed PostgreSQL is gone, and start it again."""
    until = time.monotonic() + 60
    while server.pid is not None and time.monotonic() < until:
        time.sleep(0.01)
    server.revive()


@pytest.mark.parametrize(
    ("step", "database_first"),
    [
        pytest.param(step, first, marks=() if (step, first) in SMALL else pytest.mark.full)
        for step in dying.STEPS
        for first in (True, False)
    ],
)
def test_a_power_cut_after_any_step_needs_nobody(durable, signer, tmp_path, step, database_first):
    heads, url = Heads(tmp_path), durable.url()
    with closing(Database(url, role="owner", size=1)) as db:
        with db.transaction() as cur:
            cur.execute("truncate audit.pending_leaf, audit.leaf, audit.tree_hash, audit.checkpoint")
            cur.execute("update audit.signing set remembers = false")
            log.append(cur, [usage(n) for n in range(20)])
        tree.integrate(db, now=NOW, signer=signer, heads=heads)
        with db.transaction() as cur:
            log.append(cur, [usage(n) for n in range(300)])
    postmaster = durable.pid
    assert postmaster is not None

    ended = dying.integrate(
        url, heads.folder, step=step, now=NOW, postmaster=postmaster if database_first else None
    )
    if not database_first:
        assert ended == -signal.SIGKILL
        os.kill(postmaster, signal.SIGKILL)
    cut_off(durable)

    before = signing.opened(heads.read(1), signer=signer)
    with closing(Database(url, role="owner", size=1)) as db:
        tree.integrate(db, now=NOW, signer=signer, heads=heads)
        with db.transaction() as cur:
            head, size = checkpoint.latest(cur), hashes.size(cur)
            assert head.size == size == 320
            assert before.size in (20, 320)
        assert heads.read(1) == head.note.encode()
        assert tree.integrate(db, now=NOW, signer=signer, heads=heads) == 0


def test_the_signer_of_these_tests_is_the_one_that_dies(signer):
    assert LogSigner.from_seed(dying.NAME, dying.SEED).verifier == signer.verifier
