"""A command that asks something where nobody is to be asked says what to do instead, and does nothing."""

import pytest
import typer
from typer.testing import CliRunner

from hutong.console import asking

APP = typer.Typer()


@APP.command()
def ask() -> None:
    asking.confirm("Begin the next epoch?")
    print("done")


@pytest.mark.parametrize(
    ("typed", "raised"), [("", asking.NobodyToConfirm), ("n\n", asking.NobodyToConfirm), ("y\n", None)]
)
def test_what_is_to_be_confirmed_is_done_by_nobody_who_did_not(typed, raised):
    done = CliRunner().invoke(APP, input=typed)
    assert ("done" in done.output) is (raised is None)
    if raised:
        assert isinstance(done.exception, raised)
        assert done.exception.facts == {"option": "--yes", "question": "Begin the next epoch?"}


def test_who_says_no_at_a_terminal_is_told_that_nothing_was_done(monkeypatch):
    monkeypatch.setattr("hutong.console.asking.sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    with pytest.raises(typer.Abort):
        monkeypatch.setattr(typer, "confirm", _no)
        asking.confirm("Begin the next epoch?")


def _no(*_: object, **__: object) -> None:
    raise typer.Abort
