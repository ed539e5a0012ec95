"""A new key of the log follows the old: both sign for a time, and whoever has the old one follows by proof alone."""

import json
import signal
from datetime import datetime, timedelta
from pathlib import Path

import dying
import pytest
from remembering import NOW, usage
from test_signing import cut_back, heads, notes

from hutong.audit import (
    beginning,
    checkpoint,
    epochs,
    export,
    hashes,
    key_changes,
    keychain,
    log,
    signing,
    tree,
    verify,
)
from hutong.audit.beginning import Keys
from hutong.audit.keyfiles import KeyFiles
from hutong.core import signed_note
from hutong.core.lifecycle import Seat
from hutong.core.log_keys import KeySignsNoMore
from hutong.core.signed_note import Checkpoint, LogSigner, Verifier

__all__ = ["heads"]

OPERATOR, AUDITOR, OTHER = {Seat("operator", "")}, {Seat("auditor", "")}, {Seat("consumer", "x")}
REASON = "年度更换（示政电〔2026〕9号）"
DAYS = timedelta(days=30)


def files_of(folder: Path, seed: bytes = dying.SEED) -> KeyFiles:
    """Make the files of a log's first key in a folder."""
    folder.mkdir()
    files = KeyFiles(folder, "log", dying.NAME)
    files.seed(1).write_bytes(seed)
    files.public(1).write_text(LogSigner.from_seed(dying.NAME, seed).verifier)
    return files


@pytest.fixture
def files(tmp_path) -> KeyFiles:
    return files_of(tmp_path / "keys")


def ask(db, files, *, now=NOW, days=30, **more):
    facts = {"kind": "log", "files": files, "days": days, "reason": REASON, "by": "one", "seats": OPERATOR, "now": now}
    return key_changes.request(db, **{**facts, **more})


def approve(db, files, number, *, now=NOW, by="two", seats=AUDITOR):
    return key_changes.approve(db, id=number, files=files, by=by, seats=seats, now=now)


def change(db, files, *, now=NOW, days=30):
    return approve(db, files, ask(db, files, now=now, days=days), now=now)


def enter(db, count, *, at=NOW):
    with db.transaction() as cur:
        log.append(cur, [usage(n, at=at) for n in range(count)])


def integrate(db, files, heads, *, now: datetime = NOW, count=3):
    enter(db, count, at=now)
    return tree.integrate(db, now=now, signer=files, heads=heads)


def signed_by(note: str | bytes, *keys: Verifier) -> list[bool]:
    """Return of each key whether it signed a note."""
    found = {each[:4] for _, each in signed_note.split(note)[1]}
    return [each.key_hash in found and bool(each.open(note)) for each in keys]


def keys_of(files) -> list[Verifier]:
    return [Verifier.parse(each) for each in files.vkeys]


def newest(db) -> checkpoint.Head:
    with db.transaction() as cur:
        return checkpoint.latest(cur)


def exported(db, files, folder, **more):
    first, *later = files.vkeys
    export.export(db, folder, now=NOW, by="吴敏", seats=AUDITOR, vkey=first, later_vkeys=later, **more)
    return folder


def rotated(db, files, heads):
    """A log of which the key was changed, with a checkpoint before, two with both keys, and two after."""
    integrate(db, files, heads)
    change(db, files)
    for at in (NOW, NOW + DAYS / 2, NOW + DAYS, NOW + 2 * DAYS):
        integrate(db, files, heads, now=at)


@pytest.mark.clause("IS-4.1-b")
def test_both_keys_sign_until_the_last_day_of_the_old_and_then_the_new_one_alone(db, files, heads):
    integrate(db, files, heads)
    change(db, files)
    old, new = keys_of(files)

    for at in (NOW, NOW + DAYS - timedelta(seconds=1), NOW + DAYS, NOW + DAYS + DAYS):
        integrate(db, files, heads, now=at)

    assert [signed_by(note, old, new) for note in notes(db)] == [
        [True, False], [True, True], [True, True], [False, True], [False, True],
    ]  # fmt: skip
    with db.transaction() as cur:
        assert [each.number for each in epochs.every(cur)] == [1]
    assert heads.read(1) == newest(db).note.encode()


@pytest.mark.clause("IS-4.1-b")
def test_the_old_key_is_put_away_once_it_signs_no_more(db, files, heads):
    rotated(db, files, heads)

    assert (files.seed(1).read_bytes(), len(files.seed(2).read_bytes())) == (b"", 32)
    assert [str(each.public) for each in files.signers] == files.vkeys[1:]


def test_the_old_key_is_not_put_away_while_it_signs(db, files, heads):
    change(db, files)
    integrate(db, files, heads)
    assert files.seed(1).read_bytes() == dying.SEED


@pytest.mark.clause("IS-4.1-b")
@pytest.mark.parametrize("number", [1, 2])
def test_an_export_is_verified_from_the_old_key_as_from_the_new(db, files, heads, tmp_path, number):
    rotated(db, files, heads)

    folder = exported(db, files, tmp_path / "log")

    report = verify.verify(folder, vkey=files.vkeys[number - 1], now=NOW + 3 * DAYS)
    assert (report.faults, report.size) == ((), newest(db).size)


def test_keys_follow_one_another_more_than_once(db, files, heads, tmp_path):
    rotated(db, files, heads)
    change(db, files, now=NOW + 2 * DAYS)
    for at in (NOW + 2 * DAYS, NOW + 3 * DAYS):
        integrate(db, files, heads, now=at)

    folder = exported(db, files, tmp_path / "log")
    for vkey in files.vkeys:
        assert verify.verify(folder, vkey=vkey, now=NOW + 4 * DAYS).faults == ()
    told = json.loads((folder / "keys.json").read_text())
    assert [each["key"] for each in told["keys"]] == files.vkeys
    ends = [each["until_at"] for each in told["keys"]]
    assert ends == [*sorted(ends[:2]), None]


@pytest.mark.clause("IS-4.1-b")
def test_a_log_that_stood_still_for_the_whole_overlap_is_followed_all_the_same(db, files, heads, tmp_path):
    integrate(db, files, heads)
    change(db, files, days=1)

    for days in (3, 4):
        integrate(db, files, heads, now=NOW + timedelta(days=days))

    old, new = keys_of(files)
    assert [signed_by(note, old, new) for note in notes(db)] == [[True, False], [True, True], [False, True]]
    folder = exported(db, files, tmp_path / "log")
    assert verify.verify(folder, vkey=str(old), now=NOW + 3 * DAYS).faults == ()


@pytest.mark.clause("IS-4.1-b")
def test_a_key_that_no_entry_names_is_refused(db, files, heads, tmp_path):
    integrate(db, files, heads)
    other = files_of(tmp_path / "others", seed=bytes(reversed(range(32))))
    integrate(db, files, heads)
    with db.transaction() as cur:  # somebody signs what follows with a key of their own
        head = checkpoint.latest(cur)
        text = signed_note.split(head.note)[0]
        (thief,) = other.signers
        cur.execute("update audit.checkpoint set note = %s where size = %s", (thief.sign(text), head.size))

    folder = exported(db, files, tmp_path / "log")
    assert ("NOTE_UNSIGNED", "checkpoint") in {
        (getattr(what, "code", what), where)
        for what, where in ((each.what, each.where) for each in verify.verify(folder, now=NOW).faults)
    }


@pytest.mark.clause("IS-4.1-b")
def test_a_change_whose_entry_the_old_key_never_signed_is_refused(db, files, heads, tmp_path):
    rotated(db, files, heads)
    old, new = keys_of(files)
    (signer,) = files.signers
    with db.transaction() as cur:  # those with both signatures lose that of the old key
        for size, note in cur.execute("select size, note from audit.checkpoint").fetchall():
            if signed_by(note, old, new) == [True, True]:
                alone = signer.sign(signed_note.split(note)[0])
                cur.execute("update audit.checkpoint set note = %s where size = %s", (alone, size))

    folder = exported(db, files, tmp_path / "log")

    assert not verify.verify(folder, vkey=str(old), now=NOW + 3 * DAYS).sound


@pytest.mark.parametrize("what", ["record", "salt", "index", "leaf", "missing"])
def test_what_is_told_of_a_change_has_to_be_the_entry_itself(db, files, heads, tmp_path, what):
    rotated(db, files, heads)
    folder = exported(db, files, tmp_path / "log")
    told = json.loads((folder / "keys.json").read_text())
    (only,) = told["changes"]
    thief = LogSigner.from_seed(files.name, bytes(32)).verifier
    if what == "record":
        only["record"] = only["record"].replace(files.vkeys[1], thief)
    elif what == "salt":
        only["salt"] = "00" * 16
    elif what == "index":
        only["index"] += 1
    elif what == "leaf":
        only["record"], told["keys"][0]["key"] = only["record"].replace(files.vkeys[0], thief), thief
    if what == "missing":
        (folder / "keys.json").unlink()
    else:
        (folder / "keys.json").write_text(json.dumps(told))

    for vkey in files.vkeys:
        assert not verify.verify(folder, vkey=vkey, now=NOW + 3 * DAYS).sound


@pytest.mark.clause("IS-4.1-b")
def test_a_key_that_was_put_away_and_signs_all_the_same_is_told(db, files, heads, tmp_path):
    rotated(db, files, heads)
    thief = LogSigner.from_seed(files.name, dying.SEED)
    head = newest(db)
    both = head.note + thief.line_of(signed_note.split(head.note)[0])
    with db.transaction() as cur:
        cur.execute("update audit.checkpoint set note = %s where size = %s", (both, head.size))

    folder = exported(db, files, tmp_path / "log")
    (found,) = verify.verify(folder, vkey=files.vkeys[1], now=NOW + 3 * DAYS).faults

    assert (type(found.what), found.where) == (KeySignsNoMore, "checkpoint")


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("step", dying.KEY_STEPS)
@pytest.mark.parametrize("at", [NOW, NOW + DAYS], ids=["first with both", "first with the new"])
def test_whoever_is_killed_in_the_change_leaves_what_the_next_goes_on_from(
    db, database_url, files, heads, tmp_path, step, at
):
    integrate(db, files, heads)
    change(db, files)
    if at > NOW:
        integrate(db, files, heads)
    enter(db, 200, at=at)
    ended = dying.integrate(database_url, heads.folder, step=step, now=at, keys=files.folder)
    dies = (step != "remembered" or at == NOW) and (step not in ("emptying", "emptied") or at > NOW)
    assert ended == (-signal.SIGKILL if dies else 0)

    enter(db, 1, at=at + timedelta(hours=1))
    for _ in range(100):  # the server notices a lost client when it next writes to it
        if tree.integrate(db, now=at + timedelta(hours=1), signer=files, heads=heads):
            break

    chain_old, chain_new = keys_of(files)
    with db.transaction() as cur:
        assert hashes.size(cur) == newest(db).size
    assert len({Checkpoint.parse(signed_note.split(note)[0]).size for note in notes(db)}) == len(notes(db))
    assert signed_by(newest(db).note, chain_old, chain_new) == [at == NOW, True]
    assert (files.seed(1).read_bytes() == b"") == (at > NOW)
    report = verify.verify(exported(db, files, tmp_path / "log"), vkey=str(chain_old), now=NOW + 2 * DAYS)
    assert report.faults == ()


@pytest.mark.clause("SX-11-a")
def test_a_database_set_back_over_the_change_stops_and_the_next_epoch_has_the_new_key(db, files, heads, tmp_path):
    integrate(db, files, heads)
    size = newest(db).size
    number = ask(db, files)
    integrate(db, files, heads)
    approve(db, files, number)
    for at in (NOW, NOW + DAYS):
        integrate(db, files, heads, now=at)
    cut_back(db, size=size)
    with db.transaction() as cur:
        cur.execute("delete from audit.key_change")
    later = NOW + DAYS + DAYS

    with pytest.raises(signing.HeadNotContinued):
        integrate(db, files, heads, now=later)
    keys = Keys(files, heads)
    asked = beginning.request(db, keys=keys, reason=REASON, by="one", seats=OPERATOR, now=later)
    begun = beginning.approve(db, keys=keys, request=asked, by="two", seats=AUDITOR, now=later)
    integrate(db, files, heads, now=later)

    name = begun.origin(files.name)
    old, new = (each.named(name) for each in keys_of(files))
    assert signed_by(newest(db).note, old, new) == [False, True]
    folder = exported(db, files, tmp_path / "log")
    assert (folder / "log.vkey").read_text() == f"{new}\n"
    report = verify.verify(folder, vkey=str(new), now=later)
    # Nothing that is left leads from the key of the epoch before to this one.
    assert [each.where for each in report.faults] == ["epoch/1/checkpoint", "epoch/1"]


def test_without_its_key_nothing_is_signed_and_that_is_told(db, files, heads):
    change(db, files)
    integrate(db, files, heads)
    files.empty(2)

    with pytest.raises(keychain.LogKeyMissing):
        integrate(db, files, heads)
    with db.transaction() as cur:
        assert newest(db).size < hashes.size(cur)


@pytest.mark.parametrize("changed", [False, True])
def test_a_key_that_is_lost_for_good_is_gone_on_from_by_a_new_epoch_under_another(db, files, heads, tmp_path, changed):
    if changed:
        rotated(db, files, heads)
    else:
        integrate(db, files, heads)
    for each in files.folder.iterdir():
        each.unlink()
    files.folder.rmdir()
    other = files_of(files.folder, seed=b"o" * 32)
    later = NOW + DAYS + DAYS

    with pytest.raises(signing.LogKeyMissing if changed else signing.HeadForged):
        integrate(db, other, heads, now=later)
    keys = Keys(other, heads)
    asked = beginning.request(db, keys=keys, reason=REASON, by="one", seats=OPERATOR, now=later)
    begun = beginning.approve(db, keys=keys, request=asked, by="two", seats=AUDITOR, now=later)
    for _ in range(2):
        integrate(db, other, heads, now=later)

    folder = exported(db, other, tmp_path / "log")
    vkey = begun.verifier(other.vkeys[0])
    assert (folder / "log.vkey").read_text() == f"{vkey}\n"
    assert verify.verify(folder, vkey=vkey, now=later).size == newest(db).size
