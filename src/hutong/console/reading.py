"""What was read of a file, told at the terminal, and asked about before it counts."""

from collections.abc import Mapping

from rich.console import Console

from hutong.console import asking
from hutong.plane.delivery.manifests import FileRead
from hutong.plane.delivery.reading.report import WhatWasRead, told
from hutong.terminal import screen
from hutong.terminal.speaking import language, say


def tell(read: WhatWasRead, names: Mapping[str, str], *, console: Console) -> None:
    """Print how a file was read, its items by their `names`."""
    for line in (say("what_was_read.title"), *(f"  {line}" for line in told(read, language(), names=names))):
        console.print(screen.one_line(line), soft_wrap=True, highlight=False, markup=False)


def ask(found: FileRead, console: Console) -> None:
    """Tell what was read of a file and return once somebody at the terminal says that it shall count.

    Raises typer.Abort where they say no.
    """
    tell(found.what_was_read, found.names, console=console)
    records, name = found.manifest.rows, found.definition.name
    asking.said_yes(say("console.delivery.question", records=records, resource=name))
