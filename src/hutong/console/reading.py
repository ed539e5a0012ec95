"""What was read of a file, told at the terminal, and asked about before it counts."""

from collections.abc import Mapping, Sequence

from rich.console import Console

from hutong.console import asking
from hutong.core import text
from hutong.plane.definition import Definition
from hutong.plane.delivery import loading, merging, rejections
from hutong.plane.delivery.manifests import FileRead
from hutong.plane.delivery.merging import Expected
from hutong.plane.delivery.reading.report import WhatWasRead, told
from hutong.plane.delivery.rejections import RejectedRow
from hutong.terminal import screen
from hutong.terminal.screen import PlainTable
from hutong.terminal.speaking import language, say


def tell(read: WhatWasRead, names: Mapping[str, str], *, console: Console) -> None:
    """Print how a file was read, its items by their `names`."""
    for line in (say("what_was_read.title"), *(f"  {line}" for line in told(read, language(), names=names))):
        console.print(screen.one_line(line), soft_wrap=True, highlight=False, markup=False)


def tell_faults(found: Sequence[RejectedRow], definition: Definition, *, console: Console) -> None:
    """Print faults of a file as a table: where each stands and why the row is rejected, without its value."""
    heads = [say(f"console.delivery.head.{head}") for head in ("row", "item", "rule", "why")]
    table = PlainTable(*heads, title=say("console.delivery.rejected"), title_justify="left")
    items = {item.code: item for item in definition.items}
    for each in rejections.told(found, items, language=language()):
        rule = say("console.delivery.warning") if each.row.warn else each.rule
        table.add_row(str(each.row.number), each.item or "—", rule, each.why)
    console.print(table)


def ask(found: FileRead, console: Console) -> None:
    """Tell what was read of a file and would come of it, and return once somebody says that it shall count.

    Raises typer.Abort where they say no, and NothingAccepted where no row would be taken: then nobody is asked.
    """
    tell(found.what_was_read, found.names, console=console)
    records, name = found.manifest.rows, found.definition.name
    if found.expected is not None:
        tell_expected(found.expected, found.definition, console=console)
        if found.expected.nothing:
            raise loading.NothingAccepted(key=found.manifest.key, sent=records)
    asking.said_yes(say("console.delivery.question", records=records, resource=name))


def tell_expected(expected: Expected, definition: Definition, *, console: Console) -> None:
    """Print what would come of a file: its rows, what it changes, and its first faults."""
    told = [say(_ROWS, accepted=expected.accepted, rejected=expected.rejected)]
    if expected.waits:
        why = merging.waiting(expected.waits, stored=None, removed=None)
        told += [text.say(why, language=language()).message, say(_GONE, deleted=expected.deleted)]
    elif not expected.nothing:
        changes = {name: getattr(expected, name) for name in ("inserted", "updated", "deleted")}
        told.append(say(_CHANGES, **changes))
    if expected.lost:
        told.append(say(_LOST, deleted=expected.deleted, lost=expected.lost, rows=expected.unplaced))
    for line in (say("console.delivery.expected.title"), *(f"  {line}" for line in told)):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    if expected.faults:
        tell_faults(expected.faults, definition, console=console)


_ROWS = "console.delivery.expected.rows"
_CHANGES = "console.delivery.expected.changes"
_GONE = "console.delivery.expected.gone"
_LOST = "console.delivery.expected.lost"
