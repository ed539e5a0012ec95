"""What a drill measured is filed by the clock of its platform: the machine's, or the one it trains by."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import securing
from acting import County, entries
from openpyxl import load_workbook

from hutong import settings
from hutong.console import drilled
from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.models import Step
from hutong.control.security import measures
from hutong.control.security.models import Drill
from hutong.core import beijing
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


def reported(folder: Path, *, over: datetime, **changes: object) -> Path:
    """Return the report of a drill that was over at a moment of the machine's clock."""
    fault_at = over - timedelta(seconds=425.2)
    told = securing.report(
        fault_at=fault_at, read_back_at=over - timedelta(seconds=9), set_ended_at=fault_at - timedelta(hours=5),
        log_until=fault_at - timedelta(seconds=42), **changes,
    )  # fmt: skip
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}
    path = folder / "report.json"
    path.write_text(json.dumps(plain))
    return path


def file(county: County, at: Installation, report: Path) -> str:
    return drilled.file(at, report, case=None, by=county.actor("operator", now=at.clock()))


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize("days", [-272, 400, 0])
def test_a_drill_is_filed_at_once_whatever_clock_its_platform_lives_by(county: County, tmp_path: Path, days: int):
    apart = timedelta(days=days) if days else timedelta()
    at = platform(county, tmp_path, apart=apart)
    over = datetime.now(UTC)
    no = file(county, at, reported(tmp_path, over=over))
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
            file(county, at, reported(tmp_path, over=datetime.now(UTC) + timedelta(hours=1)))
    assert Drill.objects.count() == 0


def test_the_drill_of_another_platform_is_not_filed_here(county: County, tmp_path: Path):
    own = identity.Identity(uuid4(), uuid4(), identity.located(tmp_path))
    at = replace(platform(county, tmp_path, apart=timedelta()), identity=own)
    with pytest.raises(drilled.DrillOfAnother) as refused:
        file(county, at, reported(tmp_path, over=datetime.now(UTC), platform=str(uuid4())))
    assert refused.value.facts["own"] == str(own.platform)
    assert Drill.objects.count() == 0
    assert file(county, at, reported(tmp_path, over=datetime.now(UTC), platform=str(own.platform)))


@pytest.mark.parametrize("content", ["", "[]", "{}x", '{"fault_at": 7}', '{"fault_at": "0001-01-01T00:00:00+00:00"}'])
def test_what_is_no_report_is_refused_as_such(county: County, tmp_path: Path, content: str):
    (tmp_path / "report.json").write_text(content)
    at = platform(county, tmp_path, apart=timedelta(days=-272))
    with pytest.raises((drilled.ReportUnreadable, measures.MeasureUnreadable, measures.DrillIncomplete)):
        file(county, at, tmp_path / "report.json")
