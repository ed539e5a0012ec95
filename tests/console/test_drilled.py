"""What a drill measured is filed by the clock of its platform: the machine's, or the one it trains by."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import securing
from acting import County, entries
from openpyxl import load_workbook

from hutong import settings
from hutong.backup import drill_reports
from hutong.console import drilled
from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.models import Step
from hutong.control.security import measures, rules
from hutong.control.security.models import Drill
from hutong.core import beijing
from hutong.core.errors import Invalid
from hutong.installation import identity, keys
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring


def platform(county: County, data: Path, *, apart: timedelta) -> Installation:
    """Return the county's platform, whose clock is so far ahead of the machine's."""
    given = settings.read({}, data=data)
    given.keys.mkdir(parents=True, exist_ok=True)
    if not (given.keys / keys.KEYRING).exists():
        Keyring.create(given.keys / keys.KEYRING)
    return Installation(given, county.url, lambda: datetime.now(UTC) + apart, training=bool(apart))


def known(county: County, told: dict[str, Any]) -> None:
    """Have the platform know a report's set, its checkpoint and its comparison."""
    with psycopg.connect(county.url) as one:
        one.execute(
            "insert into audit.backup_set (folder, number, began_at, ended_at, bytes, log_size, postgres)"
            " values ('/mnt/second', %(set_number)s, %(set_ended_at)s, %(set_ended_at)s, 7, 9, 18)"
            " on conflict (folder, number) do update set ended_at = excluded.ended_at", told,
        )  # fmt: skip
        one.execute(
            "insert into audit.checkpoint (size, root, at, note)"
            " values (%(checkpoint_size)s, decode(%(checkpoint_root)s, 'hex'), %(fault_at)s, '')"
            " on conflict do nothing", told,
        )  # fmt: skip


def signed(folder: Path, told: dict[str, Any], *, name: str = "report.json") -> Path:
    """Write a report as a drill does that has the platform's keys."""
    keyring = Keyring.load(settings.read({}, data=folder).keys / keys.KEYRING)
    path = folder / name
    path.write_text(json.dumps(drill_reports.authenticated(told, keyring=keyring)))
    return path


def reported(county: County, folder: Path, *, over: datetime, **changes: object) -> Path:
    """Return the report of a drill that was over at a moment of the machine's clock."""
    return signed(folder, measured(county, over=over, **changes))


def measured(county: County, *, over: datetime, **changes: object) -> dict[str, Any]:
    """Return what such a drill reports; the platform knows all of it."""
    fault_at = over - timedelta(seconds=425.2)
    told = securing.report(
        fault_at=fault_at, read_back_at=over - timedelta(seconds=9), set_ended_at=fault_at - timedelta(hours=5),
        log_until=fault_at - timedelta(seconds=42), compare=None, checkpoint_root="a7" * 32,
        steps=[{"code": code, "name": code, "seconds": 1.5, "ok": True, "told": ""} for code in drill_reports.STAGES],
    )  # fmt: skip
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}
    known(county, plain)
    return plain | changes


def file(county: County, at: Installation, report: Path) -> str:
    return drilled.file(at, report, case=None, by=county.actor("operator", now=at.clock()))


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("days", [-272, 400, 0])
def test_a_drill_is_filed_at_once_whatever_clock_its_platform_lives_by(county: County, tmp_path: Path, days: int):
    apart = timedelta(days=days) if days else timedelta()
    at = platform(county, tmp_path, apart=apart)
    over = datetime.now(UTC)
    no = file(county, at, reported(county, tmp_path, over=over))
    drill = Drill.objects.get(no=no)
    assert (drill.state, drill.passed, drill.rpo_seconds, drill.rto_seconds) == ("REPORTED", True, 42, 426)
    assert entries(county.url, "security.drill_moved") == 4
    steps = {each.action: each.at for each in Step.objects.filter(case=no)}
    assert abs(steps["drill"] - over - apart) <= timedelta(seconds=2)
    assert steps["back_up"] < steps["verify"] <= steps["drill"] <= steps["report"]
    said = told_of(county, at, no)
    if days:
        assert drill.measures["apart_seconds"] == round(apart.total_seconds())
        machine = over - timedelta(seconds=425.2)
        assert "训练时钟" in said.get("时钟", "")
        assert f"{machine.astimezone(beijing.BEIJING):%Y-%m-%d}" in said["时钟"]
    else:
        assert drill.measures["apart_seconds"] is None and "时钟" not in said


def told_of(county: County, at: Installation, no: str) -> dict[str, str]:
    """Return what the record of a drill says, by label."""
    of = CaseReference("security.drill", no)
    given = {"by": county.actor("authority", now=at.clock()), "keyring": Keyring.load(at.keyring_path)}
    opened = [attachments.read(of, each.id, **given, now=at.clock()) for each in attachments.listed(of)]
    (book,) = [each.content for each in opened if each.about.name.endswith(".xlsx")]
    return {row[0]: row[1] for row in load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True) if row[0]}


def test_what_lies_ahead_of_the_clock_that_measured_it_is_refused_on_every_platform(county: County, tmp_path: Path):
    for apart in (timedelta(), timedelta(days=400), timedelta(days=-272)):
        at = platform(county, tmp_path, apart=apart)
        with pytest.raises(measures.DrillAhead):
            file(county, at, reported(county, tmp_path, over=datetime.now(UTC) + timedelta(hours=1)))
    assert Drill.objects.count() == 0


def test_the_drill_of_another_platform_is_not_filed_here(county: County, tmp_path: Path):
    own = identity.Identity(uuid4(), uuid4(), identity.located(tmp_path))
    at = replace(platform(county, tmp_path, apart=timedelta()), identity=own)
    with pytest.raises(drilled.DrillOfAnother) as refused:
        file(county, at, reported(county, tmp_path, over=datetime.now(UTC), platform=str(uuid4())))
    assert refused.value.facts["own"] == str(own.platform)
    with pytest.raises(drilled.DrillOfAnother):  # one that names none is nobody's
        file(county, at, reported(county, tmp_path, over=datetime.now(UTC)))
    assert Drill.objects.count() == 0
    assert file(county, at, reported(county, tmp_path, over=datetime.now(UTC), platform=str(own.platform)))


@pytest.mark.parametrize(
    "content", ["", "[]", "7", "{}x", '{"fault_at": 7', "[" * 100_000, '{"a":' * 100_000, " " * (drilled.LARGEST + 1)]
)
def test_what_is_no_report_is_refused_as_such(county: County, tmp_path: Path, content: str):
    at = platform(county, tmp_path, apart=timedelta(days=-272))
    (tmp_path / "report.json").write_text(content)
    with pytest.raises(drilled.ReportUnreadable):
        file(county, at, tmp_path / "report.json")


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "2026-13-01", "noon", ["x"], 7, "2026-03-02"]
)
@pytest.mark.parametrize("days", [-272, 0, 400])
def test_moments_that_are_none_are_refused(county: County, tmp_path: Path, moment: object, days: int):
    at = platform(county, tmp_path, apart=timedelta(days=days))
    told = measured(county, over=datetime.now(UTC), fault_at=moment)
    with pytest.raises((drilled.ReportUnreadable, Invalid)):
        file(county, at, signed(tmp_path, told))
    assert Drill.objects.count() == 0


@pytest.mark.clause("SX-11-c")
def test_a_report_that_no_drill_wrote_is_not_filed(county: County, tmp_path: Path):
    at = platform(county, tmp_path, apart=timedelta())
    path = reported(county, tmp_path, over=datetime.now(UTC))
    told = json.loads(path.read_text())
    failed = {name: value for name, value in told.items() if name not in ("mac", "key_id")} | {"verified": False}
    (tmp_path / "other" / "keys").mkdir(parents=True)
    Keyring.create(tmp_path / "other" / "keys" / keys.KEYRING)
    forged = [
        {name: value for name, value in told.items() if name != "mac"},
        told | {"mac": ""}, told | {"mac": 7}, told | {"mac": "é"}, told | {"key_id": "0" * 16},
        told | {"key_id": None},
        told | {"rto_seconds": 1}, told | {"machine": "another"}, told | {"more": 1}, {"mac": "00" * 32},
        json.loads(signed(tmp_path, failed, name="failed.json").read_text()) | {"verified": True},
        json.loads(signed(tmp_path / "other", failed).read_text()),
    ]  # fmt: skip
    for each in forged:
        path.write_text(json.dumps(each))
        with pytest.raises(drill_reports.ReportNotAuthentic):
            file(county, at, path)
    assert Drill.objects.count() == 0


def step(code: str, *, ok: bool = True) -> dict[str, object]:
    return {"code": code, "name": code, "seconds": 1.5, "ok": ok, "told": ""}


WHOLE = [step(code) for code in drill_reports.STAGES]


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize(
    "field,changes",
    [
        ("set_number", {"set_number": 4711}), ("set_number", {"set_number": None}),
        ("set_number", {"set_ended_at": "2026-11-30T02:51:00+00:00"}),
        ("checkpoint_size", {"checkpoint_size": 51_203}), ("checkpoint_size", {"checkpoint_root": "b7" * 32}),
        ("checkpoint_size", {"checkpoint_size": None, "checkpoint_root": ""}),
        ("checkpoint_size", {"checkpoint_size": "x"}),
        ("compare", {"compare": {"entry": 4711, "index": 1, "verdict": "OK"}}), ("compare", {"compare": []}),
        ("compare", {"compare": {"entry": "1' or", "index": 1, "verdict": "OK"}}),
        ("steps", {"steps": []}), ("steps", {"steps": None}), ("steps", {"steps": WHOLE[:-1]}),
        ("steps", {"steps": WHOLE[::-1]}), ("steps", {"steps": [*WHOLE[:5], *WHOLE[6:]]}),
        ("steps", {"steps": [{**each, "code": "keys"} for each in WHOLE]}), ("steps", {"steps": "whole"}),
        ("steps", {"steps": [*WHOLE[:3], step("prove", ok=False)]}),
    ],
)  # fmt: skip
def test_what_the_platform_does_not_bear_out_is_not_filed(
    county: County, tmp_path: Path, field: str, changes: dict[str, object]
):
    at = platform(county, tmp_path, apart=timedelta())
    with pytest.raises(drill_reports.ReportNotBorneOut) as refused:
        file(county, at, reported(county, tmp_path, over=datetime.now(UTC), **changes))
    assert refused.value.facts["field"] == field
    assert Drill.objects.count() == 0


@pytest.mark.clause("SX-11-c")
def test_a_drill_that_failed_is_filed_as_far_as_it_came(county: County, tmp_path: Path):
    at = platform(county, tmp_path, apart=timedelta())
    told = measured(
        county, over=datetime.now(UTC), steps=[*WHOLE[:2], step("restore", ok=False)], verified=False, rto_seconds=None,
        checkpoint_size=None, checkpoint_root="", restore_seconds=None, log_until=None, rpo_seconds=None,
    )  # fmt: skip
    drill = Drill.objects.get(no=file(county, at, signed(tmp_path, told)))
    assert (drill.state, drill.passed) == ("REPORTED", False)


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("into", ["a new one", "a planned one"])
def test_a_report_is_filed_once(county: County, tmp_path: Path, into: str):
    at = platform(county, tmp_path, apart=timedelta())
    report = reported(county, tmp_path, over=datetime.now(UTC))
    no = file(county, at, report)
    case = securing.planned(county, now=at.clock()) if into == "a planned one" else None
    report.write_text(json.dumps(json.loads(report.read_text()), indent=4, sort_keys=True))  # the same in other letters
    with pytest.raises(rules.DrillFiled) as refused:
        drilled.file(at, report, case=case, by=county.actor("operator", now=at.clock()))
    assert refused.value.facts["no"] == no
    assert Drill.objects.filter(state="REPORTED").count() == 1
