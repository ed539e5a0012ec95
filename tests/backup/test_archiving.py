"""The database's log comes to the second place all the while; what hinders it is told, and nothing is pretended."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from archived import archiver, arrived, codes, here, told, until, write
from places import OWNER, real

from hutong.audit import backups
from hutong.backup import alone, nightly, place, reading_back, recovery
from hutong.backup.archiving import Archiver
from hutong.backup.programs import Source
from hutong.backup.recovery import Cost, Officer
from hutong.backup.taking import PlaceFull
from hutong.core.errors import Problem
from hutong.db import postmaster
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.plane import rulebook
from hutong.plane.keys import Keyring

Wanting = list[Problem]


def events(db: Database) -> list[tuple[str, str | None]]:
    with db.transaction() as cur:
        asked = "select event, record::jsonb ->> 'result' from audit.entry where event like 'backup.%' order by id"
        return cur.execute(asked).fetchall()


@pytest.mark.clause("SX-11-a", "IS-4.3", "PS-05-2c")
def test_a_set_is_taken_at_once_and_all_that_was_committed_comes_to_the_place(
    root: Path, source: Source, db: Database
) -> None:
    assert told(db) == set()  # a platform that trains needs no backup
    with db.transaction() as cur:
        cur.execute("delete from audit.training_clock")
    assert told(db) == {"BACKUP_NOT_SET"}
    with archiver(root, source, db) as one:
        one.look()
        assert told(db) == {"BACKUP_MISSING"}
        until(one, lambda _: here(root).sets() and not told(db))
        position, before = write(source, mib=20), real()
        until(one, lambda _: arrived(root, position))
        at = here(root)
        until(one, lambda _: at.archived().at > before)
        found = at.set()
        segments = at.segments(found.system)
        assert [each.finished for each in segments][-1] is False and len(segments) > 1
        assert {each.path.suffix for each in segments[:-1]} == {".zst"}
        assert nightly.broken(at, found) is None
        until(one, lambda _: len(events(db)) > 1)
    assert events(db) == [("backup.taken", None), ("backup.read_back", "OK")]


def test_heads_and_settings_are_at_the_place_as_they_are_now(root: Path, source: Source, db: Database) -> None:
    with archiver(root, source, db) as one:
        head = one.given.data / "keys" / "heads" / "log.head"
        for content in (b"first", b"second"):
            head.write_bytes(content)
            (one.given.data / "settings.json").write_bytes(content)
            until(one, lambda _: (here(root).heads / "log.head").read_bytes() == content)  # noqa: B023
            assert (here(root).folder / "settings.json").read_bytes() == content
        head.unlink()
        for _ in range(6):
            one.look()
        assert (here(root).heads / "log.head").read_bytes() == b"second"  # what was signed was signed


def killed(one: Archiver) -> None:
    assert one._receiver is not None and one._receiver._process is not None
    one._receiver._process.kill()
    one._receiver._process.wait()


@pytest.mark.clause("SX-11-a")
@pytest.mark.full
def test_a_receiver_that_is_killed_goes_on_where_it_was(root: Path, source: Source, db: Database) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets())
        for _ in range(3):
            position = write(source, mib=11)
            killed(one)
            until(one, lambda _: arrived(root, position))  # noqa: B023
        assert codes(until(one, lambda wanting: not codes(wanting))) == set()
        assert nightly.broken(here(root), here(root).set()) is None


@pytest.mark.full
@pytest.mark.clause("SX-11-a", "PS-05-2c")
def test_what_was_not_received_is_not_told_as_received(root: Path, source: Source, db: Database) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets() and arrived(root, 1))
        assert one._receiver is not None and one._receiver._process is not None
        one._receiver._process.send_signal(signal.SIGSTOP)
        position = write(source)
        for _ in range(2):
            one.look()
        aimed = one._aimed
        for _ in range(3):
            one.look()
        assert aimed is not None and one._aimed == aimed
        assert not arrived(root, position)
        one._receiver._process.send_signal(signal.SIGCONT)
        until(one, lambda _: arrived(root, position))


def test_a_recovery_copy_that_is_missing_or_older_than_a_key_is_told(root: Path, source: Source, db: Database) -> None:
    with archiver(root, None, db) as one:
        assert "RECOVERY_MISSING" in {each.code for each in one.look()}
        (one.given.data / "keys").mkdir(exist_ok=True)
        Keyring.create(one.given.data / "keys" / "keyring.json")
        officers = [Officer("one", "a passphrase of one"), Officer("other", "a passphrase of the other")]
        given = {"officers": officers, "platform": "log.example", "now": real(), "cost": Cost(2**4, 8, 1)}
        recovery.write(here(root).folder / recovery.FILE, recovery.wrap(one.given.data, **given))
        one._looks = 0
        assert {each.code for each in one.look()} & {"RECOVERY_MISSING", "RECOVERY_OUTDATED"} == set()
        (one.given.data / "keys" / "log.2.seed").write_bytes(bytes(32))
        (one.given.data / "keys" / "log.2.seed").chmod(0o600)
        one._looks = 0
        assert "RECOVERY_OUTDATED" in {each.code for each in one.look()} & told(db)


@pytest.mark.full
@pytest.mark.clause("SX-11-a")
def test_a_place_that_was_away_and_is_back_has_all_that_waited(root: Path, source: Source, db: Database) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        away = root.with_name("away")
        root.rename(away)
        assert codes(one.look()) == {"PLACE_AWAY"} == told(db)
        position = write(source, mib=33)
        root.mkdir()  # the empty folder a disk is mounted on
        assert codes(one.look()) == {"PLACE_AWAY"} and list(root.iterdir()) == []
        root.rmdir()
        away.rename(root)
        until(one, lambda wanting: arrived(root, position) and not codes(wanting))
        assert nightly.broken(here(root), here(root).set()) is None
    assert ("backup.failed", "PLACE_AWAY") in events(db)


@pytest.fixture
def small(root: Path) -> Iterator[Path]:
    """A second place on a disk of its own, of 88 MiB, in memory."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=88m", "none", root], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root mounts a small disk")
    yield root
    subprocess.run(["umount", "-l", root], check=True)


@pytest.mark.full
@pytest.mark.clause("SX-11-a", "IS-4.3")
def test_a_second_place_that_is_full_is_told_leaves_no_half_set_and_goes_on_once_there_is_room(
    small: Path, source: Source, db: Database
) -> None:
    with archiver(small, source, db) as one:
        until(one, lambda _: here(small).sets() and not one._at_sets.is_alive())
        at = here(small)
        with (small / "filled").open("wb", buffering=0) as filled:
            while shutil.disk_usage(small).free > 1 << 20:  # by pieces: the archiver writes there meanwhile
                filled.write(bytes(1 << 19))
        with pytest.raises(PlaceFull):
            one.given.keeper(at, source).take()
        assert [each.number for each in at.sets()] == [1] and at.unfinished() == []
        position = write(source, mib=33)
        until(one, lambda wanting: "PLACE_FULL" in codes(wanting))
        assert "PLACE_FULL" in told(db)
        (small / "filled").unlink()
        until(one, lambda wanting: arrived(small, position) and not codes(wanting))
        assert nightly.broken(at, at.set()) is None
    assert ("backup.failed", "PLACE_FULL") in events(db)


@pytest.fixture
def bounded(tmp_path: Path, db: Database) -> Iterator[Source]:
    """A cluster in which 32 MiB of the log may wait for a place that is away, as the rulebook says."""
    allow(db, mib=32)
    server = Server(tmp_path / "postgres", durable=False)
    server.start()
    yield Source(server.superuser_url(), postmaster.find_binaries())
    server.stop()


def allow(db: Database, *, mib: int) -> None:
    """Let so much of the log wait."""
    with db.transaction() as cur:
        rulebook.keep(cur, {"backup.waiting_bytes": mib << 20}, version=mib, from_date=date(2020, 1, 1))


def waiting(db: Database) -> int:
    """Return how many bytes of the log wait, as the platform was told."""
    with db.transaction() as cur:
        found = backups.archiving(cur)
    return found.waiting if found is not None else 0


def look_in_vain(one: Archiver, root: Path, source: Source) -> None:
    """See that an archiver of a place where another writes receives nothing and writes nothing, whatever is there."""
    assert one._receiver is not None and not one._receiver.runs
    before = sorted(here(root).folder.rglob("*"))
    write(source)
    for _ in range(6):
        one.look()
    assert sorted(here(root).folder.rglob("*")) == before


def most(source: Source) -> str:
    """Return how much may wait, as the cluster has it."""
    with source.connect() as connection:
        (row,) = connection.execute("show max_slot_wal_keep_size").fetchall()
        return row["max_slot_wal_keep_size"]


def overflow(one: Archiver, root: Path, source: Source) -> Wanting:
    """Let more be written than may wait while the place is away; return what is wanting then."""
    root.rename(root.with_name("away"))
    one.look()
    with source.connect() as connection:
        for _ in range(6):
            write(source, mib=17)
            connection.execute("checkpoint")
    wanting = until(one, lambda wanting: "LOG_HAS_GAP" in codes(wanting))
    root.with_name("away").rename(root)
    return wanting


@pytest.mark.full
@pytest.mark.clause("SX-11-a", "PS-05-2c")
def test_where_more_waited_than_may_that_is_told_at_once_and_a_new_set_is_taken_once_the_place_is_back(
    root: Path, bounded: Source, db: Database
) -> None:
    with archiver(root, bounded, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        wanting = overflow(one, root, bounded)
        assert codes(wanting) == {"PLACE_AWAY", "LOG_HAS_GAP"} == told(db)
        assert next(each for each in wanting if each.code == "LOG_HAS_GAP").facts["until"]
        one.look()
        assert one._due  # where none was due, the wait below would have no end
        until(one, lambda wanting: len(here(root).sets()) == 2 and "LOG_HAS_GAP" not in codes(wanting))
        first, second = here(root).sets()
        problem = nightly.broken(here(root), first)
        assert problem is not None and problem.code == "LOG_SEGMENT_MISSING"
        position = write(bounded)
        until(one, lambda _: arrived(root, position))
        assert nightly.broken(here(root), second) is None
    assert ("backup.failed", "LOG_HAS_GAP") in events(db)


@pytest.mark.clause("SX-11-a", "PS-05-2c")
@pytest.mark.full
def test_who_is_killed_before_the_set_after_a_gap_was_taken_takes_it_the_next_time(
    root: Path, bounded: Source, db: Database
) -> None:
    with archiver(root, bounded, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        overflow(one, root, bounded)
        one._again_at = real() + timedelta(days=1)  # no set is begun by this one any more
        until(one, lambda _: one._due)
        position = write(bounded)
        until(one, lambda _: arrived(root, position))
        assert len(here(root).sets()) == 1
        one.close()
        other = Archiver(one.given)
        until(other, lambda _: len(here(root).sets()) == 2)
        other._at_sets.join()
        other.close()
        assert nightly.broken(here(root), here(root).set()) is None


@pytest.mark.clause("SX-11-a")
def test_how_much_may_wait_follows_the_rulebook_though_the_place_is_away(
    root: Path, bounded: Source, db: Database
) -> None:
    with archiver(root, bounded, db) as one:
        until(one, lambda _: here(root).sets() and most(bounded) == "32MB")
        root.rename(root.with_name("away"))
        allow(db, mib=2048)
        until(one, lambda _: most(bounded) == "2GB")
        write(bounded, mib=2)
        until(one, lambda _: waiting(db) >= 2 << 20)  # a server of tests writes its log a moment after it says so


@pytest.mark.clause("SX-11-a", "IS-4.3", "PS-05-2c")
@pytest.mark.parametrize(
    "how", ["missing", *(pytest.param(how, marks=pytest.mark.full) for how in ("changed", "another"))]
)
def test_a_log_that_is_broken_in_the_middle_is_told(
    root: Path, source: Source, db: Database, how: str
) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets())
        position = write(source, mib=65)
        until(one, lambda _: arrived(root, position) and len(here(root).segments(one._system)) > 4)
        at = here(root)
        found = at.set()
        after = [each for each in at.segments(found.system) if each.number > found.stop_lsn // place.SEGMENT_BYTES]
        spoilt, other = after[:2]
        if how == "missing":
            spoilt.path.unlink()
        elif how == "another":
            shutil.copy(other.path, spoilt.path)
        else:
            content = bytearray(spoilt.path.read_bytes())
            content[len(content) // 2] ^= 1
            spoilt.path.write_bytes(content)
        one.given.keeper(at, source).read(found)
        gap = reading_back.log_break(at, found, look=lambda _: None)
    assert (gap.segment if gap else None) == (spoilt.name if how == "missing" else None)
    wanted = {"missing": {"LOG_SEGMENT_MISSING"}, "another": {"SEGMENT_WRONG"}, "changed": {"FRAME_DAMAGED"}}[how]
    assert told(db) == {"BACKUP_MISSING"} | wanted
    assert events(db)[-1] == ("backup.read_back", *wanted)


def test_another_instance_that_takes_over_is_told_and_nothing_is_written_besides(
    root: Path, source: Source, db: Database
) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        assert one._at_sets is not None
        one._at_sets.join()  # what it does with the set, too, was begun before
        second = place.Owner(OWNER.platform, "second", OWNER.county, OWNER.log_name, "m2", "/other")
        place.take_over(here(root), second, restored_from={"set": 1, "until": real().isoformat()}, now=real())
        assert codes(one.look()) == {"PLACE_TAKEN_OVER"} == told(db)
        look_in_vain(one, root, source)


def test_of_one_instance_that_runs_twice_the_first_says_so_and_writes_nothing_more(
    root: Path, source: Source, db: Database
) -> None:
    with archiver(root, source, db) as one:
        until(one, lambda _: here(root).sets() and not told(db))
        assert one._at_sets is not None
        one._at_sets.join()
        owner = replace(OWNER, machine="m1, started again from its snapshot")
        began = alone.begin(here(root), owner, now=real())
        assert codes(one.look()) == {"PLACE_SHARED"} == told(db)
        look_in_vain(one, root, source)
        alone.check(here(root), began)
    assert events(db)[-1] == ("backup.failed", "PLACE_SHARED")


def test_what_receives_ends_with_an_archiver_that_is_killed(root: Path, source: Source, db: Database) -> None:
    script = (
        "import sys, pathlib, time; from archived import archiver; from hutong.backup.programs import Source;"
        "from hutong.db.database import Database; root, url, programs, db = sys.argv[1:];"
        "one = archiver(pathlib.Path(root), Source(url, pathlib.Path(programs)), Database(db)).__enter__();"
        "one.look(); print(one._receiver._process.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", script, root, source.url, source.programs, db.url]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        receiver = int(process.stdout.readline())
        assert Path(f"/proc/{receiver}/cmdline").exists()
        process.send_signal(signal.SIGKILL)
    while Path(f"/proc/{receiver}").exists() and b"pg_receivewal" in Path(f"/proc/{receiver}/cmdline").read_bytes():
        pass
    with source.connect() as connection:
        while connection.execute("select from pg_replication_slots where active").fetchone():
            pass
        connection.execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots")
