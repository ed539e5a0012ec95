"""What is warned of before it fails: a disk that fills, a certificate that ends, a clock that is off."""

import itertools
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from certifying import Authority
from hutong import settings
from hutong.core import beijing, text
from hutong.db.database import Database
from hutong.installation import certificates, watching
from hutong.installation.watching import Watched
from hutong.plane import rulebook

MIB = 1 << 20
_versions = itertools.count(1)


def real() -> datetime:
    return datetime.now(UTC)


def seen(db: Database, watched: Watched, *, ahead: timedelta = timedelta()) -> list[tuple[str, dict]]:
    """Return what is found wanting, by code and facts; the machine's clock is so far ahead."""
    with db.transaction() as cur:
        found = watching.look(watched, cur, now=real(), clock=lambda: real() + ahead, machine="m1")
    return [(each.code, each.facts) for each in found.problems]


def decide(db: Database, **limits: int) -> None:
    """Let limits of what is watched hold from long ago."""
    with db.transaction() as cur:
        changed = {f"watch.{name}": value for name, value in limits.items()}
        rulebook.keep(cur, changed, version=next(_versions), from_date=date(2020, 1, 1))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of sixteen MiB, in memory."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root mounts a small disk; the test of the rulebook's limit stands in")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.clause("SX-11-a")
def test_a_disk_that_fills_is_warned_of_and_no_other(db: Database, tmp_path: Path, small: Path) -> None:
    decide(db, disk_percent=50, disk_bytes=4 * MIB)
    other = tmp_path / "other"
    other.mkdir()
    watched = Watched({"spool": small, "database": small / "."})
    assert seen(db, watched) == []
    (small / "filled").write_bytes(bytes(9 * MIB))
    assert seen(db, watched) == [("DISK_FILLING", {"disk": "spool, database", "free": 7, "percent": 43})]
    decide(db, disk_percent=0)
    assert seen(db, watched) == []
    (small / "more").write_bytes(bytes(4 * MIB))
    assert seen(db, watched) == [("DISK_FILLING", {"disk": "spool, database", "free": 3, "percent": 18})]


def test_the_rulebook_says_when_a_disk_is_warned_of(db: Database, tmp_path: Path) -> None:
    watched = Watched({"data": tmp_path})
    decide(db, disk_percent=0, disk_bytes=0)
    assert seen(db, watched) == []
    decide(db, disk_percent=100)
    ((code, facts),) = seen(db, watched)
    assert (code, facts["disk"]) == ("DISK_FILLING", "data")


def test_a_folder_that_is_gone_is_told_and_nothing_else_is_lost(db: Database, tmp_path: Path) -> None:
    decide(db, disk_percent=0, disk_bytes=0)
    watched = Watched({"data": tmp_path, "spool": tmp_path / "gone"})
    assert seen(db, watched) == [("DISK_UNSEEN", {"disk": "spool", "reason": "No such file or directory"})]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    ("limit", "ahead", "codes"),
    [(30, 0, ["CERTIFICATE_ENDING"]), (1, 0, []), (1, 2, ["CERTIFICATE_ENDING"]), (1, 4, ["CERTIFICATE_ENDED"])],
)
def test_a_certificate_is_warned_of_ahead_of_its_last_day(db, tmp_path, limit, ahead, codes):
    decide(db, disk_percent=0, disk_bytes=0, certificate_days=limit, clock_seconds=3600)
    pem, _ = Authority.made(tmp_path).certify("county.example", days=2.5)
    with db.transaction() as cur:
        moment = real() + timedelta(days=ahead)
        problems = watching.ending(certificates.shown(pem), now=moment, days=limit)
        given = Watched(certificates=certificates.shown(pem))
        looked = watching.look(given, cur, now=real(), clock=real, machine="m1").problems
    assert [each.code for each in problems] == codes
    if not ahead:
        assert [each.code for each in looked] == codes
    assert all("county.example" in str(each) for each in problems)


def test_every_certificate_of_the_file_is_looked_at(tmp_path: Path) -> None:
    authority = Authority.made(tmp_path)
    pem, _ = authority.certify("county.example", days=300)
    pem.write_bytes(pem.read_bytes() + authority.path.read_bytes())
    assert [each.code for each in watching.ending(certificates.shown(pem), now=real(), days=30)] == [
        "CERTIFICATE_ENDING"
    ]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(("ahead", "told"), [(0, None), (-100, -100), (1.5, None), (3600, 3600)])
def test_a_clock_that_is_off_the_databases_is_told(db, ahead, told):
    found = seen(db, Watched(), ahead=timedelta(seconds=ahead))
    assert [(code, facts["machine"], facts["source"]) for code, facts in found] == (
        [] if told is None else [("CLOCK_APART", "m1", "database")]
    )
    if told is not None:
        assert abs(found[0][1]["seconds"] - told) <= 2


@pytest.mark.clause("IS-4.1-b")
@pytest.mark.parametrize(("days", "told"), [(15, []), (14, ["KEY_ENDING"]), (0, [])])
def test_a_key_of_the_platforms_is_warned_of_ahead_of_its_last_day(db, tmp_path, days, told):
    until = real() + timedelta(days=days)
    with db.transaction() as cur:
        cur.execute(
            "insert into audit.key_change (kind, number, state, new_key, overlap_days, reason, requested_by,"
            " requested_at, approved_by, approved_at, old_key, until_at, epoch, entry_id, record, salt)"
            " values ('log', 2, 'approved', 'n', 1, 'r', 'one', now(), 'two', now(), 'o', %s, 1, 1, '{}', 's')",
            (until,),
        )
    found = seen(db, Watched())
    assert [code for code, _ in found] == told
    assert [facts for _, facts in found] == [{"which": "log", "day": str(beijing.last_day(until))}] * len(told)


def test_a_door_watches_data_spool_and_the_databases_folder(tmp_path: Path) -> None:
    pem, key = Authority.made(tmp_path).certify("county.example")
    given = settings.read({"HUTONG_TLS_CERTIFICATE": str(pem), "HUTONG_TLS_KEY": str(key)}, data=tmp_path)
    assert watching.watched(given).disks == {"data": tmp_path, "spool": tmp_path / "spool"}
    with_folder = watching.watched(replace(given, database_folder=tmp_path / "cluster"))
    assert with_folder.disks["database"] == tmp_path / "cluster"
    assert [each.name for each in with_folder.certificates] == ["CN=county.example"]


def test_each_says_what_to_do_in_both_languages() -> None:
    kinds = {each.code: each for each in watching.__dict__.values() if getattr(each, "code", None) in watching.WANTING}
    assert kinds.keys() == set(watching.WANTING)
    for kind in kinds.values():
        facts = {"disk": "data, spool", "source": "database", "which": "replies"}
        chinese, english = (text.say(kind(**facts), language=language) for language in ("zh", "en"))
        assert chinese.advice and english.advice and "请" in chinese.advice
        assert not {"data, spool", "database", "（replies）"} & {*chinese.message.split()}
