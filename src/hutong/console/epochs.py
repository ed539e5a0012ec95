"""The operator's commands on epochs of the log: where one does not continue what was signed, two begin the next."""

from typing import Annotated

import typer

from hutong.console import asking, opening
from hutong.core import bounds
from hutong.terminal.commands import Commands
from hutong.terminal.speaking import say

app = Commands(help="console.epoch.help")

Number = Annotated[int, typer.Argument(help="console.epoch.number", min=1, max=bounds.LARGEST)]


@app.command("request", says="console.epoch.request.help")
def request(
    reason: Annotated[str, typer.Option("--reason", help="console.epoch.request.reason")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Request a new epoch of a log that is stopped."""
    from hutong.console import epoch  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        number = epoch.request(installation, reason=reason, by=actor)
        line = f"hutong audit epoch approve {number} --officer"
        opening.show("console.epoch.request.done", id=number, line=line)


@app.command("approve", says="console.epoch.approve.help")
def approve(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="console.epoch.approve.yes")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Approve another's request: the next epoch begins, and its key is printed."""
    from hutong.console import epoch  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        asked = epoch.show(installation, number)
        if not yes:
            question = say("console.epoch.approve.question", by=asked.requested_by, reason=asked.reason)
            asking.said_yes(question)
        begun = epoch.approve(installation, number=number, by=actor)
        opening.show("console.epoch.approve.done", number=begun.number, key=epoch.verifier(installation))


@app.command("drop", says="console.epoch.drop.help")
def drop(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="console.epoch.drop.reason")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Drop a request that is not approved; the log stays stopped."""
    from hutong.console import epoch  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        epoch.drop(installation, number=number, reason=reason, by=actor)
        opening.show("console.epoch.drop.done", id=number)
