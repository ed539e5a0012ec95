"""The operator's commands on the calendar of working days: load a year's notice, show which years are known."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hutong.console import asking, opening
from hutong.core.workdays import Calendar
from hutong.terminal.commands import Commands
from hutong.terminal.speaking import say

app = Commands(
    help="工作日历：载入放假安排，查看已有年份 / the working-day calendar: load a year's notice, show what is known"
)


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="CSV 文件 / CSV file", exists=True, dir_okay=False)],
    year: Annotated[
        int | None,
        typer.Option(help="年份（默认取多数日期所在的年份） / year (that of most dates)", min=1949, max=9998),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="通知文号（默认取文件名） / number of the notice (the file's name)")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="该年安排有调整，重新载入 / load a year again that was changed")
    ] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """载入一年的放假和调休安排，算出等待中的期限 / load a year's notice and compute the deadlines that wait for it

    CSV（UTF-8 或 GB18030），首行为列名，每行一段连续日期： / CSV (UTF-8 or GB18030), column names first, a row for each
    run of days:

    date,until,kind,name
    2027-01-01,2027-01-03,holiday,元旦
    2027-02-20,,workday,春节

    date 为首日，until 为末日（空则只有一天）；kind 为 holiday（放假）或 workday（周末调休上班）；name 为节日名称。
    列名也可写作 日期、截止、类别、名称。普通周末不必列出。以上日期仅为示例，请以国务院办公厅通知为准。
    / date is the first
    day, until the last (empty: one day alone), kind is holiday or workday (a weekend worked), name the holiday's. Plain
    weekends need not be listed. The dates above are an example; the State Council's notice counts.
    """
    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        # Django's models can be imported only once it is set up.
        from hutong.control.calendars import operations as calendars
        from hutong.control.procedures import passes

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
            "已载入 {year} 年工作日历：列明放假 {off} 天，调休上班 {makeup} 天；算出等待中的期限 {computed} 件。"
            " / The calendar of {year} is loaded: {off} days off and {makeup} weekends worked are listed;"
            " {computed} waiting deadlines are computed.",
            year=loaded.year,
            off=loaded.days_off,
            makeup=loaded.makeup,
            computed=loaded.computed,
        )


@app.command("show")
def show(data: opening.DataOption = None) -> None:
    """列出已有工作日历的年份及其来源 / which years are known, and from where"""
    from hutong.installation.joining import join_django  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        join_django(installation)
        from hutong.control.calendars import queries as calendars  # Django is set up now

        table = Table(*map(say, ("年份 / year", "列明放假 / days off", "调休上班 / weekends worked", "来源 / from")))
        for known in calendars.years(Calendar.official()):
            source = known.source or say("程序自带 / part of the program")
            when = f"{known.loaded_at:%Y-%m-%d}" if known.loaded_at else ""
            told = say("{source}，{when} 载入 / {source}, loaded {when}", source=source, when=when) if when else source
            table.add_row(str(known.year), str(known.days_off), str(known.makeup), told)
        opening.out.print(table)
