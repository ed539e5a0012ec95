"""The commands about officers do what the pages do, by the officer who says by password who they are."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from acting import PASSWORD, UNITS
from desks import hire
from typer.testing import CliRunner

from hutong import cli, settings
from hutong.control.units import queries
from hutong.control.units.models import RoleAssignment
from hutong.installation import opening


@pytest.fixture
def run(county, tmp_path, monkeypatch):
    """Returns what runs a command by an officer and returns how it ended and what it printed."""
    for username, role in (("accounts", "system_admin"), ("bureau", "unit_admin")):
        hire(county, username, f"管理{username}", unit=county.police, roles=(role,))
    for name, value in (
        ("HUTONG_DATABASE_URL", county.url), ("HUTONG_WEB_SECRET", "x" * 40), ("HUTONG_OFFICER_PASSWORD", PASSWORD),
        ("DJANGO_SETTINGS_MODULE", "hutong.web.conf"), ("HUTONG_TRAINING", "1"), ("LANG", "zh_CN.UTF-8"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    with opening.opened(replace(settings.read(), data=tmp_path)):
        pass

    def command(*said: str, by: str = "accounts") -> tuple[int, str]:
        ended = CliRunner().invoke(cli.app, ["officer", *said, "--officer", by, "--data", str(tmp_path)])
        return ended.exit_code, ended.exception.code if hasattr(ended.exception, "code") else ended.output

    return command


def test_each_command_does_what_the_page_does_and_only_by_whom_it_is_for(county, run):
    assert run("add", "new.one", "周敏", county.police, by="bureau")[0] == 0
    assert run("give", "new.one", "consumer", "--until", "2199-12-31", by="bureau")[0] == 0
    assert run("give", "new.one", "authority", by="bureau") == (1, "NOT_YOUR_ROLE")
    assert queries.actor("new.one", now=datetime.now(UTC)).roles == {"consumer"}
    assert run("take", "new.one", "consumer", "--reason", "转岗", by="bureau")[0] == 0
    assert RoleAssignment.objects.get(officer__user__username="new.one").ended_by == "bureau"
    assert run("rename", "new.one", "周敏敏")[0] == 0
    assert run("move", "new.one", UNITS[3], "--reason", "〔2026〕7号")[0] == 0
    moved = queries.actor("new.one", now=datetime.now(UTC))
    assert (moved.name, moved.unit) == ("周敏敏", UNITS[3])
    for act in ("stop", "start", "unlock", "new-password"):
        assert run(act, "new.one")[0] == 0
    assert run("stop", "new.one", by="bureau") == (1, "NOT_YOUR_ROLE")
    assert run("reset-second-factor", "new.one") == (1, "FACTOR_MISSING")
    assert run("stop", "accounts") == (1, "OWN_ACCOUNT")
