"""The commands that list units, officers, grants and cases: for people as a table, for programs as JSON or CSV."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from hutong.console import asking, opening
from hutong.console.choosing import ListChoice
from hutong.core import spreadsheet
from hutong.terminal.screen import PlainTable, json_line, one_line
from hutong.terminal.speaking import language, say, show

if TYPE_CHECKING:
    from hutong.console.listing import ListPage

MOST = 1000
"""Rows of a page, at most."""


UnitOption = Annotated[str, typer.Option("--unit", help="lists.unit", metavar="console.officer.unit_metavar")]
StateOption = Annotated[str, typer.Option("--state", help="lists.state")]
TextOption = Annotated[str, typer.Option("--text", help="lists.text")]
SinceOption = Annotated[
    datetime | None,
    typer.Option("--since", help="lists.since", formats=["%Y-%m-%d"], metavar="console.day_metavar"),
]
MostOption = Annotated[int, typer.Option("--most", help="lists.most", min=1, max=MOST)]
AfterOption = Annotated[str, typer.Option("--after", help="lists.after")]
JsonOption = Annotated[bool, typer.Option("--json", help="lists.json")]
CsvOption = Annotated[bool, typer.Option("--csv", help="lists.csv")]
UnitKindOption = Annotated[str, typer.Option("--kind", help="lists.units.kind")]
RoleOption = Annotated[str, typer.Option("--role", help="lists.officers.role")]
ModeOption = Annotated[str, typer.Option("--kind", help="lists.grants.kind")]
CaseKindOption = Annotated[str, typer.Option("--kind", help="lists.cases.kind")]
LateOption = Annotated[bool, typer.Option("--late", help="lists.cases.late")]


def units(
    kind: UnitKindOption = "", state: StateOption = "", text: TextOption = "",
    most: MostOption = 50, after: AfterOption = "", as_json: JsonOption = False, as_csv: CsvOption = False,
    officer: asking.OfficerOption = None, password: asking.PasswordOption = None, code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:  # fmt: skip
    """List the units."""
    choice = ListChoice(kind=kind, state=state, text=text, most=most, after=after)
    _list("units", choice, PrintedAs(as_json, as_csv), Who(officer, password, code), data)


def officers(
    unit: UnitOption = "", role: RoleOption = "", state: StateOption = "", text: TextOption = "",
    most: MostOption = 50, after: AfterOption = "", as_json: JsonOption = False, as_csv: CsvOption = False,
    officer: asking.OfficerOption = None, password: asking.PasswordOption = None, code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:  # fmt: skip
    """List the officers."""
    choice = ListChoice(unit=unit, kind=role, state=state, text=text, most=most, after=after)
    _list("officers", choice, PrintedAs(as_json, as_csv), Who(officer, password, code), data)


def grants(
    unit: UnitOption = "", kind: ModeOption = "", state: StateOption = "", since: SinceOption = None,
    text: TextOption = "", most: MostOption = 50, after: AfterOption = "", as_json: JsonOption = False,
    as_csv: CsvOption = False, officer: asking.OfficerOption = None, password: asking.PasswordOption = None,
    code: asking.CodeOption = None, data: opening.DataOption = None,
) -> None:  # fmt: skip
    """List the grants."""
    day = since.date() if since else None
    choice = ListChoice(unit=unit, kind=kind, state=state, since=day, text=text, most=most, after=after)
    _list("grants", choice, PrintedAs(as_json, as_csv), Who(officer, password, code), data)


def cases(
    unit: UnitOption = "", kind: CaseKindOption = "", state: StateOption = "", since: SinceOption = None,
    text: TextOption = "", late: LateOption = False, most: MostOption = 50, after: AfterOption = "",
    as_json: JsonOption = False, as_csv: CsvOption = False, officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None, code: asking.CodeOption = None, data: opening.DataOption = None,
) -> None:  # fmt: skip
    """List the cases, whichever procedure they belong to."""
    day = since.date() if since else None
    choice = ListChoice(unit, kind, state, text, day, late, after, most)
    _list("cases", choice, PrintedAs(as_json, as_csv), Who(officer, password, code), data)


COMMANDS: Mapping[str, tuple[Callable[..., None], str]] = {
    "units": (units, "lists.units.help"),
    "officers": (officers, "lists.officers.help"),
    "grants": (grants, "lists.grants.help"),
    "cases": (cases, "lists.cases.help"),
}
"""Each list's command by its name, with what it says of itself."""


@dataclass(frozen=True, slots=True)
class PrintedAs:
    """How a list is printed: as a table unless JSON or CSV is asked for."""

    json: bool
    csv: bool


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: an officer by name, password and code; without a name whoever sits at the server."""

    officer: str | None
    password: str | None
    code: str | None


def _list(name: str, choice: ListChoice, shape: PrintedAs, who: Who, data: Any) -> None:
    with opening.joined(opening.settings(data=data)) as installation:
        from hutong.console import listing  # Django's models ask for its settings, which are there now

        actor = None
        if who.officer:
            actor = asking.officer(installation, who.officer, password=who.password, code=who.code)
        with opening.database(installation, role="control") as db:
            found = listing.page(db, name, choice, actor=actor, now=installation.clock())
        _print(found, shape)


def _print(found: "ListPage", shape: PrintedAs) -> None:
    from hutong.console import listing  # as above

    if shape.json:
        plain = [{key: listing.written(value) for key, value in row.items()} for row in found.rows]
        typer.echo(json_line({"rows": plain, "after": found.after or None}))
        return
    if shape.csv:
        typer.echo(_csv(found.rows), nl=False)
    elif found.rows:
        opening.out.print(_table(found.rows))
    else:
        show(opening.err, "lists.none")
    if found.after:
        show(opening.err, "lists.more", count=len(found.rows), after=found.after)


def _csv(found: Sequence[Mapping[str, Any]]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines)
    if found:
        writer.writerow(found[0])
    for row in found:
        writer.writerow([spreadsheet.text(_said(value)) for value in row.values()])
    return lines.getvalue()


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _table(found: Sequence[Mapping[str, Any]]) -> PlainTable:
    """Return rows as a table whose heads, and codes that have a name, are in the reader's language."""
    from hutong.console import listing  # as above

    def cell(row: Mapping[str, Any], column: str) -> Text:
        value = row[column]
        said = ("✓" if value else "") if isinstance(value, bool) else listing.shown(row, column, language=language())
        return Text(one_line(said))

    table = PlainTable(*(say(f"lists.head.{column}") for column in found[0]))
    for row in found:
        table.add_row(*(cell(row, column) for column in row))
    return table
