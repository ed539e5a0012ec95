"""What time did of late, as the command line shows it."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from hutong.audit.runs import Run
from hutong.console import runs

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def run(task: str, *, result: str | None, told: str | None) -> Run:
    """Return a run of a quarter of an hour, which goes on still where it has no result."""
    ended = AT + timedelta(seconds=2) if result else None
    return Run(task, AT, AT + timedelta(minutes=15), "centre:7", AT, ended, result, told, 1)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh_CN.UTF-8", ["建立日志的月度分区", "终止到期的授权", "失败"]),
        ("en_GB.UTF-8", ["make the months of the log", "failed"]),
    ],
)
def test_every_run_is_told_in_words_with_how_much_it_did(monkeypatch, language, words):
    monkeypatch.setenv("LC_ALL", language)
    lines = io.StringIO()
    Console(file=lines, width=200).print(
        runs.table(
            [
                run("make_months", result="done", told="2"),
                run("expire_grants", result="failed", told="OperationalError"),
                run("check_turns", result=None, told=None),
            ]
        )
    )
    told = lines.getvalue()
    assert [word for word in words if word not in told] == []
    assert "make_months" not in told
    assert "OperationalError" in told
    assert "2026-03-02 17:00" in told
