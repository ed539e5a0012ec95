"""The operator's commands on the witnesses of the log: the authority registers and ends them."""

from typing import TYPE_CHECKING, Annotated

import typer

from hutong.console import asking, opening
from hutong.core import beijing
from hutong.terminal.commands import Commands
from hutong.terminal.speaking import say

if TYPE_CHECKING:
    from hutong.audit.witnesses import Witness

app = Commands(help="console.witness.help")


@app.command("add", says="console.witness.add.help")
def add(
    key: Annotated[str, typer.Argument(help="console.witness.add.key")],
    url: Annotated[str | None, typer.Option(help="console.witness.add.url")] = None,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Register a witness, which cosigns the log's checkpoints from then on.

    Example: hutong audit witness add KEY --officer USERNAME
    """
    from hutong.audit import witnesses  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        with opening.database(installation, role="retention") as db:
            found = witnesses.register(
                db, key=key, url=url, by=actor.officer, seats=actor.platform_seats, now=installation.clock()
            )
        opening.show("console.witness.add.done", witness=found.name)


@app.command("end", says="console.witness.end.help")
def end(
    name: Annotated[str, typer.Argument(help="console.witness.end.name")],
    reason: Annotated[str, typer.Option("--reason", help="console.witness.end.reason")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Take no more cosignatures of a witness; those it gave still hold."""
    from hutong.audit import witnesses  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        with opening.database(installation, role="retention") as db:
            witnesses.end(
                db, name=name, reason=reason, by=actor.officer, seats=actor.platform_seats, now=installation.clock()
            )
        opening.show("console.witness.end.done", witness=name)


@app.command("list", says="console.witness.list.help")
def listed(data: opening.DataOption = None) -> None:
    """Who witnesses the log, and up to where each has cosigned it."""
    from hutong.audit import witnesses  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        with opening.database(installation, role="retention") as db, db.transaction() as cur:
            found = witnesses.every(cur)
        for each in found:
            told = "console.witness.list.ended" if each.witness.ended_at else "console.witness.list.registered"
            opening.show(told, witness=each.witness.name, how=_how(each.witness))
            opening.show("console.witness.list.key", key=each.witness.key)
            if each.at is not None:
                seen = f"{each.at.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M}"
                opening.show("console.witness.list.seen", size=each.size, at=seen)
        if not found:
            opening.show("console.witness.list.none")


def _how(witness: "Witness") -> str:
    url = witness.url
    return say("console.witness.list.asked", url=url) if url else say("console.witness.list.polls")
