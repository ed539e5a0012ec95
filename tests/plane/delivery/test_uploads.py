"""What an officer sent is kept enciphered while they look at it, and forgotten after an answer, an hour, or a kill."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hutong.plane.delivery import spool_folder
from hutong.plane.delivery.uploads import PIECE, UploadBeingLoaded, UploadBounds, UploadGone, UploadNotKept, Uploads
from hutong.plane.keys import Keyring

SECRET = "330103199003070011,张三丰"
ROOM = UploadBounds(files=2, bytes=8 * PIECE, seconds=600)


@pytest.fixture
def mine(tmp_path: Path) -> Uploads:
    (tmp_path / "spool").mkdir()
    return Uploads(tmp_path / "spool", "editor", Keyring.create(tmp_path / "keys.json"), ROOM)


def file(folder: Path, *, size: int = 100) -> Path:
    path = folder / "sent.csv"
    path.write_bytes((SECRET.encode() * (size // len(SECRET.encode()) + 1))[:size])
    return path


def taken(mine: Uploads, token: str, to: Path) -> dict[str, object]:
    with mine.taken(token, to) as about:
        return about


def there(mine: Uploads) -> list[Path]:
    return sorted((mine.spool / spool_folder.UPLOADS).iterdir())


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_it_comes_back_as_it_was_sent_once_and_nothing_of_it_is_readable_meanwhile(mine, tmp_path, size):
    sent = file(tmp_path, size=size)
    token = mine.keep(sent, {"name": SECRET})
    kept = there(mine)[0].read_bytes()
    assert SECRET.encode() not in kept
    assert "张三".encode() not in kept and b"330103" not in kept
    assert "editor" not in there(mine)[0].name
    assert there(mine)[0].stat().st_mode & 0o777 == 0o600
    assert mine.about(token) == {"name": SECRET}
    assert taken(mine, token, tmp_path / "back.csv") == {"name": SECRET}
    assert (tmp_path / "back.csv").read_bytes() == sent.read_bytes()
    assert there(mine) == []
    with pytest.raises(UploadGone):
        taken(mine, token, tmp_path / "again.csv")


def test_it_is_another_officers_no_more_than_anybodys_who_guesses(mine, tmp_path):
    token = mine.keep(file(tmp_path), {})
    other = replace(mine, officer="approver")
    for guessed in (token, "0" * 32, "../spool", ""):
        with pytest.raises(UploadGone):
            other.about(guessed)
    moved = there(mine)[0]
    moved.rename(moved.with_name(other._path(token).name))
    with pytest.raises(UploadGone):  # enciphered for its officer and its place
        other.about(token)


def test_while_it_is_dealt_with_others_are_told_so_and_afterwards_that_it_is_gone(mine, tmp_path):
    token = mine.keep(file(tmp_path), {})
    same = replace(mine)
    with mine.taken(token, tmp_path / "back.csv"):
        for look in (same.about, lambda token: same.copied(token, tmp_path / "copy"),
                     lambda token: taken(same, token, tmp_path / "again")):  # fmt: skip
            with pytest.raises(UploadBeingLoaded):
                look(token)
        with pytest.raises(UploadGone):
            same.about("0" * 32)
    with pytest.raises(UploadGone):
        same.about(token)
    assert sorted(each.name for each in mine.spool.iterdir()) == [spool_folder.UPLOADS]


def test_what_a_killed_process_was_dealing_with_is_gone(mine, tmp_path):
    token = mine.keep(file(tmp_path), {})
    mine._path(token).unlink()
    mine._mark(token).touch()  # as the process left it, whose lock went with it
    with pytest.raises(UploadGone):
        mine.about(token)


def test_a_copy_leaves_it_where_it_is(mine, tmp_path):
    sent = file(tmp_path)
    token = mine.keep(sent, {"n": 1})
    assert [mine.copied(token, tmp_path / f"{n}.csv") for n in range(2)] == [{"n": 1}] * 2
    assert (tmp_path / "1.csv").read_bytes() == sent.read_bytes()
    assert taken(mine, token, tmp_path / "back.csv") == {"n": 1}


def test_what_was_cut_or_changed_is_gone_and_never_a_part(mine, tmp_path):
    token = mine.keep(file(tmp_path, size=2 * PIECE), {})
    kept = there(mine)[0]
    whole = kept.read_bytes()
    for broken in (whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        kept.write_bytes(broken)
        with pytest.raises(UploadGone):
            taken(mine, token, tmp_path / f"{len(broken)}.csv")
        kept.write_bytes(whole)


def test_the_oldest_gives_way_and_what_is_larger_than_all_room_is_refused(mine, tmp_path):
    first, second, third = (mine.keep(file(tmp_path), {"n": n}) for n in range(3))
    with pytest.raises(UploadGone):
        mine.about(first)
    assert [mine.about(token)["n"] for token in (second, third)] == [1, 2]
    other = replace(mine, officer="approver").keep(file(tmp_path), {})
    large = mine.keep(file(tmp_path, size=7 * PIECE), {"n": 3})
    assert mine.about(large)["n"] == 3
    assert replace(mine, officer="approver").about(other) == {}
    with pytest.raises(UploadNotKept):
        mine.keep(file(tmp_path, size=9 * PIECE), {})


def test_what_nobody_answers_is_given_to_nobody_and_goes_with_the_sweep(mine, tmp_path):
    token, kept = mine.keep(file(tmp_path), {}), there(mine)[0]
    assert spool_folder.sweep(mine.spool) == 0
    os.utime(kept, (time.time() - 601,) * 2)
    with pytest.raises(UploadGone):
        mine.about(token)
    os.utime(kept, (time.time() - spool_folder.UPLOAD_SECONDS - 1,) * 2)
    assert spool_folder.sweep(mine.spool) == 1
    assert there(mine) == []


KEEPS = """
import sys
from pathlib import Path
from hutong.plane.delivery.uploads import UploadBounds, Uploads
from hutong.plane.keys import Keyring

class Slow(Keyring):
    def lock(self, secret, *, use, place):
        sealed = super().lock(secret, use=use, place=place)
        if "/2/" in place:
            print("half", flush=True)
            sys.stdin.readline()
        return sealed

spool, keys, sent = map(Path, sys.argv[1:])
Uploads(spool, "editor", Slow.load(keys), UploadBounds(2, 1 << 30, 600)).keep(sent, {})
"""


def test_what_a_killed_process_left_half_written_goes_and_what_a_living_one_writes_stays(mine, tmp_path):
    sent = file(tmp_path, size=4 * PIECE)
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPS, str(mine.spool), str(tmp_path / "keys.json"), str(sent)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == b"half\n"
    assert [spool_folder.sweep(mine.spool), len(there(mine))] == [0, 1]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert [spool_folder.sweep(mine.spool), len(there(mine))] == [1, 0]
