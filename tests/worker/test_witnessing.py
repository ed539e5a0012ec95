"""A witness that can be called is asked for its cosignature as C2SP tlog-witness has it, and keeps nobody waiting."""

import base64
from contextlib import closing
from datetime import UTC, datetime

import httpx
import pytest

from hutong.audit import checkpoint, log, tree, witnesses
from hutong.audit.log import LogEntry
from hutong.core import merkle
from hutong.core.cosignature import WitnessSigner
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import Checkpoint, LogSigner
from hutong.db.database import Database
from hutong.worker import witnessing

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOG = LogSigner.from_seed("log.county.example", bytes(range(32)))
STRANGER = WitnessSigner.from_seed("x.example", b"x" * 32)
READ = LogEntry("plane.grants_read", NOW, {"by": "s", "unit": "o", "grants": 1}, "o")
AUTHORITY = {"by": "郑洁", "seats": {Seat("authority")}, "now": NOW}


class AWitness:
    """A witness as the specification has one; it remembers the checkpoint it cosigned last."""

    def __init__(self, name="w1.example", *, seed=b"w" * 32):
        self.key = WitnessSigner.from_seed(name, seed)
        self.last = Checkpoint(LOG.name, 0, merkle.EMPTY_ROOT)
        self.asked = []
        self.reply = None

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/w/add-checkpoint")
        head, _, note = request.content.decode().partition("\n\n")
        old, *hashes = head.split("\n")
        size, proof = int(old.removeprefix("old ")), [base64.b64decode(each) for each in hashes]
        self.asked.append(size)
        if self.reply is not None:
            return self.reply
        told = Checkpoint.parse(LOG.public.open(note))
        if size != self.last.size:
            return httpx.Response(409, text=f"{self.last.size}\n", headers={"content-type": "text/x.tlog.size"})
        try:
            merkle.verify_consistency(
                first=size, second=told.size, first_root=self.last.root, second_root=told.root, proof=proof
            )
        except merkle.ProofRejected:
            return httpx.Response(422)
        self.last = told
        return httpx.Response(200, text=self.key.cosign(note, at=int(NOW.timestamp())))


@pytest.fixture
def witness():
    return AWitness()


@pytest.fixture
def enter(db):
    def entered(count):
        with db.transaction() as cur:
            log.append(cur, [READ] * count)
        tree.integrate(db, now=NOW, signer=LOG)

    return entered


@pytest.fixture
def ask(db, database_url, witness):
    """Ask as the worker does, with its own rights."""
    witnesses.register(db, key=str(witness.key.public), url="http://w1.example/w/", **AUTHORITY)
    with (
        closing(Database(database_url, role="logkeeper", size=1)) as own,
        httpx.Client(transport=httpx.MockTransport(witness.answer)) as line,
    ):
        yield lambda: witnessing.ask(own, line, clock=lambda: NOW, vkeys=[LOG.verifier])


def cosigned(db, key):
    with db.transaction() as cur:
        note = witnesses.with_cosignatures(cur, witnesses.newest(cur, quorum=1))
    assert key.public.cosigned_at(note) == int(NOW.timestamp())
    return Checkpoint.parse(LOG.public.open(note)).size


def test_each_new_checkpoint_is_cosigned_once(db, enter, ask, witness):
    assert ask() == []  # nothing is signed yet
    for count in (1, 5, 300):
        enter(count)
        assert ask() == ["w1.example"]
        assert ask() == []
        with db.transaction() as cur:
            assert cosigned(db, witness.key) == checkpoint.latest(cur).size
    assert witness.asked[0] == 0
    assert len(witness.asked) == 3


def test_a_witness_that_remembers_another_size_is_asked_from_there(db, enter, ask, witness):
    enter(7)
    ask()
    with db.transaction() as cur:
        cur.execute("delete from audit.cosignature")
    enter(70)
    assert ask() == ["w1.example"]
    assert witness.asked == [0, 0, witness.asked[2]]
    assert witness.asked[2] > 0


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(500),
        httpx.Response(200, text=""),
        httpx.Response(200, text="nothing of the kind\n"),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(409, text="99999\n", headers={"content-type": "text/x.tlog.size"}),
        httpx.Response(409, text="no size\n", headers={"content-type": "text/x.tlog.size"}),
        httpx.Response(302, headers={"location": "http://elsewhere.example/"}),
        httpx.Response(200, text=STRANGER.cosign("a\n\n\N{EM DASH} a AAAAAAA=\n", at=1)),
    ],
)
def test_what_is_no_cosignature_is_passed_over_and_asked_again(db, enter, ask, witness, reply):
    enter(3)
    witness.reply = reply
    assert ask() == []
    with db.transaction() as cur:
        assert cur.execute("select count(*) from audit.cosignature").fetchone() == (0,)
    witness.reply = None
    assert ask() == ["w1.example"]


def test_a_log_that_was_rewritten_is_not_cosigned(db, enter, ask, witness):
    enter(40)
    ask()
    enter(1)
    with db.transaction() as cur:
        cur.execute("update audit.leaf set data = data || ' ', hash = %s where seq = 4", [merkle.leaf_hash(b"x")])
        hashes = [bytes(row[0]) for row in cur.execute("select hash from audit.leaf order by seq")]
        note = LOG.sign(Checkpoint(LOG.name, len(hashes), merkle.root(hashes)).text())
        cur.execute("update audit.checkpoint set note = %s where size = %s", [note, len(hashes)])
    assert ask() == []
    assert witness.last.size == cosigned(db, witness.key) < len(hashes)


def test_neither_who_polls_nor_who_was_ended_is_asked(db, enter, ask, witness):
    polls = WitnessSigner.from_seed("w2.example", b"2" * 32)
    witnesses.register(db, key=str(polls.public), **AUTHORITY)
    witnesses.end(db, name="w1.example", reason="撤并", **AUTHORITY)
    enter(2)
    assert ask() == []
    assert witness.asked == []
