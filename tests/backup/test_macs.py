"""Whoever owns the place can take files away, and can write none that a restore believes; what is gone is told."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from archived import archiver, codes
from hostile_places import compressed
from lost_county import Lost
from places import OWNER, real

from hutong.backup import place, reading_back, restoring
from hutong.backup.macs import Macs, PlaceAltered
from hutong.backup.place import BackupPlace, Segment
from hutong.backup.programs import Source
from hutong.db.database import Database
from hutong.plane.keys import Keyring

OURS = Macs({"a" * 16: bytes(32), "b" * 16: bytes([1]) * 32})
MARK = "/tmp/hutong-never-run"


def change(path: Path, **facts: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes()) | facts))


def told_to_run(own: Lost) -> None:
    """Put a command into the set's settings, and have the digests say so."""
    found = own.place.set()
    made = io.BytesIO()
    whole = io.BufferedReader(reading_back.Contents(found))
    with tarfile.open(fileobj=whole, mode="r|") as before, tarfile.open(fileobj=made, mode="w") as after:
        for member in before:
            content = b"" if (file := before.extractfile(member)) is None else file.read()
            if member.name.removeprefix("./") == "postgresql.auto.conf":
                content += f"recovery_end_command = 'touch {MARK}'\n".encode()
                member.size = len(content)
            after.addfile(member, io.BytesIO(content) if member.isreg() else None)
    content = compressed(made.getvalue())
    found.paths[0].write_bytes(content)
    part = {"name": found.files[0].name, "bytes": len(content), "sha256": sha256(content).hexdigest()}
    change(found.folder / "set.json", files=[part])


def renumbered(own: Lost) -> None:
    found = own.place.set()
    found.folder.rename(found.folder.with_name(found.folder.name.replace("000001", "000099")))
    change(own.place.sets_folder / found.folder.name.replace("000001", "000099") / "set.json", number=99)


ALTERED: dict[str, Callable[[Lost], object]] = {
    "a command": told_to_run,
    "another number": renumbered,
    "a moment": lambda own: change(own.place.set().folder / "set.json", ended=real().isoformat()),
    "no digests": lambda own: change(own.place.set().folder / "set.json", macs={}),
    "digests that are none": lambda own: change(own.place.set().folder / "set.json", macs=7),
    "whose it is": lambda own: change(own.place.folder / "platform.json", county="白水县"),
    "an instance less": lambda own: change(own.place.folder / "platform.json", instances=[
        own.place.owner()["instances"][0] | {"machine": "elsewhere"}]),
    "another's file": lambda own: BackupPlace(own.place.folder, OURS).put("platform.json", own.place.owner()),
    "a file of another name": lambda own: shutil.copy(
        own.place.folder / "archive.json", own.place.folder / "platform.json"),
}  # fmt: skip


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("what", ALTERED)
def test_what_the_platform_did_not_write_is_not_put_back(lost: Lost, tmp_path: Path, what: str) -> None:
    own = lost.copied(tmp_path / "second")
    ALTERED[what](own)
    with pytest.raises(place.PlaceUnreadable):
        own.restored(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not Path(MARK).exists()


@pytest.mark.clause("SX-11-c")
def test_a_set_beside_one_that_was_altered_is_put_back_and_the_altered_one_told(lost: Lost, tmp_path: Path) -> None:
    own = lost.copied(tmp_path / "second")
    first = own.place.set()
    forged = own.place.sets_folder / "000002-20261130T000000Z"
    shutil.copytree(first.folder, forged)
    change(forged / "set.json", number=2)
    plan = restoring.plan(own.place, moment=None, number=None)
    assert plan.chosen.number == 2, "as far as who has no keys can tell"
    believed = restoring.believed(plan, own.opened())
    assert (believed.chosen.number, [type(each) for each in believed.doubts]) == (1, [PlaceAltered])
    with pytest.raises(PlaceAltered):
        restoring.believed(restoring.plan(own.place, moment=None, number=2), own.opened())


def emptied(segments: list[Segment]) -> None:
    """Leave of the last segment that is whole its first page alone."""
    last = [each for each in segments if each.compressed][-1]
    page = next(reading_back.segment_content(last))[:8192]
    last.path.write_bytes(compressed(page + bytes(place.SEGMENT_BYTES - len(page))))


GONE: dict[str, Callable[[Lost], object]] = {
    "the log": lambda own: shutil.rmtree(own.place.folder / "log"),
    "the end of the log": lambda own: [each.path.unlink() for each in own.place.segments(own.place.set().system)[2:]],
    "the log and the heads": lambda own: [
        shutil.rmtree(own.place.folder / "log"), shutil.rmtree(own.place.folder / "heads")],
    "the content of the last segment": lambda own: emptied(own.place.segments(own.place.set().system)),
}  # fmt: skip


@pytest.mark.clause("SX-11-c", "IS-4.3")
@pytest.mark.parametrize("what", GONE)
def test_what_was_taken_away_is_told_by_number_and_no_moment_is_claimed(lost: Lost, tmp_path: Path, what: str) -> None:
    own = lost.copied(tmp_path / "second")
    noted = own.place.archived()
    assert noted is not None and (noted.log_epoch, noted.log_size) == (1, own.sizes[-1])
    GONE[what](own)
    restored = own.restored(tmp_path / "new")
    assert restored.unreachable is not None
    assert restored.until < noted.at
    assert restored.evidence.signed == own.sizes[-1]
    assert restored.evidence.lost == own.sizes[-1] - restored.evidence.stored
    if what.startswith("the log"):
        assert restored.evidence.lost == own.sizes[-1] - own.sizes[0]


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("how", ["altered", "gone"])
def test_that_the_log_came_further_is_not_believed_of_who_owns_the_place(
    lost: Lost, tmp_path: Path, how: str
) -> None:
    own = lost.copied(tmp_path / "second")
    archive = own.place.folder / "archive.json"
    if how == "altered":
        change(archive, at=real().isoformat())
    else:
        archive.unlink()
    believed = restoring.believed(restoring.plan(own.place, moment=None, number=None), own.opened())
    assert believed.until == believed.chosen.ended_at
    assert [type(each) for each in believed.doubts] == ([PlaceAltered] if how == "altered" else [])


def test_a_recovery_copy_of_before_a_key_was_added_still_tells_what_the_platform_wrote(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    before = Keyring.create(path)
    content = {"keys/keyring.json": path.read_bytes()}
    after = before.renew(path)
    written = BackupPlace(tmp_path, Macs.of(after))
    written.note_archived(place.Archived(1, real()))
    assert replace(written, macs=Macs.of_copy(content)).archived() == written.archived()
    with pytest.raises(PlaceAltered):
        replace(written, macs=OURS).archived()


@pytest.mark.clause("SX-11-a")
def test_a_platform_that_runs_tells_that_its_place_was_altered(
    tmp_path: Path, source: Source, db: Database
) -> None:
    root = tmp_path / "second"
    root.mkdir()
    owner = replace(OWNER, macs=OURS)
    at = place.begin(root, owner, now=real())
    with archiver(root, source, db, owner=owner) as one:
        assert codes(one.look()) == set()
        change(at.folder / "platform.json", county="白水县")
        assert codes(one.look()) == {"PLACE_ALTERED"}
