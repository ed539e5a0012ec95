"""A table of registrations as its page has it: read from a file, kept between two requests, judged and carried out.

Each is one call, with all that the page says besides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from hutong.control.registration import people, rules, rules_of_use, sheet, together
from hutong.control.registration.rules_of_use import RulesOfUse
from hutong.control.registration.sheet import SheetRow
from hutong.control.registration.together import Judged
from hutong.control.units.rules import Actor
from hutong.core.labels import Language
from hutong.core.workdays import Calendar
from hutong.plane.delivery import spool_folder
from hutong.plane.delivery.reading import report


@dataclass(frozen=True, slots=True)
class TablePage:
    """What the page of a table says."""

    may: bool
    """Whether the reader registers for the own unit."""
    rules: RulesOfUse
    """The rules of use that whoever lets the table count accepts."""
    judged: Judged | None = None
    """What would come of the table; None where none was handed in."""
    rows: tuple[SheetRow, ...] = ()
    kept: str = ""
    """The rows and what reading them found, as the page keeps them."""
    source: str = ""
    """What the file is called, and its sheet."""
    told: tuple[str, ...] = ()
    """What was read of the file, in sentences."""


def empty(*, actor: Actor) -> TablePage:
    """Return what the page says before a file is handed in."""
    return TablePage(rules.is_applicant(actor, unit=actor.unit), rules_of_use.current())


def opened(
    name: str, chunks: Iterable[bytes], *, spool: Path, language: Language, actor: Actor, now: datetime,
    keyring: people.Keys,
) -> TablePage:  # fmt: skip
    """Return what would come of a file, and what was read of it in a language.

    Raises NotYourRole, and what `sheet.read` raises.
    """
    with spool_folder.working(spool) as folder:
        path = folder / spool_folder.called(name)
        with path.open("wb") as written:
            written.writelines(chunks)
        read = sheet.read(path)
    source = path.name if read.report.sheet is None else f"{path.name} · {read.report.sheet}"
    judged = together.judge(read.rows, actor=actor, now=now, keyring=keyring, found=read.faults)
    return replace(
        empty(actor=actor), judged=judged, rows=read.rows, kept=sheet.written(read.rows, read.faults), source=source,
        told=tuple(report.told(read.report, language)),
    )  # fmt: skip


def kept(text: str, *, source: str, actor: Actor, now: datetime, keyring: people.Keys) -> TablePage:
    """Return what would come now of rows that a page kept; raises RowsLost and NotYourRole."""
    rows, found = sheet.kept(text)
    judged = together.judge(rows, actor=actor, now=now, keyring=keyring, found=found)
    return replace(empty(actor=actor), judged=judged, rows=rows, kept=text, source=source)


def register(
    text: str, *, seen: str, actor: Actor, now: datetime, calendar: Calendar, keyring: people.Keys
) -> Judged:
    """Let rows that a page kept count, as they were `seen`; raises RowsLost and what `together.register` does."""
    rows, found = sheet.kept(text)
    return together.register(
        rows, seen=seen, actor=actor, now=now, calendar=calendar, keyring=keyring, found=found
    )
