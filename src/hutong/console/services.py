"""The command that prints the units with which systemd runs the platform."""

import os
from typing import Annotated

import typer

from hutong.console import opening
from hutong.console.unit_parts import UnitPart
from hutong.terminal.speaking import show


def service(
    part: Annotated[UnitPart, typer.Argument(help="cli.service.part")] = UnitPart.UP,
    user: Annotated[str | None, typer.Option("--user", help="cli.service.user")] = None,
    data: opening.DataOption = None,
) -> None:
    """Print a unit that has systemd run the platform, or take its backup sets; where it is kept is told beside."""
    # Of the platform.
    from hutong.console import service
    from hutong.installation import finding

    settings = opening.settings(data=data)
    finding.check(settings)
    typer.echo(service.unit(part, settings, user=user, environ=os.environ), nl=False)
    show(opening.err, _KEPT_AS, name=service.NAMES[part])


_KEPT_AS = "cli.service.to"
