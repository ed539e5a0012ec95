"""A log changed its key: who pinned the old one follows by the log's own entry, and by nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from served_log import SIGNER, ServedLog, hashes

from hutong.client.bookmarks import Bookmarks
from hutong.client.watching import LogForked, LogRolledBack, Watch
from hutong.client.wire import OpenConnection
from hutong.client.witnessing import Cosigner
from hutong.core.cosignature import WitnessSigner
from hutong.core.errors import Problem
from hutong.core.log_keys import KeyChangeUnproven, KeySignsNoMore
from hutong.core.signed_note import LogSigner, NoteUnsigned, split

NEW = LogSigner.from_seed(SIGNER.name, b"n" * 32)
THIEF = LogSigner.from_seed(SIGNER.name, b"t" * 32)
AT, UNTIL = "2026-11-24T03:00:00.000000Z", "2026-12-24T03:00:00.000000Z"
AFTER = "2026-12-25T03:00:00.000000Z"


@pytest.fixture
def log() -> ServedLog:
    return ServedLog(leaves=hashes(5))


@pytest.fixture
def watch(log: ServedLog, tmp_path: Path) -> Watch:
    return watching(log, tmp_path)


def watching(log: ServedLog, tmp_path: Path, *, key: LogSigner = SIGNER) -> Watch:
    line = OpenConnection("http://platform.example", transport=log.transport)
    return Watch(line, verifier=key.public, bookmarks=Bookmarks(tmp_path / "state.json"))


def go_on(log: ServedLog, *, signer: LogSigner = NEW, at: str = AFTER) -> None:
    """Grow past the old key's end: the new key signs alone."""
    log.after, log.leaves = len(log.leaves), [*log.leaves, *hashes(7)]
    log.signer, log.second, log.at = signer, None, at


@pytest.mark.clause("IS-4.1-b")
def test_who_looks_while_both_sign_goes_on_with_the_new_key_afterwards(log, watch, tmp_path):
    watch.look()
    log.change_key(NEW, at=AT, until=UNTIL)
    assert watch.look().size == 9
    go_on(log)
    log.keys = "{}"  # nothing is asked for any more
    assert watching(log, tmp_path).look().size == 16


@pytest.mark.clause("IS-4.1-b")
def test_who_was_away_for_the_whole_overlap_follows_all_the_same(log, watch):
    watch.look()
    log.change_key(NEW, at=AT, until=UNTIL)
    go_on(log)
    assert watch.look().size == 16


@pytest.mark.parametrize("key", [SIGNER, NEW], ids=["old", "new"])
def test_while_both_sign_either_may_be_pinned(log, tmp_path, key):
    log.change_key(NEW, at=AT, until=UNTIL)
    assert watching(log, tmp_path, key=key).look().size == 9


@pytest.mark.clause("IS-4.1-b")
def test_a_key_without_an_entry_is_not_followed(log, watch):
    watch.look()
    go_on(log, signer=THIEF)
    with pytest.raises(NoteUnsigned):
        watch.look()


def forge(log: ServedLog, what: str) -> None:
    """Tell of a change that did not happen so."""
    told = json.loads(log.keys)
    (only,) = told["changes"]
    if what == "record":
        only["record"] = only["record"].replace(NEW.verifier, THIEF.verifier)
    elif what == "proof":
        only["hashes"][0] = "00" * 32
    elif what == "by nobody":
        only["checkpoint"] = THIEF.sign(split(only["checkpoint"])[0])
    elif what == "by the new key alone":
        only["checkpoint"] = NEW.sign(split(only["checkpoint"])[0])
    elif what == "by the old key alone":
        only["checkpoint"] = SIGNER.sign(split(only["checkpoint"])[0])
    elif what == "no object":
        told = [only]
    log.keys = json.dumps(told)


FORGED = ["record", "proof", "by nobody", "by the new key alone", "by the old key alone", "no object"]


@pytest.mark.clause("IS-4.1-b")
@pytest.mark.parametrize("what", FORGED)
def test_what_does_not_prove_the_change_is_refused(log, watch, what):
    watch.look()
    log.change_key(NEW, at=AT, until=UNTIL)
    go_on(log)
    honest = log.keys
    forge(log, what)
    with pytest.raises(Problem) as refused:
        watch.look()
    assert type(refused.value) in (KeyChangeUnproven, NoteUnsigned)
    log.keys = honest
    assert watch.look().size == 16


def test_a_change_told_of_another_tree_is_a_fork(log, watch, tmp_path):
    watch.look()
    log.change_key(NEW, at=AT, until=UNTIL)
    log.after, log.leaves = len(log.leaves), hashes(30)
    log.signer, log.second, log.at = NEW, None, AFTER  # continues what was seen, not the change
    with pytest.raises(LogForked):
        watch.look()
    (folder,) = (tmp_path / "state.json.evidence").iterdir()
    assert (folder / "log.vkey").read_text() == f"{SIGNER.verifier}\n{NEW.verifier}\n"


def test_what_is_smaller_than_the_change_was_rolled_back(log, watch):
    log.change_key(NEW, at=AT, until=UNTIL)
    log.leaves, log.at = log.leaves[:4], AFTER
    with pytest.raises(LogRolledBack):
        watch.look()


@pytest.mark.clause("IS-4.1-b")
def test_who_followed_takes_nothing_from_the_old_key_any_more(log, watch):
    log.change_key(NEW, at=AT, until=UNTIL)
    watch.look()
    go_on(log, signer=SIGNER)
    with pytest.raises(NoteUnsigned):
        watch.look()
    log.signer, log.second = NEW, SIGNER
    with pytest.raises(KeySignsNoMore):
        watch.look()


@pytest.mark.clause("IS-4.1-b")
def test_a_witness_goes_on_over_the_change_and_hands_in_both_signatures(log, watch, tmp_path):
    key = WitnessSigner.from_seed("witness.county.example", b"w" * 32)
    line = OpenConnection("http://platform.example", transport=log.transport)

    def look():
        Cosigner(line, watch=watching(log, tmp_path), signer=key, now=lambda: datetime.now(UTC)).look()

    look()
    log.change_key(NEW, at=AT, until=UNTIL)
    look()
    go_on(log)
    look()
    signed = [sum(name == SIGNER.name for name, _ in split(note)[1]) for note in log.handed]
    assert signed == [1, 2, 1]
