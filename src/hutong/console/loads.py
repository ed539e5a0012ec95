"""The command that delivers a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hutong.console import asking, opening

if TYPE_CHECKING:
    from hutong.control.units.rules import Actor
    from hutong.plane.registers import System


def load(
    resource: Annotated[str, typer.Argument(help="cli.load.resource")],
    file: Annotated[
        Path,
        typer.Argument(help="cli.load.file", exists=True, dir_okay=False),
    ],
    key: Annotated[
        str | None,
        typer.Option(help="cli.load.key"),
    ] = None,
    changes: Annotated[bool, typer.Option("--changes", help="cli.load.changes")] = False,
    approve: Annotated[bool, typer.Option("--approve", help="cli.load.approve")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="cli.load.yes")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    system: asking.SystemOption = None,
    system_key: asking.SystemKeyOption = None,
    data: opening.DataOption = None,
) -> int:
    """Deliver a file and print the receipt; at a terminal what was read is told and asked about first.

    Returns the exit status, `load.WAITS` where the delivery waits for a word.

    By an editor of the provider, with name and password; where it runs by itself, by a registered system of the
    provider, with its key file.
    """
    with opening.joined(opening.settings(data=data)) as installation:
        from hutong.console import load, reading  # Django's models ask for its settings, which are there now

        by: Actor | System
        if system and not officer:
            by = asking.system(system, key=system_key)
        else:
            by = asking.officer(installation, officer, password=password, code=code)
        receipt = load.deliver(
            installation, resource=resource, file=file, key=key, changes=changes, approve=approve, by=by,
            console=opening.out, confirm=reading.ask if asking.somebody() and not yes else None,
        )  # fmt: skip
        return load.status(receipt)
