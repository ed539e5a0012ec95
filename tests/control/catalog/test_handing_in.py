"""A file handed in at the desk: where it lies meanwhile, and what is left of it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from acting import NOW

from hutong.control.catalog.handing_in import LONGEST_NAME, FileMissing, HandIn, SentFile, hand_in
from hutong.control.procedures.rules import NotYourRole
from hutong.db.database import Database
from hutong.plane.delivery import spool_folder
from hutong.plane.keys import Keyring

ROWS = "resident_number,name,address,street\n11010519491231002X,王芳,幸福路1号,城关街道\n".encode()


@pytest.fixture
def given(county, tmp_path):
    """What handing in needs besides the file: the plane's connection, keys, and a folder of its own."""
    db, folder = Database(county.url, role="plane", size=2), tmp_path / "spool"
    folder.mkdir()
    keyring = Keyring.create(tmp_path / "keys")
    yield {"db": db, "keyring": lambda: keyring, "spool": folder, "now": NOW}
    db.close()


def test_a_file_waits_where_the_sweep_sees_it_and_nothing_of_it_is_left(county, given):
    folder, seen = given["spool"], []

    def chunks() -> Iterator[bytes]:
        yield ROWS[:20]
        (own,) = (path for path in folder.iterdir() if path.is_dir())
        seen.extend((own.name.startswith(spool_folder.PREFIX), spool_folder.sweep(folder), own.exists()))
        seen.append([len(path.name) for path in own.iterdir()])
        yield ROWS[20:]

    receipt = hand_in(handed_in(county, SentFile(f"{'名' * 70}.csv", chunks())), actor=county.actor("editor"), **given)
    assert (receipt.state, receipt.sent, receipt.accepted) == ("loaded", 1, 1)
    assert seen == [True, 0, True, [LONGEST_NAME + len(".csv")]]
    assert left(folder) == []


def test_of_who_may_not_hand_in_no_byte_is_read(county, given):
    def chunks() -> Iterator[bytes]:
        raise AssertionError("a byte was read")
        yield b""

    for file in (SentFile("rows.csv", chunks()), None):
        with pytest.raises(NotYourRole):
            hand_in(handed_in(county, file), actor=county.actor("consumer"), **given)
    with pytest.raises(FileMissing):
        hand_in(handed_in(county, None), actor=county.actor("editor"), **given)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        assert opened.execute("select count(*) from plane.delivery").fetchone() == (0,)


def handed_in(county, file: SentFile | None) -> HandIn:
    return HandIn(county.code, "", changes=False, approves=False, file=file)


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
