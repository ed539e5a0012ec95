"""Who loads a calendar again is told which running deadlines it now counts to another day."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from acting import PASSWORD, County
from typer.testing import CliRunner

from hutong import cli, settings
from hutong.core import labels
from hutong.installation import opening

LATE = datetime(2026, 12, 30, 2, tzinfo=UTC)


@pytest.fixture
def folder(county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {"DATABASE_URL": county.url, "WEB_SECRET": "", "DATA": str(tmp_path / "data")}.items():
        monkeypatch.setenv(f"HUTONG_{name}", value)
    for number in (1, 2):
        monkeypatch.setenv(f"HUTONG_PASSPHRASE_{number}", f"correct horse battery {number}")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.chdir(tmp_path)
    with opening.opened(settings.read()):
        return tmp_path


def load(*more: str, until: str) -> str:
    notice = f"2027年放假安排,,,\n\n日期*,截止,类别,名称\n2027-01-01,{until},放假,元旦\n"
    Path("notice.csv").write_text(notice, encoding="gb18030")
    given = ["calendar", "load", "notice.csv", *more, "--officer", "operator", "--password", PASSWORD]
    told = CliRunner().invoke(cli.app, given)
    assert told.exit_code == 0, f"{told.output}{told.exception}"
    return told.output


def test_deadlines_that_keep_their_day_are_listed(county: County, folder: Path) -> None:
    assert "2027" in load(until="2027-01-03")
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=LATE)
    told = load("--again", until="2027-01-08")
    facts = {"case": no, "day": "2027-01-07", "reckoned": "2027-01-14"}
    assert labels.label("console.calendar.load.kept_off", language="zh", **facts) in told
