"""A county comes back from its second place, its recovery copy and two passphrases, and says what is lost."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from lost_county import LOG, ONE, OTHER, Lost, real, settings, sign

from hutong.audit import beginning, export, signing, verify
from hutong.audit.beginning import Keys
from hutong.audit.heads import Heads
from hutong.backup import compressing, place, reading_back, restoring, unpacking
from hutong.core.errors import Problem
from hutong.core.lifecycle import Seat
from hutong.db import postmaster
from hutong.db.database import Database
from hutong.installation import finding, keys, opening
from hutong.installation.opening import Installation

OPERATOR, AUDITOR = {Seat("operator", "")}, {Seat("auditor", "")}


def refused(data: Path) -> str:
    """Return with which problem a folder is not opened; nothing where it is."""
    try:
        with opening.opened(settings(data)):
            return ""
    except Problem as problem:
        return problem.code


def stored(installation: Installation) -> int:
    with closing(Database(installation.database_url, role="auditor", size=1)) as db, db.transaction() as cur:
        ((count,),) = cur.execute("select count(*) from audit.leaf where seq < 1000000")
        return int(count)


def begin(installation: Installation) -> int:
    with closing(Database(installation.database_url, role="retention", size=1)) as db:
        given = {"keys": Keys(installation.log_keys, installation.log_heads), "now": installation.clock()}
        number = beginning.request(db, reason="机房火灾", by="one", seats=OPERATOR, **given)
        return beginning.approve(db, request=number, by="two", seats=AUDITOR, **given).number


@pytest.mark.clause("SX-11-c", "IS-4.3")
def test_all_that_was_committed_comes_back_and_the_log_goes_on_once_two_officers_say_so(
    lost: Lost, tmp_path: Path
) -> None:
    own = lost.copied(tmp_path / "second")
    steps: list[str] = []
    found = restoring.plan(own.place, moment=None, number=None)
    given = {"by": (ONE.name, OTHER.name), "durable": False, "told": steps.append}
    restored = restoring.restore(settings(tmp_path / "new"), found, own.opened(), **given)

    assert steps == ["keys", "unpack", "log", "replay", "evidence"]
    assert (restored.evidence.signed, restored.evidence.stored, restored.evidence.lost) == (own.sizes[-1],) * 2 + (0,)
    assert (restored.own_heads, restored.unreachable, restored.keys_wanting) == (False, None, ())
    assert not (tmp_path / "new" / opening.RESTORING).exists()

    with opening.opened(settings(tmp_path / "new")) as installation:
        assert installation.log_verifier == own.vkey
        assert stored(installation) == own.sizes[-1]
        with pytest.raises(signing.LogRestored):
            sign(installation)
        assert begin(installation) > 1
        sign(installation)
        folder = tmp_path / "export"
        with closing(Database(installation.database_url, role="auditor", size=1)) as db:
            export.export(db, folder, now=installation.clock(), by="c", seats=AUDITOR, vkey=own.vkey)
        report = verify.verify(folder, now=real())
        assert (report.faults, [each.size for each in report.earlier]) == ((), [own.sizes[-1]])
        assert [(each.signed, each.stored, each.lost) for each in report.begun] == [(own.sizes[-1],) * 2 + (0,)]
        records = (folder / "records.jsonl").read_text()
        assert "LOG_RESTORED" in records
        assert str(restored.identity.instance) in records


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("which", [1, 2])
def test_what_was_committed_before_a_moment_is_there_and_what_came_after_is_not(
    lost: Lost, tmp_path: Path, which: int
) -> None:
    """The last of the moments is after all that was committed: PostgreSQL alone would not know that it came so far."""
    restored = lost.restored(tmp_path / "new", moment=lost.moments[which])

    found = restored.evidence
    assert (found.stored, found.signed) == (lost.sizes[which], lost.sizes[-1])
    assert found.lost == lost.sizes[-1] - lost.sizes[which]
    assert found.committed_at is not None and found.committed_at <= lost.moments[which]
    mark = Heads(tmp_path / "new" / "keys" / "heads").restored()
    assert mark is not None and (mark.epoch, mark.lost) == (1, found.lost)


@pytest.mark.clause("SX-11-c")
def test_who_comes_back_from_one_place_that_nobody_writes_to_begins_an_epoch_of_its_own(
    lost: Lost, tmp_path: Path
) -> None:
    """Two copies of the place tell neither of the other; of three restores all would have to draw one number."""
    places = [lost, lost, lost.copied(tmp_path / "second")]
    marks = []
    for number, each in enumerate(places):
        each.restored(tmp_path / str(number))
        marks.append(Heads(tmp_path / str(number) / "keys" / "heads").restored())
    assert [each.epoch for each in marks if each] == [1, 1, 1]
    assert len({each.ahead for each in marks if each}) > 1


@pytest.mark.clause("SX-11-c")
def test_where_the_folder_has_its_own_heads_they_alone_decide(lost: Lost, tmp_path: Path) -> None:
    for name, moment in (("all", None), ("part", lost.moments[1])):
        shutil.copytree(lost.keys, tmp_path / name / "keys")
        restored = lost.restored(tmp_path / name, moment=moment)
        assert restored.own_heads
        assert Heads(tmp_path / name / "keys" / "heads").restored() is None
        with opening.opened(settings(tmp_path / name)) as installation:
            if moment is None:
                assert sign(installation) == lost.sizes[-1] + 1  # that it came back is entered
            else:
                with pytest.raises(signing.HeadNotContinued):
                    sign(installation)


@pytest.mark.clause("SX-11-c")
def test_what_was_put_back_once_is_put_back_again_only_where_somebody_says_so(lost: Lost, tmp_path: Path) -> None:
    own = lost.copied(tmp_path / "second")
    first = own.restored(tmp_path / "one")
    mine = place.Owner(str(first.identity.platform), str(first.identity.instance), "青禾县", LOG, "m2", "/one")
    place.take_over(own.written, mine, restored_from=restoring.restored_from(first), now=real())

    with pytest.raises(restoring.RestoredAlready) as refused:
        restoring.plan(own.place, moment=None, number=None, again=False)
    assert (refused.value.facts["machine"], refused.value.facts["folder"]) == ("m2", "/one")
    second = own.restored(tmp_path / "two")
    assert second.identity.instance != first.identity.instance
    with opening.opened(settings(tmp_path / "two")) as installation:
        mark = Heads(tmp_path / "one" / "keys" / "heads").restored()
        assert mark is not None and begin(installation) != 1 + mark.ahead  # what the first signs has another name


def test_a_set_of_another_postgresql_is_refused_with_what_is_wanted_and_what_there_is(
    lost: Lost, tmp_path: Path
) -> None:
    own = lost.copied(tmp_path / "second")
    path = own.place.set().folder / "set.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"postgres": 12}))
    with pytest.raises(restoring.PostgresOther) as refused:
        own.restored(tmp_path / "new")
    there = ", ".join(map(str, sorted(postmaster.programs())))
    assert refused.value.facts == {"number": 1, "wanted": 12, "found": there}
    assert not (tmp_path / "new").exists()


def test_moments_that_are_not_in_the_backup_are_told(lost: Lost, tmp_path: Path) -> None:
    with pytest.raises(restoring.MomentBeforeSets):
        lost.restored(tmp_path / "new", moment=lost.moments[0] - timedelta(days=1))
    with pytest.raises(restoring.MomentAfterLog):
        lost.restored(tmp_path / "new", moment=real() + timedelta(days=1))
    with pytest.raises(place.SetMissing):
        lost.restored(tmp_path / "new", number=7)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_is_left_as_it_is(lost: Lost, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "thesis.docx").write_text("…")
    with pytest.raises(restoring.FolderInUse):
        lost.restored(tmp_path / "new")
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["thesis.docx"]


def test_keys_of_another_platform_are_refused(lost: Lost, tmp_path: Path) -> None:
    shutil.copytree(lost.keys, tmp_path / "new" / "keys")
    (tmp_path / "new" / "keys" / "log.name").write_text("log.other.example")
    with pytest.raises(restoring.KeysOfAnother):
        lost.restored(tmp_path / "new")


@pytest.mark.clause("SX-11-c")
def test_where_the_log_is_broken_it_is_told_and_what_was_before_comes_back(lost: Lost, tmp_path: Path) -> None:
    own = lost.copied(tmp_path / "second")
    found = own.place.set()
    *_, broken, _ = [each for each in own.place.segments(found.system) if each.finished]
    content = bytearray(broken.path.read_bytes())
    content[len(content) // 2] ^= 1
    broken.path.write_bytes(content)

    restored = own.restored(tmp_path / "new")

    assert restored.unreachable == broken.name
    assert own.sizes[0] <= restored.evidence.stored < own.sizes[-1]
    assert restored.evidence.lost == own.sizes[-1] - restored.evidence.stored


@pytest.mark.clause("SX-11-c")
def test_a_damaged_set_makes_no_platform_and_the_next_try_begins_anew(lost: Lost, tmp_path: Path) -> None:
    own = lost.copied(tmp_path / "second")
    part = own.place.set().paths[-1]
    whole = part.read_bytes()
    part.write_bytes(whole[:-100] + bytes(100))
    with pytest.raises((reading_back.PartChanged, compressing.FrameDamaged)):
        own.restored(tmp_path / "new")
    assert refused(tmp_path / "new") == opening.RestoreUnfinished.code
    part.write_bytes(whole)
    assert own.restored(tmp_path / "new").evidence.stored == own.sizes[-1]


KILLED = """
import os, signal, sys
from pathlib import Path
from lost_county import Lost
def told(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
lost = Lost(Path(sys.argv[1]), (), (), "", Path())
lost.restored(Path(sys.argv[2]), told=told)
"""


@pytest.mark.parametrize("step", ["unpack", pytest.param("log", marks=pytest.mark.full), "evidence"])
def test_who_is_killed_on_the_way_leaves_no_platform_and_the_next_try_goes_to_the_end(
    lost: Lost, tmp_path: Path, step: str
) -> None:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED, lost.root, tmp_path / "new", step]
    assert subprocess.run(command, env=environ, check=False).returncode == -signal.SIGKILL
    assert refused(tmp_path / "new") == opening.RestoreUnfinished.code
    restored = lost.restored(tmp_path / "new")
    assert (restored.evidence.stored, restored.own_heads) == (lost.sizes[-1], False)


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "base/../../outside", "link", "device", "twice"])
def test_nothing_is_written_outside_of_the_folder_whatever_a_set_has_in_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "set").mkdir()
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as made:
        for each in ["PG_VERSION", "twice", name]:
            member = tarfile.TarInfo(each)
            if each == "link":
                member.type, member.linkname = tarfile.SYMTYPE, "/tmp"
            elif each == "device":
                member.type = tarfile.CHRTYPE
            made.addfile(member, io.BytesIO())
    compressor = compressing.compressor()
    content = compressor.compress(tar.getvalue()) + compressor.flush()
    (tmp_path / "set" / "base").write_bytes(content)
    part = place.PartFile("base", len(content), sha256(content).hexdigest())
    found = place.BackupSet(tmp_path / "set", 3, real(), real(), 0, 1, 1, "1", 18, "0", 0, "", (part,))
    (tmp_path / "to").mkdir()
    with pytest.raises(unpacking.SetHostile) as refused:
        unpacking.unpack(found, tmp_path / "to")
    assert refused.value.facts == {"number": 3, "name": name}
    assert {each.name for each in tmp_path.iterdir()} == {"set", "to"}
    assert {each.name for each in (tmp_path / "to").iterdir()} <= {"PG_VERSION", "twice"}


def test_a_lost_key_is_told_and_no_other_is_made_in_its_place(lost: Lost, tmp_path: Path) -> None:
    shutil.copytree(lost.keys, tmp_path / "keys")
    for name in (keys.KEYRING, keys.LOG_SEED, keys.REPLY_SEED):
        kept = (tmp_path / "keys" / name).read_bytes()
        (tmp_path / "keys" / name).unlink()
        with pytest.raises(keys.KeyLost):
            keys.make(settings(tmp_path))
        assert not (tmp_path / "keys" / name).exists()
        (tmp_path / "keys" / name).write_bytes(kept)


@pytest.mark.clause("SX-11-c")
def test_keys_alone_come_back_into_the_folder_of_their_platform_and_into_no_other(lost: Lost, tmp_path: Path) -> None:
    own = lost.copied(tmp_path / "second")
    data = tmp_path / "one"
    own.restored(data)
    content = own.opened()
    restoring.check_keys(data, content)
    other = content | {"keys/log.vkey": content["keys/reply.vkey"], "keys/log.name": b"log.other.example"}
    for content_of_another in (other, {}, {"keys/log.name": b"\xff"}):
        with pytest.raises(restoring.KeysOfAnother):
            restoring.check_keys(data, content_of_another)
    with pytest.raises(restoring.KeysOfAnother):
        restoring.check_keys(tmp_path / "mistyped", content)
    finding.check_identity(data)
    with pytest.raises(opening.PlatformMissing):
        finding.check_identity(tmp_path / "mistyped")
    assert not (tmp_path / "mistyped").exists()
