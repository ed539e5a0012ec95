"""A network storage as backup place: it knows no owners and no rights, and what fails there fails late or is stale."""

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from archived import archiver, arrived, codes, here, told, until, write

from hutong.backup import archiving, nightly
from hutong.backup.programs import Source
from hutong.backup.taking import PlaceFailing, PlaceFull
from hutong.db.database import Database


def refused(number: int) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def failing(monkeypatch: pytest.MonkeyPatch, name: str, number: int, *, true: Callable[[object], bool]) -> None:
    """Let a function of the system fail where something is so of what it is asked about first."""
    own = getattr(os, name)

    def asked(what: object, *given: object, **named: object) -> object:
        if true(what):
            raise OSError(number, os.strerror(number), str(what))
        return own(what, *given, **named)

    monkeypatch.setattr(os, name, asked)


def opened(number: object) -> str:
    return os.readlink(f"/proc/self/fd/{number}")


@pytest.mark.full
@pytest.mark.clause("SX-11-a")
def test_a_place_without_owners_and_rights_and_whose_folders_cannot_be_synced_has_all_there_is(
    root: Path, source: Source, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("chmod", "fchmod", "chown", "fchown", "lchown"):
        monkeypatch.setattr(os, name, refused(errno.EPERM))
    failing(monkeypatch, "fsync", errno.EINVAL, true=lambda number: Path(opened(number)).is_dir())
    with archiver(root, source, db) as one:
        (one.given.data / "keys" / "heads" / "log.head").write_bytes(b"signed")
        until(one, lambda _: here(root).sets())
        position = write(source, mib=20)
        until(one, lambda wanting: arrived(root, position) and not codes(wanting))
        assert (here(root).heads / "log.head").read_bytes() == b"signed"
        assert nightly.broken(here(root), here(root).set()) is None


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    "number", [errno.ESTALE, *(pytest.param(each, marks=pytest.mark.full) for each in (errno.EHOSTDOWN, errno.EIO))]
)
def test_a_place_of_which_nothing_can_be_asked_is_told_and_goes_on_once_it_answers(
    root: Path, source: Source, db: Database, number: int
) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        one._at_sets.join()
        with pytest.MonkeyPatch.context() as patch:
            failing(patch, "stat", number, true=lambda path: str(path).startswith(str(root)))
            wanting = one.look()
            assert codes(wanting) == {"PLACE_FAILING"} == told(db)
            assert {each.facts["reason"] for each in wanting if each.code == "PLACE_FAILING"} == {os.strerror(number)}
            archiving.settle(one.given)  # the doors open all the same
            assert told(db) == {"PLACE_FAILING"}
        position = write(source)
        until(one, lambda wanting: arrived(root, position) and not codes(wanting))


@pytest.mark.clause("SX-11-a", "IS-4.3")
@pytest.mark.parametrize(("number", "problem"), [(errno.EIO, PlaceFailing), (errno.EDQUOT, PlaceFull)])
def test_what_is_told_only_as_a_file_is_synced_leaves_no_set_and_no_half_file(
    root: Path, source: Source, db: Database, number: int, problem: type[Exception]
) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        one._at_sets.join()
        head = one.given.data / "keys" / "heads" / "log.head"
        head.write_bytes(b"signed")
        with pytest.MonkeyPatch.context() as patch:
            failing(patch, "fsync", number, true=lambda file: opened(file).startswith(str(root)))
            with pytest.raises(problem):
                one.given.keeper(here(root), source).take()
            one._looks = 5
            assert problem.code in codes(one.look())
        assert [each.number for each in here(root).sets()] == [1] and here(root).unfinished() == []
        assert not (here(root).heads / "log.head").exists()
        until(one, lambda wanting: not codes(wanting) and (here(root).heads / "log.head").exists())


def test_a_set_that_cannot_be_read_for_now_is_not_told_as_damaged(root: Path, source: Source, db: Database) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        one._at_sets.join()
        found = here(root).set()
        part = found.paths[0]
        part.rename(part.with_name("kept"))
        part.mkdir()  # to be read, it says that it cannot
        with pytest.raises(PlaceFailing):
            one.given.keeper(here(root), source).read(found)
        assert told(db) == set()


def test_a_place_that_others_can_read_is_told(root: Path, source: Source, db: Database) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        here(root).folder.chmod(0o755)
        wanting = until(one, lambda _: "PLACE_OPEN" in told(db))
        assert next(each for each in wanting if each.code == "PLACE_OPEN").facts["mode"] == "0755"
        here(root).folder.chmod(0o700)
        until(one, lambda _: not told(db))


@pytest.fixture
def mounted(root: Path) -> Iterator[Path]:
    """A place that is a mount of its own, so that it can be mounted otherwise."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "none", root], capture_output=True).returncode:
        pytest.skip("only root mounts a disk")
    yield root
    subprocess.run(["umount", "-l", root], check=True)


@pytest.mark.full
@pytest.mark.clause("SX-11-a")
def test_a_place_that_became_read_only_is_told_and_goes_on_once_it_can_be_written(
    mounted: Path, source: Source, db: Database
) -> None:
    with archiver(mounted, source, db) as one:
        until(one, lambda _: here(mounted).sets() and not told(db))
        one._at_sets.join()
        one._receiver.stop()  # a file that is open to be written hinders the mounting
        subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
        position = write(source)
        wanting = until(one, lambda wanting: "PLACE_FAILING" in codes(wanting))
        assert os.strerror(errno.EROFS) in str(next(each for each in wanting if each.code == "PLACE_FAILING"))
        subprocess.run(["mount", "-o", "remount,rw", mounted], check=True)
        until(one, lambda wanting: arrived(mounted, position) and not codes(wanting))
