"""The operator's commands on the platform's own keys: one requests that a key be changed, another approves."""

from enum import StrEnum
from typing import Annotated

import typer

from hutong.console import asking, opening
from hutong.core import bounds, defaults
from hutong.terminal.commands import Commands
from hutong.terminal.speaking import say

app = Commands(help="console.key.help")

Number = Annotated[int, typer.Argument(help="console.key.number", min=1, max=bounds.LARGEST)]
OVERLAP_DAYS = defaults.number("keys.overlap_days")


class KeyKind(StrEnum):
    """Which of the platform's keys."""

    LOG = "log"
    REPLIES = "replies"


@app.command("request", says="console.key.request.help")
def request(
    which: Annotated[KeyKind, typer.Argument(help="console.key.request.which")],
    reason: Annotated[str, typer.Option("--reason", help="console.key.request.reason")],
    days: Annotated[int, typer.Option("--days", help="console.key.request.days")] = OVERLAP_DAYS,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Request a new key beside the old one."""
    from hutong.console import key  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        number = key.request(installation, kind=which.value, days=days, reason=reason, by=actor)
        line = f"hutong key approve {number} --officer"
        opening.show("console.key.request.done", id=number, line=line)


@app.command("approve", says="console.key.approve.help")
def approve(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="console.key.approve.yes")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Approve another's request: the new key follows, the old one has a last day."""
    from hutong.console import key  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        asked = key.show(installation, number)
        if not yes:
            facts = {"by": asked.requested_by, "reason": asked.reason, "days": asked.overlap_days}
            asking.said_yes(say("console.key.approve.question", **facts))
        done = key.approve(installation, number=number, by=actor)
        opening.show("console.key.approve.done", key=done.new_key, day=done.last_day)


@app.command("drop", says="console.key.drop.help")
def drop(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="console.key.drop.reason")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Drop a request that is not approved; its key is put away unused."""
    from hutong.console import key  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        key.drop(installation, number=number, reason=reason, by=actor)
        opening.show("console.key.drop.done", id=number)


@app.command("list", says="console.key.list.help")
def listed(data: opening.DataOption = None) -> None:
    """Every change of a key, the newest first."""
    from hutong.console import key  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        found = key.every(installation)
        for each in found:
            facts = {"id": each.id, "which": say(f"console.key.{each.kind}"), "by": each.requested_by}
            state = say(f"console.key.list.{each.state}", day=each.last_day, other=each.approved_by)
            opening.show("console.key.list.line", **facts, key=each.new_key, state=state)
        if not found:
            opening.show("console.key.list.none")
