"""A command that asks something where nobody is to be asked says what to do instead, and does nothing."""

import pytest
import typer
from sitting import typed
from typer.testing import CliRunner

from hutong.console import asking

APP = typer.Typer()


@APP.command()
def ask() -> None:
    asking.said_yes("Begin the next epoch?")
    print("done")


@pytest.mark.parametrize(
    ("typed", "raised"), [("", asking.YesNotSaid), ("n\n", asking.YesNotSaid), ("y\n", None)]
)
def test_what_is_to_be_confirmed_is_done_by_nobody_who_did_not(typed, raised):
    done = CliRunner().invoke(APP, input=typed)
    assert ("done" in done.output) is (raised is None)
    if raised:
        assert isinstance(done.exception, raised)
        assert done.exception.facts == {"option": "--yes", "question": "Begin the next epoch?"}


ASKING = """
import typer
from hutong.console import asking
try:
    asking.said_yes("Begin the next epoch?")
    print("done")
except typer.Abort:
    print("not done")
"""


@pytest.mark.parametrize(("answer", "came"), [("n", "not done"), ("y", "done")])
def test_at_a_terminal_it_is_asked(answer, came):
    status, said = typed("-c", ASKING, answers=[answer], environ={})
    assert (status, said.splitlines()[-1]) == (0, came)
