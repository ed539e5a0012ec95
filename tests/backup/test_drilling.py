"""A drill: from the second place and two passphrases alone a platform comes back, is proven, measured, and goes."""

import json
import math
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from lost_county import ONE, OTHER, Lost, lose, people, real, settings

from hutong.backup import drilling, place, recovery
from hutong.backup.drilling import DrillReport
from hutong.backup.macs import Macs
from hutong.backup.place import BackupPlace
from hutong.core import beijing
from hutong.db import postmaster, receiving
from hutong.db.embedded import Server
from hutong.installation import opening
from hutong.installation.opening import Installation

PASSPHRASES = dict([ONE, OTHER])


def drilled(lost: Lost, folder: Path, **given: object) -> DrillReport:
    asked = {
        "notes": folder.with_name("notes"), "passphrases": lambda officers: PASSPHRASES, "clock": real, "machine": "m2",
        "durable": False,
    } | given  # fmt: skip
    return drilling.drill(lost.root, folder, **asked)  # type: ignore[arg-type]


@pytest.mark.clause("SX-11-c", "IS-4.3")
def test_a_drill_brings_everything_back_proves_and_measures_it_and_leaves_nothing(lost: Lost, tmp_path: Path) -> None:
    steps: list[str] = []
    clusters: set[Path] = set()
    before = {path: path.read_bytes() for path in lost.root.rglob("*") if path.is_file()}
    began = real()

    def told(stage: drilling.DrillStage) -> None:
        steps.append(stage.code)
        if stage.code == "held":
            clusters.add(opening.own_server(settings(tmp_path / "drill")).cluster)

    report = drilled(lost, tmp_path / "drill", told=told)

    assert steps == ["keys", "set", "restore", "log", "held", "verify", "prove", "answer"]
    assert [(stage.code, str(stage.problem)) for stage in report.stages if not stage.ok] == []
    assert report.passed
    assert (report.checkpoint_size, report.verified) == (lost.sizes[-1], True)
    assert (report.signed_size, report.stored_size) == (lost.sizes[-1], lost.sizes[-1])
    assert report.compare == {"entry": report.compare["entry"], "index": lost.sizes[-1] - 1, "verdict": "OK"}  # type: ignore[index]
    assert report.stages[-1].facts == {"grant": "g1", "verdict": "match"}
    assert began <= report.fault_at <= real()
    archived = lost.place.archived()
    assert archived is not None and report.log_until == archived.at
    assert report.rpo_seconds is not None and 0 <= report.rpo_seconds - (began - archived.at).total_seconds() < 60
    assert report.restore_seconds is not None and report.rto_seconds is not None
    assert 0 < report.restore_seconds < report.rto_seconds
    assert json.loads(json.dumps(report.plain())) == report.plain()
    assert not (tmp_path / "drill").exists()
    assert {path: path.read_bytes() for path in lost.root.rglob("*") if path.is_file()} == before
    assert [each.parent.exists() for each in clusters] == [False]


@pytest.mark.clause("SX-11-c")
def test_a_log_that_does_not_follow_any_more_is_told_with_since_when_and_counts_as_lost(
    lost: Lost, tmp_path: Path
) -> None:
    report = drilled(lost, tmp_path / "drill", clock=lambda: real() + timedelta(hours=3))
    (stage,) = [each for each in report.stages if each.code == "log"]
    archived = lost.place.archived()
    assert archived is not None
    assert (stage.ok, stage.facts["stalled"], report.log_until) == (True, True, archived.at)
    assert report.rpo_seconds is not None and report.rpo_seconds >= 3 * 3600
    since = beijing.shown(archived.at)
    assert stage.told("zh").startswith(f"警告：数据库日志自 {since} 起不再到达备份存放处")
    assert f"since {since}" in stage.told("en")
    assert stage.told("zh") in [each["told"] for each in report.plain()["steps"]]  # type: ignore[index,union-attr]


def noted(own: Lost, **changes: object) -> None:
    """Have the platform itself note another state of its log at the place."""
    found = own.place.archived()
    assert found is not None
    BackupPlace(own.place.folder, Macs.of_copy(own.opened())).note_archived(replace(found, **changes))  # type: ignore[arg-type]


@pytest.mark.clause("SX-11-c")
def test_what_arrives_after_the_fault_does_not_count_as_saved(lost: Lost, tmp_path: Path) -> None:
    own, before = lost.copied(tmp_path / "second"), lost.place.archived()
    assert before is not None

    def told(stage: drilling.DrillStage) -> None:
        if stage.code == "keys":  # the archiver of the platform, which runs on
            noted(own, at=real() + timedelta(hours=1))

    report = drilled(own, tmp_path / "drill", told=told)
    assert report.log_until == before.at
    assert report.rpo_seconds == math.ceil((report.fault_at - before.at).total_seconds())
    ahead = lost.copied(tmp_path / "third")
    noted(ahead, at=real() + timedelta(hours=1))  # a clock that was set back since
    report = drilled(ahead, tmp_path / "other")
    assert (report.log_until, report.rpo_seconds) == (report.fault_at, 0)


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("what", ["the log is gone", "more was noted than came back"])
def test_how_much_was_signed_stands_beside_how_much_came_back(lost: Lost, tmp_path: Path, what: str) -> None:
    own, whole = lost.copied(tmp_path / "second"), lost.sizes[-1]
    if what == "the log is gone":
        shutil.rmtree(own.place.folder / "log")
        code, signed, stored = "LOG_BROKEN", whole, lost.sizes[0]
    else:
        noted(own, log_size=whole + 7)
        code, signed, stored = "SIGNED_NOT_RETURNED", whole + 7, whole
    report = drilled(own, tmp_path / "drill")
    assert [each.problem.code for each in report.stages if each.code == "log" and each.problem] == [code]
    assert (report.signed_size, report.stored_size, report.log_until) == (signed, stored, None)
    assert not report.passed
    plain = report.plain()
    assert (plain["signed_size"], plain["stored_size"], plain["rpo_seconds"]) == (signed, stored, None)


@pytest.mark.clause("SX-11-c")
def test_there_is_no_drill_without_both_passphrases(lost: Lost, tmp_path: Path) -> None:
    with pytest.raises(recovery.RecoveryRefused):
        drilled(lost, tmp_path / "drill", passphrases=lambda officers: {ONE.name: ONE.passphrase})
    with pytest.raises(place.PlaceMissing):
        drilling.drill(tmp_path, tmp_path / "drill", notes=tmp_path, passphrases=dict, clock=real, machine="m2")  # type: ignore[arg-type]
    assert not (tmp_path / "drill").exists()


@pytest.mark.clause("SX-11-c")
def test_a_drill_says_what_failed_and_that_it_failed(lost: Lost, tmp_path: Path) -> None:
    own = lost.copied(tmp_path / "second")
    found = own.place.set()
    *_, broken, _ = [each for each in own.place.segments(found.system) if each.finished]
    broken.path.unlink()
    report = drilled(own, tmp_path / "drill")
    assert [(stage.code, stage.problem.code) for stage in report.stages if stage.problem] == [("log", "LOG_BROKEN")]
    assert (report.passed, report.log_until, report.rpo_seconds) == (False, None, None)
    assert report.verified  # what came back is whole in itself

    part = found.paths[0]
    part.write_bytes(part.read_bytes()[:1000])
    report = drilled(own, tmp_path / "drill")
    assert [(stage.code, stage.ok) for stage in report.stages] == [("keys", True), ("set", True), ("restore", False)]
    assert not report.passed


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("stage", ["set", pytest.param("held", marks=pytest.mark.full)])
def test_what_the_machine_does_not_let_a_drill_do_is_a_stage_that_failed(
    lost: Lost, tmp_path: Path, stage: str
) -> None:
    """Something of another kind in the way, and a database that ended, as where its disk has no room."""

    def told(found: drilling.DrillStage) -> None:
        folder = tmp_path / "drill"
        if found.code == stage == "set":
            (folder / "postgres").write_bytes(b"")
        elif found.code == stage == "log":
            (folder / "keys" / "heads").rename(folder / "aside")
            (folder / "keys" / "heads").write_bytes(b"")
        elif found.code == stage == "held":
            server = opening.own_server(settings(folder))
            postmaster.end(server.cluster, patience_seconds=60)

    report = drilled(lost, tmp_path / "drill", told=told)
    codes = {each.problem.code for each in report.stages if each.problem}
    assert "DRILL_CUT_OFF" in codes, codes
    assert not report.passed
    assert not (tmp_path / "drill").exists()
    assert [*(tmp_path / "notes").iterdir()] == []


@pytest.mark.clause("SX-11-c")
def test_a_drill_whose_log_is_not_sound_has_failed(lost: Lost, tmp_path: Path) -> None:
    def told(stage: drilling.DrillStage) -> None:
        if stage.code == "held":  # an altered record, as of a database that somebody changed before it was backed up
            with psycopg.connect(opening.own_server(settings(tmp_path / "drill")).superuser_url("hutong")) as one:
                one.execute("update audit.entry set record = replace(record, 'p-3', 'p-4')")

    report = drilled(lost, tmp_path / "drill", told=told)
    assert [stage.problem.code for stage in report.stages if stage.problem] == ["LOG_FAULTY"]
    assert (report.verified, report.passed) == (False, False)


@pytest.mark.clause("SX-11-c")
@pytest.mark.full
@pytest.mark.parametrize("days", [400, -272])
def test_a_platform_that_trains_is_drilled_by_its_own_clock_and_measured_by_the_machines(
    tmp_path: Path, days: int
) -> None:
    lost = lose(tmp_path / "data", tmp_path / "second", rows=people, starting=real() + timedelta(days=days))
    began, clocks = real(), []

    def told(stage: drilling.DrillStage) -> None:
        if stage.code == "answer":
            with psycopg.connect(opening.own_server(settings(tmp_path / "drill")).superuser_url("hutong")) as one:
                clocks.extend(one.execute("select max(at) from audit.entry").fetchall()[0])

    report = drilled(lost, tmp_path / "drill", told=told)
    assert [(stage.code, str(stage.problem)) for stage in report.stages if stage.problem] == []
    assert report.passed and report.stages[-1].facts["grant"] == "g1"
    assert report.set_ended_at is not None and report.log_until is not None
    assert report.set_ended_at <= report.log_until <= began <= report.fault_at <= real()
    assert [round((at - real()) / timedelta(days=1)) for at in clocks] == [days]


@pytest.mark.full
@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("major", [major for major in postmaster.programs() if major >= 15])
def test_backup_restore_and_drill_with_every_postgresql_there_is(tmp_path: Path, major: int) -> None:
    made = Server(tmp_path / "data" / "postgres", durable=False, binaries=postmaster.programs()[major])
    made.start()
    made.stop()
    lost = lose(tmp_path / "data", tmp_path / "second", rows=people)
    assert lost.place.set().postgres == major
    report = drilled(lost, tmp_path / "drill")
    assert [(stage.code, str(stage.problem)) for stage in report.stages if not stage.ok] == []
    assert (report.passed, report.postgres) == (True, str(major))
    restored = lost.restored(tmp_path / "new", moment=lost.moments[1])
    assert restored.evidence.stored == lost.sizes[1]
    with opening.opened(settings(tmp_path / "new")) as installation:
        assert installation.server is not None
        assert postmaster.major(installation.server.cluster) == major
    restored_server = opening.own_server(settings(tmp_path / "new"))
    receiving.discard(restored_server)


GIB = 1 << 30


def a_gibibyte(installation: Installation) -> None:
    """Hold so much that nothing compresses: digests, as sealed rows are."""
    assert installation.server is not None
    people(installation)
    with psycopg.connect(installation.server.superuser_url("hutong")) as one:
        one.execute(
            "create table public.filling as select n, sha256(int8send(n)) || sha256(int8send(-n)) as a, "
            "sha256(int8send(n + 7)) || sha256(int8send(7 - n)) as b from generate_series(1, 6300000) n"
        )


@pytest.mark.full
@pytest.mark.timeout(1200)
@pytest.mark.clause("SX-11-c")
def test_a_drill_of_a_gibibyte(tmp_path: Path) -> None:
    lost = lose(tmp_path / "data", tmp_path / "second", rows=a_gibibyte)
    report = drilled(lost, tmp_path / "drill", durable=True)
    assert [(stage.code, str(stage.problem)) for stage in report.stages if not stage.ok] == []
    assert report.passed
    (restore,) = [stage for stage in report.stages if stage.code == "restore"]
    assert int(str(restore.facts["mib"])) << 20 > GIB
    print(json.dumps(report.plain(), ensure_ascii=False, indent=1))
