"""Tables of the command line say what stands in them: nothing that somebody typed is taken for rich's markup."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hutong import console
from hutong.audit.runs import Run
from hutong.console import reading, runs
from hutong.plane.definition import Definition, Item, QualityRule, Rule
from hutong.plane.delivery.merging import RejectedRow
from hutong.terminal.screen import Screen

AT = datetime(2026, 3, 2, tzinfo=UTC)
HOSTILE = ["a[/b]c", "[bold red]x[/]", "[link=http://evil]y[/link]", "[0-9]{6}|[a-z]+", "[/]"]


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_fault_is_told_with_the_name_and_the_rule_as_they_are_written(typed):
    for item in (Item("x", typed, length=1), Item("x", "项", rules=(QualityRule(Rule.PATTERN, typed),))):
        reason = "VALUE_TOO_LONG" if item.length else "VALUE_BREAKS_PATTERN"
        rule = "length" if item.length else "pattern"
        screen = Screen(file=io.StringIO(), width=200, force_terminal=True)
        definition = Definition("1", 1, "表", "91", ("x",), (item,))
        reading.tell_faults([RejectedRow(2, "x", rule, reason, "值")], definition, console=screen)
        told = screen.file.getvalue()
        assert "evil" not in told or "]8;" not in told
        assert typed in told or not item.length


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_a_run_told_stands_as_it_was_told(typed):
    screen = Screen(file=io.StringIO(), width=300)
    screen.print(runs.table([Run("expire_grants", AT, AT, "centre:7", AT, AT, "failed", typed, 1)]))
    assert typed in screen.file.getvalue()


def test_no_command_makes_a_table_of_another_kind():
    modules = Path(console.__path__[0]).glob("*.py")
    assert [each.name for each in modules if "rich.table" in each.read_text(encoding="utf-8")] == []
