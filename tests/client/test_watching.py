"""Who looks twice finds a log that was forked, rolled back or set back, and keeps both sides."""

import json
from pathlib import Path

import pytest
from served_log import SIGNER, ServedLog, hashes

from hutong.client.bookmarks import Bookmarks
from hutong.client.watching import (
    LogEpochGone,
    LogForked,
    LogInNextEpoch,
    LogOfAnother,
    LogRolledBack,
    LogSetBack,
    TilesDamaged,
    Watch,
    follow,
)
from hutong.client.wire import OpenConnection, PlatformOutOfReach
from hutong.core import log_epochs, merkle, text
from hutong.core.errors import Problem
from hutong.core.signed_note import Checkpoint, LogSigner, NoteForged, NoteUnsigned

SIZES = [(1, 2), (1, 300), (2, 3), (4, 4), (7, 64), (8, 64), (64, 65), (100, 256), (128, 300), (256, 700), (257, 700)]


@pytest.fixture
def log() -> ServedLog:
    return ServedLog()


@pytest.fixture
def watch(log: ServedLog, tmp_path: Path) -> Watch:
    line = OpenConnection("http://platform.example", transport=log.transport)
    return Watch(line, verifier=SIGNER.public, bookmarks=Bookmarks(tmp_path / "state.json"))


def sides(tmp_path: Path) -> dict[str, str]:
    (folder,) = (tmp_path / "state.json.evidence").iterdir()
    return {file.name: file.read_text() for file in folder.iterdir()}


@pytest.mark.parametrize(("first", "second"), SIZES)
def test_what_continues_is_seen(log: ServedLog, watch: Watch, tmp_path: Path, first: int, second: int) -> None:
    for size in (first, second):
        log.leaves = hashes(size)
        assert watch.look().size == size
    assert not (tmp_path / "state.json.evidence").exists()


@pytest.mark.parametrize(("first", "second"), SIZES)
def test_both_sides_of_a_fork_are_kept_with_what_proves_it(
    log: ServedLog, watch: Watch, tmp_path: Path, first: int, second: int
) -> None:
    log.leaves = hashes(first)
    seen = log.checkpoint
    watch.look()
    log.leaves = hashes(second, story="!", since=first - 1)
    with pytest.raises(LogForked) as fork:
        watch.look()
    kept = sides(tmp_path)
    assert (kept["seen.checkpoint"], kept["served.checkpoint"]) == (seen, log.checkpoint)
    assert str(fork.value.facts["folder"]).startswith(str(tmp_path))
    told = json.loads(kept["consistency.json"])
    root, proof = bytes.fromhex(told["root"]), [bytes.fromhex(each) for each in told["hashes"]]
    before, after = (Checkpoint.parse(SIGNER.public.open(note)) for note in (seen, log.checkpoint))
    merkle.verify_consistency(
        first=first, second=second, first_root=root, second_root=after.root, proof=proof
    )  # a stranger needs no tiles of ours
    assert root != before.root
    with pytest.raises(LogForked):  # it stays found
        watch.look()
    assert sides(tmp_path) == kept


@pytest.mark.parametrize(("first", "second"), [each for each in SIZES if each[0] != each[1]])
@pytest.mark.parametrize("place", [0, 17, -1])
def test_a_byte_flipped_on_the_way_is_no_fork(
    log: ServedLog, watch: Watch, tmp_path: Path, first: int, second: int, place: int
) -> None:
    log.leaves = hashes(first)
    watch.look()
    log.leaves = hashes(second)

    def flipped(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[place] ^= 4
        return bytes(changed)

    log.passing = flipped
    with pytest.raises(TilesDamaged):
        watch.look()
    log.passing = bytes
    assert watch.look().size == second
    assert not (tmp_path / "state.json.evidence").exists()


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"x", lambda data: b""])
def test_a_tile_of_another_length_is_no_fork(log: ServedLog, watch: Watch, change: object) -> None:
    log.leaves = hashes(70)
    watch.look()
    log.leaves, log.passing = hashes(300), change  # type: ignore[assignment]
    with pytest.raises(TilesDamaged):
        watch.look()


def test_both_sides_of_a_log_that_was_rolled_back_are_kept(log: ServedLog, watch: Watch, tmp_path: Path) -> None:
    log.leaves = hashes(300)
    seen = log.checkpoint
    watch.look()
    log.leaves = hashes(200)
    with pytest.raises(LogRolledBack):
        watch.look()
    kept = sides(tmp_path)
    assert (kept["seen.checkpoint"], kept["served.checkpoint"]) == (seen, log.checkpoint)


def test_moments_do_not_go_back(log: ServedLog, watch: Watch, tmp_path: Path) -> None:
    log.leaves = hashes(3)
    watch.look()
    log.leaves, log.at = hashes(9), "2026-11-23T02:59:59.999999Z"
    with pytest.raises(LogSetBack):
        watch.look()
    assert sides(tmp_path)["served.checkpoint"] == log.checkpoint


def test_another_log_and_another_key_are_told_apart_from_a_fork(log: ServedLog, watch: Watch) -> None:
    log.leaves = hashes(3)
    watch.look()
    log.note = SIGNER.sign(Checkpoint("log.other.example", 9, bytes(32)).text())
    with pytest.raises(LogOfAnother):
        watch.look()
    head = Checkpoint(SIGNER.name, 9, bytes(32)).text()
    log.note = SIGNER.sign(head).replace(head, head.replace("\n9\n", "\n8\n"))
    with pytest.raises(NoteForged):
        watch.look()


class Enough(Exception):
    """What ends a test of something that never ends."""


def run(watch: Watch, turns: list[object]) -> tuple[list[int], list[str]]:
    """Follow a log while each turn is done to it, one after every look."""
    seen: list[int] = []
    failed: list[str] = []

    def sleep(seconds: float) -> None:
        assert seconds == 7
        if not turns:
            raise Enough
        turns.pop(0)()  # type: ignore[operator]

    def failing(problem: Problem) -> None:
        failed.append(problem.code)

    with pytest.raises((Enough, LogForked)):
        follow(watch, seen=lambda head: seen.append(head.size), failed=failing, every_seconds=7, sleep=sleep)
    return seen, failed


def test_it_goes_on_over_what_passes_and_ends_at_a_fork(log: ServedLog, watch: Watch, tmp_path: Path) -> None:
    log.leaves = hashes(10)

    def turn(**changes: object) -> object:
        def done() -> None:
            for name, value in changes.items():
                setattr(log, name, value)

        return done

    stranger = LogSigner.from_seed(SIGNER.name, b"\x07" * 32)
    turns = [
        turn(),
        turn(fails=True),
        turn(fails=False, note="no note at all"),
        turn(note=stranger.sign("x\n")),
        turn(note=None, leaves=hashes(40), passing=lambda data: data[::-1]),
        turn(passing=bytes),
        turn(leaves=hashes(90, story="!", since=3)),
    ]
    seen, failed = run(watch, turns)
    assert seen == [10, 40]
    assert failed == ["PLATFORM_OUT_OF_REACH", "NOTE_MALFORMED", "NOTE_UNSIGNED", "TILES_DAMAGED"]
    assert turns == []
    assert set(sides(tmp_path)) == {"log.vkey", "seen.checkpoint", "served.checkpoint", "consistency.json"}


def test_it_looks_on_as_long_as_nobody_ends_it(log: ServedLog, watch: Watch) -> None:
    log.leaves = hashes(10)
    assert run(watch, [lambda: None] * 50) == ([10], [])


def test_one_look_tells_that_nobody_answers(log: ServedLog, watch: Watch) -> None:
    log.fails = True
    with pytest.raises(PlatformOutOfReach):
        watch.look()


def next_epoch(log: ServedLog, *, stays: int, number: int = 2, size: int = 9) -> None:
    """Let the log begin another epoch; of the one before so many entries are served."""
    was = ServedLog(leaves=log.leaves[:stays], signer=log.signer)
    log.before = {**log.before, number - 1: was}
    log.signer = SIGNER.named(log_epochs.origin(SIGNER.name, number))
    log.leaves = hashes(size, story=f" of epoch {number}")


@pytest.mark.parametrize("stays", [300, 200, 0])
@pytest.mark.clause("SX-11-a")
def test_another_epoch_is_told_with_all_that_was_seen_and_followed_only_when_its_key_is_pinned(
    log: ServedLog, watch: Watch, tmp_path: Path, stays: int
) -> None:
    log.leaves = hashes(300)
    seen = log.checkpoint
    watch.look()
    next_epoch(log, stays=stays)
    for _ in range(2):
        with pytest.raises(LogInNextEpoch) as told:
            watch.look()
        assert {**told.value.facts, "folder": ""} == {
            "epoch": 2, "ended": 1, "key": log.signer.verifier, "size": stays, "seen": 300, "folder": "",
        }  # fmt: skip
        for language in ("zh", "en"):
            assert log.signer.verifier in text.say(told.value, language=language).message
    assert sides(tmp_path) == {
        "log.vkey": f"{SIGNER.verifier}\n", "epoch.vkey": f"{log.signer.verifier}\n", "seen.checkpoint": seen,
        "served.checkpoint": log.before[1].checkpoint, "epoch.checkpoint": log.checkpoint,
    }  # fmt: skip
    with pytest.raises(LogInNextEpoch):
        follow(watch, seen=lambda _: None, failed=lambda _: None, every_seconds=7, sleep=lambda _: None)

    line = OpenConnection("http://platform.example", transport=log.transport)
    kept = Bookmarks(tmp_path / "state.json")
    told_of = Watch(line, verifier=log.signer.public, bookmarks=kept)
    assert told_of.look().size == 9
    log.leaves += hashes(400)
    assert told_of.look().size == 409
    assert kept.read()["logs"][SIGNER.verifier] == seen
    log.leaves = log.leaves[:200]
    with pytest.raises(LogRolledBack):  # the next epoch binds like the first
        told_of.look()


def test_what_ended_and_was_seen_to_be_longer_is_told_as_another_epoch_at_the_old_place_too(
    log: ServedLog, watch: Watch
) -> None:
    log.leaves = hashes(300)
    watch.look()
    next_epoch(log, stays=200)
    with pytest.raises(LogInNextEpoch):
        watch.accept(log.before[1].checkpoint)
    log.fails = True
    with pytest.raises(LogRolledBack):  # of an epoch nobody tells
        watch.accept(log.before[1].checkpoint)


def test_a_log_that_is_back_in_an_epoch_before_the_pinned_one_is_told(log: ServedLog, tmp_path: Path) -> None:
    log.leaves = hashes(300)
    next_epoch(log, stays=200)
    line = OpenConnection("http://platform.example", transport=log.transport)
    watch = Watch(line, verifier=log.signer.public, bookmarks=Bookmarks(tmp_path / "state.json"))
    watch.look()
    log.signer, log.leaves = SIGNER, hashes(250)
    with pytest.raises(LogEpochGone) as told:
        watch.look()
    assert (told.value.facts["epoch"], told.value.facts["pinned"], told.value.facts["seen"]) == (1, 2, 9)
    assert set(sides(tmp_path)) == {"log.vkey", "epoch.vkey", "seen.checkpoint", "epoch.checkpoint"}


@pytest.mark.parametrize(
    "name", ["log.other.example/2", "log.county.example/02", "log.county.example/x", "log.county.example2"]
)
def test_a_note_of_no_epoch_of_the_pinned_log_is_another_logs(log: ServedLog, watch: Watch, name: str) -> None:
    other = SIGNER.named(name)
    log.note = other.sign(Checkpoint(name, 9, bytes(32)).text())
    with pytest.raises(NoteUnsigned):
        watch.look()


def test_an_epoch_that_another_key_signed_is_no_epoch_of_the_log(log: ServedLog, watch: Watch) -> None:
    stranger = LogSigner.from_seed(f"{SIGNER.name}/2", b"\x07" * 32)
    log.note = stranger.sign(Checkpoint(stranger.name, 9, bytes(32)).text())
    with pytest.raises(NoteUnsigned):
        watch.look()


@pytest.mark.parametrize(("seen", "stays"), [(300, 300), (300, 200), (100, 200), (None, 200)])
def test_a_checkpoint_of_an_epoch_before_the_pinned_one_agrees_with_what_was_seen_of_it(
    log: ServedLog, watch: Watch, tmp_path: Path, seen: int | None, stays: int
) -> None:
    if seen is not None:
        log.leaves = hashes(seen)
        watch.look()
    log.leaves = hashes(400)
    next_epoch(log, stays=stays)
    line = OpenConnection("http://platform.example", transport=log.transport)
    told_of = Watch(line, verifier=log.signer.public, bookmarks=Bookmarks(tmp_path / "state.json"))
    note = log.before[1].checkpoint
    assert told_of.is_former(note) and not told_of.is_former(log.checkpoint)
    assert told_of.accept_former(note).size == stays
    if seen is not None and seen <= stays:
        log.before[1].leaves = hashes(stays, story="!", since=3)
        with pytest.raises(LogForked):
            told_of.accept_former(log.before[1].checkpoint)
