"""The operator's commands on backups: take one now, list them, read them back."""

from pathlib import Path
from typing import Annotated

import typer

from hutong.console import asking, opening
from hutong.core import bounds
from hutong.settings import keep
from hutong.terminal.commands import Commands

app = Commands(help="console.backup.help", alone=True)


@app.callback()
def take(
    ctx: typer.Context,
    anew: Annotated[bool, typer.Option("--anew", help="console.backup.anew")] = False,
    take_over: Annotated[bool, typer.Option("--take-over", help="console.backup.take_over")] = False,
    reason: Annotated[str, typer.Option("--reason", help="console.backup.reason")] = "",
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Take a backup set now and read it back; a command of the group is done instead where one is named.

    To take the place over from another instance an officer says why.
    """
    if ctx.invoked_subcommand is not None:
        return
    from hutong.console import backup  # of the platform

    if take_over:
        with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
            opening.show("console.backup.taken_over", folder=backup.take_over(installation, reason=reason, by=actor))
            keep(installation.settings.data)  # the folder keeps where the place is, once that was seen to work
            backup.take(installation)
        return
    with opening.opened(opening.settings(data=data)) as installation:
        backup.take(installation, anew=anew)


@app.command("list", says="console.backup.list.help")
def listed(data: opening.DataOption = None) -> None:
    """Every set at the second place."""
    from hutong.console import backup  # of the platform

    backup.listed(opening.settings(data=data))


@app.command("check", says="console.backup.check.help")
def check(
    number: Annotated[int | None, typer.Argument(help="console.backup.check.number", min=1, max=bounds.LARGEST)] = None,
    data: opening.DataOption = None,
) -> None:
    """Read a set back, with the database's log that follows it: the newest, or the one that is named."""
    from hutong.console import backup  # of the platform

    backup.check(opening.settings(data=data), number=number)


@app.command("keys", says="console.backup.keys.help")
def keys(
    keepers: Annotated[list[str], typer.Option("--for", help="console.backup.keys.for")],
    to: Annotated[Path | None, typer.Option("--to", help="console.backup.keys.to", dir_okay=False)] = None,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Wrap all keys for two officers, into the backup place and a file of one's own."""
    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.console import keeping  # Django's models ask for its settings, which are there now

        for file in keeping.wrap(installation, keepers=keepers, to=to, by=actor):
            opening.show("console.backup.keys.done", file=file, one=keepers[0], other=keepers[1])
