"""A witness cosigns what continues all it saw, hands it in, and cosigns nothing of a log that does not continue."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from gateway_county import County, Door, now
from served_log import SIGNER, ServedLog, hashes
from typer.testing import CliRunner

from hutong.audit import checkpoint, tree, witnesses
from hutong.client import cli, keys
from hutong.client.bookmarks import Bookmarks
from hutong.client.watching import LogForked, LogRolledBack, Watch
from hutong.client.wire import OpenConnection, UnverifiedRefusal
from hutong.client.witnessing import Cosigner, WitnessNameMisshaped, signer
from hutong.core.cosignature import WitnessKey, WitnessSigner
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import Checkpoint, NoteUnsigned

KEY = WitnessSigner.from_seed("witness.county.example", b"w" * 32)
AT = datetime(2026, 11, 23, 3, 0, 5, 999999, tzinfo=UTC)


@pytest.fixture
def log() -> ServedLog:
    return ServedLog(leaves=hashes(10))


def witness(log: ServedLog, tmp_path: Path) -> Cosigner:
    """The witness as it is begun: what it saw before stands in its folder."""
    line = OpenConnection("http://platform.example", transport=log.transport)
    watch = Watch(line, verifier=SIGNER.public, bookmarks=Bookmarks(tmp_path / "witness.json"))
    return Cosigner(line, watch=watch, signer=KEY, now=lambda: AT)


def cosigned(log: ServedLog) -> list[tuple[int, int]]:
    """Size of each checkpoint that was handed in, and when it was cosigned."""
    return [(Checkpoint.parse(SIGNER.public.open(note)).size, KEY.public.cosigned_at(note)) for note in log.handed]


def test_each_new_checkpoint_is_cosigned_once_and_handed_in(log: ServedLog, tmp_path: Path) -> None:
    one = witness(log, tmp_path)
    for size in (10, 10, 300, 300):
        log.leaves = hashes(size)
        assert one.look().size == size
    assert cosigned(log) == [(10, int(AT.timestamp())), (300, int(AT.timestamp()))]


def test_it_goes_on_from_what_it_saw_before_it_was_begun_anew(log: ServedLog, tmp_path: Path) -> None:
    witness(log, tmp_path).look()
    log.leaves = hashes(40)
    assert witness(log, tmp_path).look().size == 40
    log.leaves = hashes(90, story="!", since=20)
    with pytest.raises(LogForked):
        witness(log, tmp_path).look()
    assert [size for size, _ in cosigned(log)] == [10, 40]


def test_of_a_log_that_was_set_back_it_cosigns_nothing_and_says_why(log: ServedLog, tmp_path: Path) -> None:
    log.leaves = hashes(300)
    one = witness(log, tmp_path)
    one.look()
    log.handed.clear()
    for size in (200, 299):
        log.leaves = hashes(size)
        with pytest.raises(LogRolledBack):
            one.look()
    log.leaves = hashes(400, story="!", since=200)  # it grew again, over the same place
    with pytest.raises(LogForked):
        one.look()
    assert log.handed == []
    assert len([*(tmp_path / "witness.json.evidence").iterdir()]) == 3


def test_what_was_not_taken_is_handed_in_again(log: ServedLog, tmp_path: Path) -> None:
    one = witness(log, tmp_path)
    log.takes = False
    with pytest.raises(UnverifiedRefusal):
        one.look()
    log.takes = True
    one.look()
    assert [size for size, _ in cosigned(log)] == [10]


def test_it_hands_in_no_cosignature_but_its_own(log: ServedLog, tmp_path: Path) -> None:
    other = WitnessSigner.from_seed("other.example", b"o" * 32)
    log.note = log.checkpoint + other.cosign(log.checkpoint, at=7)
    witness(log, tmp_path).look()
    (note,) = log.handed
    assert KEY.public.cosigned_at(note)
    with pytest.raises(NoteUnsigned):
        other.public.cosigned_at(note)


def test_its_key_is_a_file_and_its_name_has_no_spaces(tmp_path: Path) -> None:
    made = keys.generate(tmp_path / "key")
    public = WitnessKey.parse(str(signer("w.example", tmp_path / "key").public))
    assert public.public_key == made.private.public_key().public_bytes_raw()
    with pytest.raises(WitnessNameMisshaped):
        signer("w example", tmp_path / "key")


def test_it_witnesses_a_platform_in_a_process_of_its_own(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = county.start()
    keys.generate(tmp_path / "key")
    shift = round((now() - datetime.now(UTC)).total_seconds())
    given = {"URL": door.url, "LOG": county.log.verifier, "BOOKMARKS": str(tmp_path / "w.json")}
    for name, value in {**given, "SHIFT_SECONDS": str(shift)}.items():
        monkeypatch.setenv(f"HUTONG_CLIENT_{name}", value)
    name = ["witness.county.example", str(tmp_path / "key")]
    vkey = CliRunner().invoke(cli.app, ["witness-key", *name]).output.strip()
    enter(door)
    refused = CliRunner().invoke(cli.app, ["witness", *name, "--once"])  # nobody registered it
    assert refused.exit_code == 1
    assert httpx.get(f"{door.url}/log/checkpoint/cosigned").json()["code"] == "NOT_COSIGNED_YET"
    register(county, vkey)
    enter(door)
    assert CliRunner().invoke(cli.app, ["witness", *name, "--once"]).exit_code == 0
    assert httpx.get(f"{door.url}/log/checkpoint/cosigned").json()["code"] == "NOT_COSIGNED_YET"
    settle(county)  # as the worker does
    for place in ("/log/checkpoint", "/log/checkpoint/cosigned"):
        note = httpx.get(f"{door.url}{place}").text
        assert WitnessKey.parse(vkey).cosigned_at(note)
        county.log.public.open(note)
    cosigned = note
    enter(door)
    assert httpx.get(f"{door.url}/log/checkpoint/cosigned").text == cosigned
    with pytest.raises(NoteUnsigned):
        WitnessKey.parse(vkey).cosigned_at(httpx.get(f"{door.url}/log/checkpoint").text)


def test_a_process_of_its_own_cosigns_nothing_of_a_platform_that_was_set_back(county: County, tmp_path: Path) -> None:
    door = county.start()
    keys.generate(tmp_path / "key")
    vkey = str(signer("witness.county.example", tmp_path / "key").public)
    register(county, vkey)
    early = enter(door)
    shift = round((now() - datetime.now(UTC)).total_seconds())
    given = ("--url", door.url, "--log", county.log.verifier, "--bookmarks", str(tmp_path / "w.json"))
    process = subprocess.Popen(
        [sys.executable, "-m", "hutong.cli", "client", *given,
         "witness", "witness.county.example", str(tmp_path / "key"), "--every", "0.2"],
        env={**os.environ, "HUTONG_CLIENT_SHIFT_SECONDS": str(shift), "LANG": "en_US.UTF-8"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    with process:
        try:
            until_cosigned(door, early)
            late = enter(door)
            until_cosigned(door, late)
            with county.db.transaction() as cur:  # as a backup of before has it
                cur.execute("delete from audit.cosignature where size > %s", [early])
                cur.execute("delete from audit.checkpoint where size > %s", [early])
            said, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 1
    assert f"The log was rolled back: {early} entries now, {late} when last seen" in said
    assert len([*tmp_path.glob("w.json.evidence/*/*.checkpoint")]) == 2
    assert f"\n{early}\n" in httpx.get(f"{door.url}/log/checkpoint/cosigned").text  # and nothing since


def settle(county: County) -> None:
    """Let what was handed in be kept, by the rights of the worker."""
    keeper = type(county.db)(county.database_url, role="logkeeper", size=1)
    witnesses.settle(keeper, vkeys=[county.log.verifier], now=now())
    keeper.close()


def until_cosigned(door: Door, size: int) -> None:
    for _ in range(600):
        settle(door.county)
        if f"\n{size}\n" in httpx.get(f"{door.url}/log/checkpoint/cosigned").text:
            return
        time.sleep(0.1)
    raise AssertionError("the witness did not cosign")


def register(county: County, vkey: str) -> None:
    authority = {"by": "郑洁", "seats": {Seat("authority")}, "now": now()}
    owner = type(county.db)(county.database_url, role="retention", size=1)
    witnesses.register(owner, key=vkey, **authority)  # type: ignore[arg-type]
    owner.close()


def enter(door: Door) -> int:
    """Let something be entered and placed; returns the size of the log."""
    door.compare()
    owner = type(door.county.db)(door.county.database_url, role="owner", size=1)
    tree.integrate(owner, now=now(), signer=door.county.log)
    with owner.transaction() as cur:
        size = checkpoint.latest(cur).size
    owner.close()
    return size


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"", "NOTE_MALFORMED", 400),
        (b"\xff" * 90, "NOTE_MALFORMED", 400),
        (b"x" * (17 << 10), "BODY_TOO_LARGE", 413),
        (KEY.cosign("x\n\n\N{EM DASH} a AAAAAAAA\n", at=1).encode(), "NOTE_MALFORMED", 400),
    ],
)
def test_the_place_takes_nothing_that_is_no_checkpoint(door: Door, content: bytes, code: str, status: int) -> None:
    reply = httpx.post(f"{door.url}/log/cosignatures", content=content)
    assert (reply.json()["code"], reply.status_code) == (code, status)


def test_the_place_takes_nothing_of_strangers_and_nothing_twice_told(door: Door) -> None:
    enter(door)
    note = httpx.get(f"{door.url}/log/checkpoint").text
    stranger = note + KEY.cosign(note, at=int(now().timestamp()))
    reply = httpx.post(f"{door.url}/log/cosignatures", content=stranger.encode())
    assert (reply.json()["code"], reply.status_code) == ("COSIGNATURE_OF_STRANGER", 403)
    assert httpx.get(f"{door.url}/log/checkpoint").text == note
    allowed = httpx.get(f"{door.url}/log/cosignatures")
    assert (allowed.status_code, allowed.headers["allow"]) == (405, "POST")
