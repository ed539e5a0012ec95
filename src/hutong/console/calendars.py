"""The operator's commands on the calendar of working days: load a year's notice, show which years are known."""

from pathlib import Path
from typing import Annotated

import typer

from hutong.console import asking, opening
from hutong.core.workdays import Calendar
from hutong.terminal.commands import Commands
from hutong.terminal.screen import PlainTable
from hutong.terminal.speaking import say

app = Commands(help="console.calendar.help")


@app.command("load", says="console.calendar.load.help")
def load(
    file: Annotated[Path, typer.Argument(help="console.calendar.load.file", exists=True, dir_okay=False)],
    year: Annotated[
        int | None,
        typer.Option(help="console.calendar.load.year", min=1949, max=9998),
    ] = None,
    source: Annotated[str | None, typer.Option(help="console.calendar.load.source")] = None,
    again: Annotated[bool, typer.Option("--again", help="console.calendar.load.again")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Load a year's notice and compute the deadlines that wait for it.

    CSV (UTF-8 or GB18030), column names first, a row for each run of days:

    date,until,kind,name
    2027-01-01,2027-01-03,holiday,元旦
    2027-02-20,,workday,春节

    date is the first day, until the last (empty: one day alone), kind is holiday or workday (a weekend worked),
    name the holiday's. Plain weekends need not be listed. The dates above are an example; the State Council's
    notice counts.
    """
    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        # Django's models can be imported only once it is set up.
        from hutong.control.calendars import operations as calendars
        from hutong.control.calendars import queries
        from hutong.control.procedures import clocks, passes

        loaded = calendars.load(
            file.read_bytes(),
            source=source or file.name,
            known=Calendar.official(),
            actor=actor,
            now=installation.clock(),
            also=passes.recompute_deadlines,
            year=year,
            again=again,
        )
        opening.show(
            "console.calendar.load.done",
            year=loaded.year,
            off=loaded.days_off,
            makeup=loaded.makeup,
            computed=loaded.computed,
        )
        kept = clocks.kept(queries.calendar(Calendar.official()), year=loaded.year)
        if kept:
            opening.show("console.calendar.load.kept", count=len(kept))
        for each in kept[:_SHOWN]:
            told = "console.calendar.load.kept_off" if each.day_off else "console.calendar.load.kept_case"
            opening.show(told, case=each.case, day=each.day, reckoned=each.reckoned)
        if len(kept) > _SHOWN:
            opening.show("console.calendar.load.kept_more", count=len(kept) - _SHOWN)


_SHOWN = 50
"""Deadlines that are listed."""


@app.command("show", says="console.calendar.show.help")
def show(data: opening.DataOption = None) -> None:
    """Which years are known, and from where."""
    from hutong.installation.joining import join_django  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        join_django(installation)
        from hutong.control.calendars import queries as calendars  # Django is set up now

        heads = ("year", "days_off", "weekends_worked", "source")
        table = PlainTable(*(say(f"console.calendar.head.{head}") for head in heads))
        for known in calendars.years(Calendar.official()):
            source = known.source or say("console.calendar.show.built_in")
            when = f"{known.loaded_at:%Y-%m-%d}" if known.loaded_at else ""
            told = say("console.calendar.show.loaded", source=source, when=when) if when else source
            table.add_row(str(known.year), str(known.days_off), str(known.makeup), told)
        opening.out.print(table)
