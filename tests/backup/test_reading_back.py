"""What is wrong with a set is found by reading it, and told as what it is."""

import dataclasses
import hashlib
import io
import shutil
import tarfile
from pathlib import Path

import pytest

from hutong.backup import compressing, reading_back
from hutong.backup.place import BackupPlace, BackupSet, PartFile


@pytest.fixture
def found(taken: BackupPlace, tmp_path: Path) -> BackupSet:
    """A set of one's own, to be spoilt."""
    shutil.copytree(taken.folder, tmp_path / "copy")
    return BackupPlace(tmp_path / "copy").set()


def code(found: BackupSet) -> str | None:
    problem = reading_back.read(found).problem
    return problem.code if problem else None


@pytest.mark.clause("IS-4.3")
@pytest.mark.parametrize("share", [0, 0.5, -1])
def test_one_byte_that_changed_is_found_wherever_it_is(found: BackupSet, share: float) -> None:
    path = found.paths[1]
    content = bytearray(path.read_bytes())
    content[int(len(content) * share) if share == 0.5 else int(share)] ^= 1
    path.write_bytes(content)
    assert code(found) in ("PART_CHANGED", "FRAME_DAMAGED", "FRAME_CUT")


@pytest.mark.clause("IS-4.3", "SX-11-a")
def test_a_file_that_somebody_compressed_anew_is_found(found: BackupSet) -> None:
    with found.paths[0].open("rb") as file:
        content = bytearray(b"".join(compressing.content(file, name="", most=1 << 30)))
    assert content.count(b"PG_VERSION") > 0
    content[4096] ^= 1  # in the middle of a file of the archive
    compressor = compressing.compressor()
    found.paths[0].write_bytes(compressor.compress(content) + compressor.flush())
    assert code(found) == "PART_CHANGED"


@pytest.mark.clause("IS-4.3")
def test_a_file_that_is_gone_or_cut_short_is_found(found: BackupSet) -> None:
    assert code(found) is None
    last = found.paths[-1]
    last.write_bytes(last.read_bytes()[:-3])
    assert code(found) == "FRAME_CUT"
    last.unlink()
    assert code(found) == "PART_MISSING"


def test_a_file_of_another_set_is_found(found: BackupSet) -> None:
    shutil.copy(found.paths[0], found.paths[1])
    assert code(found) in ("PART_CHANGED", "SET_INCOMPLETE")


@pytest.mark.clause("IS-4.3", "SX-11-a")
@pytest.mark.parametrize("lacking", ["global/pg_control", "backup_label", "pg_wal/0"])
def test_a_set_that_lacks_what_a_start_needs_is_found(found: BackupSet, lacking: str) -> None:
    """All that was written is there as it was written, and still it is no database."""
    made = io.BytesIO()
    content = io.BufferedReader(reading_back.Contents(found))
    with tarfile.open(fileobj=content, mode="r|") as whole, tarfile.open(fileobj=made, mode="w") as other:
        for member in whole:
            if not member.name.removeprefix("./").startswith(lacking) and member.size < 1 << 20:
                other.addfile(member, whole.extractfile(member) if member.isreg() else None)
    compressor = compressing.compressor()
    written = compressor.compress(made.getvalue()) + compressor.flush()
    found.paths[0].write_bytes(written)
    files = (PartFile(found.files[0].name, len(written), hashlib.sha256(written).hexdigest()),)
    BackupPlace(found.folder.parent.parent).write_set(dataclasses.replace(found, files=files))
    (again,) = BackupPlace(found.folder.parent.parent).sets()
    problem = reading_back.read(again).problem
    assert problem is not None and problem.code == "SET_INCOMPLETE"
    assert problem.facts["wanting"].startswith(lacking)


def test_a_set_whose_facts_cannot_be_read_hides_no_other(found: BackupSet) -> None:
    at = BackupPlace(found.folder.parent.parent)
    shutil.copytree(found.folder, at.sets_folder / "000002-20260101T000000Z")
    (at.sets_folder / "000002-20260101T000000Z" / "set.json").write_text("{")
    assert [each.number for each in at.sets()] == [1]
    assert [each.code for each in at.unreadable()] == ["PLACE_UNREADABLE"]
