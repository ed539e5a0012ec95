"""A consumer and a witness over an epoch of the log: told what happened, they follow when they are told to."""

from base64 import b64encode
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from gateway_county import County, Door, now
from typer.testing import CliRunner

from hutong.audit import beginning, checkpoint, export, tree, witnesses
from hutong.audit.beginning import Keys
from hutong.audit.heads import Heads, RestoredLog
from hutong.audit.signing import LogRestored
from hutong.client import cli, keys
from hutong.client.witnessing import signer
from hutong.core.cosignature import WitnessKey
from hutong.core.lifecycle import Seat
from hutong.db.database import Database

OPERATOR, AUDITOR, AUTHORITY = ({Seat(role)} for role in ("operator", "auditor", "authority"))
SET_BACK = (
    "delete from audit.checkpoint where size > %(size)s",
    "delete from audit.cosignature where size > %(size)s",
    "delete from audit.party where entry_id in (select entry_id from audit.leaf where seq >= %(size)s)",
    "delete from audit.entry where id in (select entry_id from audit.leaf where seq >= %(size)s)",
    "delete from audit.leaf where seq >= %(size)s",
)


class Platform:
    """A platform whose key remembers what it signed, and the shell of a consumer beside it."""

    def __init__(self, door: Door, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.door, self.folder = door, folder
        self.heads = Heads(folder / "heads")
        self.heads.folder.mkdir()
        self._set = monkeypatch.setenv
        (folder / "key").write_bytes(door.county.key.private_bytes_raw())
        (folder / "key").chmod(0o600)
        shift = round((now() - datetime.now(UTC)).total_seconds())
        given = {
            "URL": door.url, "BOOKMARKS": str(folder / "seen.json"), "SHIFT_SECONDS": str(shift), "SYSTEM": "sys-a",
            "KEY": str(folder / "key"), "USER": "wang", "DEVICE": "pc1", "PURPOSE": "aid", "MATTER": "m1",
            "PLATFORM_KEY": b64encode(door.county.reply_public_key).decode(),
        }  # fmt: skip
        for name, value in given.items():
            self._set(f"HUTONG_CLIENT_{name}", value)
        self._set("LANG", "en_US.UTF-8")
        self.pin(door.county.log.verifier)

    def pin(self, vkey: str) -> None:
        self._set("HUTONG_CLIENT_LOG", vkey)

    def client(self, *words: str) -> tuple[int, str]:
        told = CliRunner().invoke(cli.app, [*words])
        problem = "" if told.exception is None else f"{type(told.exception).__name__} {told.exception}"
        return told.exit_code, f"{told.output}{problem}"

    def enter(self) -> str:
        """Let a use be entered and placed, and return the hash of its leaf."""
        leaf = str(self.door.compare().json()["leaf"])
        self.place()
        return leaf

    def place(self) -> None:
        county = self.door.county
        with closing(Database(county.database_url, role="logkeeper", size=1)) as db:
            tree.integrate(db, now=now(), signer=county.log, heads=self.heads)

    def settle(self) -> None:
        """Let what witnesses handed in be kept, as the worker does."""
        county = self.door.county
        with closing(Database(county.database_url, role="logkeeper", size=1)) as db:
            witnesses.settle(db, vkeys=[county.log.verifier], now=now())

    @property
    def size(self) -> int:
        with self.door.county.db.transaction() as cur:
            return checkpoint.latest(cur).size

    def set_back(self, *, size: int) -> None:
        with self.door.county.db.transaction() as cur:
            for statement in SET_BACK:
                cur.execute(statement, {"size": size})

    def begin(self) -> str:
        """Begin the next epoch, with its first checkpoint, and return its key."""
        county = self.door.county
        given = {"keys": Keys(county.log, self.heads), "now": now()}
        with closing(Database(county.database_url, role="retention", size=1)) as db:
            number = beginning.request(db, reason="机房火灾", by="李强", seats=OPERATOR, **given)
            begun = beginning.approve(db, request=number, by="陈静", seats=AUDITOR, **given)
        self.place()
        return begun.verifier(county.log.verifier)

    def export(self, name: str, *, epoch: int | None = None) -> Path:
        county = self.door.county
        with closing(Database(county.database_url, role="auditor", size=1)) as db:
            given = {"now": now(), "by": "陈静", "seats": AUDITOR, "vkey": county.log.verifier, "epoch": epoch}
            export.export(db, self.folder / name, **given)
        return self.folder / name


@pytest.fixture
def platform(county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    return Platform(county.start(), tmp_path, monkeypatch)


@pytest.mark.clause("SX-11-a")
def test_a_consumer_is_told_of_the_next_epoch_follows_it_when_told_and_proves_entries_of_both(
    platform: Platform,
) -> None:
    first = platform.enter()
    assert platform.client("prove", first)[0] == 0
    early = platform.size
    lost = platform.enter()
    assert platform.client("watch", "--once")[0] == 0
    late = platform.size
    platform.set_back(size=early)
    status, told = platform.client("watch", "--once")
    assert status == 1 and "LogRolledBack" in told
    key = platform.begin()
    second = platform.enter()

    for words in (("watch", "--once"), ("watch",), ("prove", second), ("prove", first)):
        status, told = platform.client(*words)
        assert status == 1 and "LogInNextEpoch" in told
        assert f"epoch 2 ({key}); of epoch 1 {early} entries are served, {late} seen" in told
    kept = {path.name for path in platform.folder.glob("seen.json.evidence/*/*")}
    assert kept == {"log.vkey", "epoch.vkey", "seen.checkpoint", "served.checkpoint", "epoch.checkpoint"}

    platform.pin(key)
    status, told = platform.client("watch", "--once")
    assert status == 0 and key.partition("+")[0] in told
    status, told = platform.client("prove", second)
    assert status == 0 and "county.example/log/2" in told
    status, told = platform.client("prove", first)  # at the old log
    assert status == 0 and "county.example/log/2" not in told
    status, told = platform.client("prove", lost, "--wait", "0")
    assert status == 1 and "NotProvenYet" in told


@pytest.mark.clause("SX-11-c")
def test_after_a_restore_that_lost_nothing_consumer_and_witness_follow_the_next_epoch_when_they_are_told_to(
    platform: Platform,
) -> None:
    keys.generate(platform.folder / "witness.key")
    name = ("witness.county.example", str(platform.folder / "witness.key"))
    vkey = WitnessKey.parse(str(signer(name[0], platform.folder / "witness.key").public))
    with closing(Database(platform.door.county.database_url, role="retention", size=1)) as db:
        witnesses.register(db, key=str(vkey), by="王敏", seats=AUTHORITY, now=now())
    first = platform.enter()
    for words in (("watch", "--once"), ("witness", *name, "--once")):
        assert platform.client(*words)[0] == 0
    platform.heads.note_restored(RestoredLog(epoch=1, ahead=1, until="2026-11-29 08:30:00", lost=0))
    with pytest.raises(LogRestored):
        platform.enter()
    key = platform.begin()
    second = platform.enter()

    for words in (("watch", "--once"), ("prove", second), ("witness", *name, "--once")):
        status, told = platform.client(*words)
        assert status == 1 and "LogInNextEpoch" in told
    platform.pin(key)
    for words in (("watch", "--once"), ("prove", second), ("prove", first), ("witness", *name, "--once")):
        status, told = platform.client(*words)
        assert status == 0, told


def test_who_saw_no_more_than_is_still_served_proves_it_at_the_old_log_without_following(platform: Platform) -> None:
    first = platform.enter()
    early = platform.size
    platform.enter()
    platform.set_back(size=early)
    platform.begin()
    for _ in range(300):
        platform.door.compare()
    platform.place()  # tiles of the new epoch stand where those of the old stood
    status, told = platform.client("prove", first)
    assert status == 0, told
    assert platform.client("prove", first)[0] == 0


@pytest.mark.clause("SX-11-a")
def test_a_witness_cosigns_nothing_of_the_next_epoch_before_its_officer_names_its_key(platform: Platform) -> None:
    keys.generate(platform.folder / "witness.key")
    name = ("witness.county.example", str(platform.folder / "witness.key"))
    vkey = WitnessKey.parse(str(signer(*(name[0], platform.folder / "witness.key")).public))
    with closing(Database(platform.door.county.database_url, role="retention", size=1)) as db:
        witnesses.register(db, key=str(vkey), by="王敏", seats=AUTHORITY, now=now())
    platform.enter()
    early = platform.size
    platform.enter()
    assert platform.client("witness", *name, "--once")[0] == 0
    platform.set_back(size=early)
    assert platform.client("witness", *name, "--once")[0] == 1
    key = platform.begin()
    platform.enter()

    cosigned = f"{platform.door.url}/log/checkpoint/cosigned"
    for words in (("--once",), ()):
        status, told = platform.client("witness", *name, *words)
        assert status == 1 and "LogInNextEpoch" in told
        assert httpx.get(cosigned).status_code == 404
    platform.pin(key)
    assert platform.client("witness", *name, "--once")[0] == 0
    platform.settle()
    assert vkey.cosigned_at(httpx.get(cosigned).text)
    assert httpx.get(cosigned).text.startswith("county.example/log/2\n")
