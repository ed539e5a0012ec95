"""A file handed in at the desk: where it lies meanwhile, what is left of it, and that it counts once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from acting import NOW

from hutong.control.catalog import handing_in
from hutong.control.catalog.handing_in import Desk, FileMissing, HandIn, SentFile
from hutong.control.procedures.rules import NotYourRole
from hutong.db.database import Database
from hutong.plane.delivery import spool_folder
from hutong.plane.delivery.uploads import UploadGone
from hutong.plane.keys import Keyring

ROWS = "resident_number,name,address,street\n11010519491231002X,王芳,幸福路1号,城关街道\n".encode()


@pytest.fixture
def desk(county, tmp_path):
    """The desk of an officer of the provider, with keys and a folder of its own."""
    db, folder = Database(county.url, role="plane", size=2), tmp_path / "spool"
    folder.mkdir()
    keyring = Keyring.create(tmp_path / "keys")
    yield Desk(county.actor("editor"), db, lambda: keyring, folder, NOW)
    db.close()


def test_a_file_waits_where_the_sweep_sees_it_and_what_is_kept_of_it_is_enciphered(county, desk):
    seen = []

    def chunks() -> Iterator[bytes]:
        yield ROWS[:20]
        (own,) = (path for path in desk.folder.iterdir() if path.name.startswith(spool_folder.PREFIX))
        seen.extend((spool_folder.sweep(desk.folder), own.exists()))
        seen.append([len(path.name) for path in own.iterdir()])
        yield ROWS[20:]

    token = handing_in.look(handed_in(county, SentFile(f"{'名' * 70}.csv", chunks())), desk=desk)
    assert seen == [0, True, [spool_folder.LONGEST_NAME + len(".csv")]]
    kept = left(desk.folder)
    assert kept
    assert not [path for path in kept if "王芳".encode() in path.read_bytes()]
    found = handing_in.looked(token, desk=desk)
    assert (found.manifest.rows, found.expected.accepted, found.before) == (1, 1, None)
    assert deliveries(county) == 0
    receipt = handing_in.deliver(token, desk=desk, code=county.code, key=found.manifest.key)
    assert (receipt.state, receipt.sent, receipt.accepted) == ("loaded", 1, 1)
    assert left(desk.folder) == []


def test_a_file_confirmed_twice_counts_once_and_one_given_up_not_at_all(county, desk):
    confirmed, given_up = (
        handing_in.look(handed_in(county, SentFile("rows.csv", iter([ROWS])), key=key), desk=desk) for key in "ab"
    )
    first, again = (handing_in.deliver(confirmed, desk=desk, code=county.code, key="a") for _ in range(2))
    assert (first.received_at, first.accepted) == (again.received_at, again.accepted)
    handing_in.cancel(given_up, desk=desk)
    for use in (
        lambda: handing_in.looked(given_up, desk=desk),
        lambda: handing_in.deliver(given_up, desk=desk, code=county.code, key="b"),
    ):
        with pytest.raises(UploadGone):
            use()
    assert deliveries(county) == 1
    assert left(desk.folder) == []


def test_of_who_may_not_hand_in_no_byte_is_read(county, desk):
    def chunks() -> Iterator[bytes]:
        raise AssertionError("a byte was read")
        yield b""

    for act in (handing_in.look, handing_in.approve):
        for file in (SentFile("rows.csv", chunks()), None):
            with pytest.raises(NotYourRole):
                act(handed_in(county, file), desk=replace(desk, actor=county.actor("consumer")))
        with pytest.raises(FileMissing):
            act(handed_in(county, None), desk=desk)
    assert deliveries(county) == 0


def test_what_one_officer_looks_at_is_nobody_elses(county, desk):
    token = handing_in.look(handed_in(county, SentFile("rows.csv", iter([ROWS]))), desk=desk)
    with pytest.raises(UploadGone):
        handing_in.looked(token, desk=replace(desk, actor=county.actor("approver")))
    assert handing_in.looked(token, desk=desk).token == token


def handed_in(county, file: SentFile | None, *, key: str = "") -> HandIn:
    return HandIn(county.code, key, changes=False, approves=False, file=file)


def deliveries(county) -> int:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        return opened.execute("select count(*) from plane.delivery").fetchone()[0]


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]


@pytest.mark.parametrize("ending", [".csv", "", ".𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", f".{'x' * 300}"])
@pytest.mark.parametrize("stem", ["a" * 300, "表" * 100, "𠮷" * 100, f"{'a' * 59}𠮷", "a"])
def test_a_file_is_called_so_that_a_folder_takes_it(stem: str, ending: str, tmp_path: Path) -> None:
    called = spool_folder.called(f"{stem}{ending}")
    (tmp_path / called).write_text("x")
    assert len(called) <= spool_folder.LONGEST_NAME + spool_folder.LONGEST_ENDING
    assert called.endswith(ending[: spool_folder.LONGEST_ENDING])
    assert stem.startswith(called.removesuffix(ending[: spool_folder.LONGEST_ENDING]))
