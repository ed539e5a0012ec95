"""The operator's commands for the day the server is lost, and for the days on which that is rehearsed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from hutong.console import asking, opening
from hutong.core import bounds
from hutong.terminal.commands import Commands

app = Commands(help="console.drill.help", alone=True)

FromOption = Annotated[
    Path, typer.Option("--from", help="console.restore.place", envvar="HUTONG_BACKUP", show_envvar=False)
]
KeysOption = Annotated[
    Path | None, typer.Option("--keys", help="console.restore.keys_file", exists=True, dir_okay=False)
]


def restore(
    place: FromOption,
    data: Annotated[Path, typer.Option("--data", help="console.restore.data")],
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at", help="console.restore.at", formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"],
            metavar="console.moment_metavar",
        ),
    ] = None,
    number: Annotated[
        int | None, typer.Option("--set", help="console.restore.set", min=1, max=bounds.LARGEST)
    ] = None,
    wrapped: KeysOption = None,
    again: Annotated[bool, typer.Option("--again", help="console.restore.again")] = False,
    only_keys: Annotated[bool, typer.Option("--only-keys", help="console.restore.only_keys")] = False,
) -> None:  # fmt: skip
    """Put a platform back from the second place and the passphrases of two officers."""
    from hutong.console import restore  # of the platform

    if only_keys:
        restore.keys(place, data=data, wrapped=wrapped)
    else:
        restore.whole(place, data=data, at=at, number=number, wrapped=wrapped, again=again)


@app.callback()
def drill(
    ctx: typer.Context,
    place: Annotated[
        Path | None, typer.Option("--from", help="console.restore.place", envvar="HUTONG_BACKUP", show_envvar=False)
    ] = None,
    folder: Annotated[Path | None, typer.Option("--in", help="console.drill.folder")] = None,
    wrapped: KeysOption = None,
    report: Annotated[Path | None, typer.Option("--report", help="console.drill.report")] = None,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Rehearse the loss of the server; a command of the group is done instead where one is named.

    Where an officer is named, what was measured is filed as a case on the platform that runs.
    """
    if ctx.invoked_subcommand is not None:
        return
    from hutong.console import drill  # of the platform

    passed, path = drill.rehearse(place, folder=folder, wrapped=wrapped, to=report)
    if officer:
        file(path, officer=officer, password=password, code=code, data=data)
    if not passed:
        raise SystemExit(1)


@app.command("file", says="console.drill.file.help")
def file(
    report: Annotated[Path, typer.Argument(help="console.drill.file.report", exists=True, dir_okay=False)],
    case: Annotated[str | None, typer.Option("--case", help="console.drill.file.case")] = None,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """File what a drill measured as a case: into one that was planned, or a new one."""
    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.console import drilled  # Django's models ask for its settings, which are there now

        opening.show("console.drill.file.done", case=drilled.file(installation, report, case=case, by=actor))
