"""The rulebook as tables and fields."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.calendars.queries import Year
from hutong.control.rulebook.queries import Difference, LimitValue, Rulebook, VersionShown
from hutong.core.errors import Faults, Problem
from hutong.core.limits import CountedIn, Limit, LimitBeyondWhole, LimitOutOfBounds
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.forms import Field
from hutong.web.wording import clauses, limits
from hutong.web.wording.filters import day, moment

RECENT = 3
"""Years of the calendar that are shown at once."""


def values(book: Rulebook) -> list[Table]:
    """Return the values of a rulebook under their headings, each with its source and version."""
    columns = (
        Column(gettext("参数")),
        Column(gettext("设定值"), "middle"),
        Column(gettext("依据")),
        Column(gettext("版本"), "short"),
    )
    return [
        Table(title, columns, tuple(_row(book.of(limit.name)) for limit in those))
        for title, those in limits.grouped([each.limit for each in book.limits.values()])
    ]


def _row(each: LimitValue) -> tuple[Cell, ...]:
    limit = each.limit
    proposed = gettext("建议值") if limit.proposed and not each.version else ""
    version = Cell(gettext("初始值"))
    if each.version:
        since = gettext("%(day)s 起") % {"day": day(each.from_date)}
        version = Cell(called(each.version), address=_address(each.version), note=since)
    return (
        Cell(limits.about(limit), code=limit.name),
        Cell(limits.value(limit, each.value), badge=proposed, tone="warn"),
        _source(limit),
        version,
    )


def _source(limit: Limit) -> Cell:
    """Return a clause by regulation and article with what it says, any other source by its words; our id small."""
    return Cell(limits.source(limit), note=clauses.quoted(limit.source), code=limit.source)


def versions(every: Iterable[VersionShown], *, today: date) -> Table:
    """Return the versions, the latest made first."""
    columns = (
        Column(gettext("版本"), "short"),
        Column(gettext("施行日期"), "middle"),
        Column(gettext("行政区划"), "short"),
        Column(gettext("理由")),
        Column(gettext("调整人"), "middle"),
    )
    rows = tuple(
        (
            Cell(called(one.number), address=_address(one.number)),
            Cell(day(one.from_date), badge=gettext("待施行") if one.from_date > today else "", tone="warn"),
            Cell(region(one.region)),
            Cell(one.reason),
            Cell(one.made_by_name, note=moment(one.made_at)),
        )
        for one in every
    )
    return Table(gettext("历次调整"), columns, rows, gettext("尚未调整过，各项均为初始值。"), titled=False)


def differences(found: Sequence[Difference]) -> Table:
    """Return what a version changed."""
    columns = (Column(gettext("参数")), Column(gettext("调整前"), "middle"), Column(gettext("调整后"), "middle"))
    rows = tuple(
        (
            Cell(limits.about(one.limit), code=one.limit.name),
            Cell(limits.value(one.limit, one.before)),
            Cell(limits.value(one.limit, one.after)),
        )
        for one in found
    )
    return Table(gettext("与前一版相比"), columns, rows)


def years(every: Iterable[Year]) -> tuple[Table, Table]:
    """Return the years whose calendar is known, the latest first: those of today, and the earlier ones."""
    columns = (
        Column(gettext("年份"), "short"),
        Column(gettext("放假（天）"), "short num"),
        Column(gettext("调休上班（天）"), "middle num"),
        Column(gettext("来源")),
    )
    rows = tuple(
        (
            Cell(str(one.year)),
            Cell(str(one.days_off)),
            Cell(str(one.makeup)),
            Cell(
                one.source or gettext("程序自带"),
                note=gettext("%(when)s 载入") % {"when": moment(one.loaded_at)} if one.loaded_at else "",
            ),
        )
        for one in sorted(every, key=lambda one: one.year, reverse=True)
    )
    return (
        Table(gettext("已有工作日历的年份"), columns, rows[:RECENT]),
        Table(gettext("更早的年份"), columns, rows[RECENT:]),
    )


def fields(book: Rulebook, *, typed: Mapping[str, str]) -> list[tuple[str, list[Field]]]:
    """Return a field for every value the region may have, under their headings."""
    mine = [each.limit for each in book.limits.values() if each.limit.regional or not book.region]
    return [
        (title, [_field(book.of(each.name), typed=typed) for each in those]) for title, those in limits.grouped(mine)
    ]


def _field(each: LimitValue, *, typed: Mapping[str, str]) -> Field:
    limit = each.limit
    options: tuple[tuple[str, str], ...] = ()
    if limit.unit is CountedIn.SWITCH:
        options = (("off", gettext("不开启")), ("on", gettext("开启")))
    elif limit.unit is CountedIn.RULE:
        options = (("A", "A"), ("B", "B"))
    least, most = (None, None) if options else bounds(limit)
    between = {} if options else {"least": f"{least:,}", "most": f"{most:,}"}
    return Field(
        limit.name,
        limits.about(limit),
        typed.get(limit.name, limits.typed(limit, each.value)),
        kind="choice" if options else "number",
        hint=limits.source(limit) if options else gettext("%(least)s 至 %(most)s") % between,
        unit="" if options else limits.unit(limit),
        least=least,
        most=most,
        options=options,
    )


def bounds(limit: Limit) -> tuple[int, int]:
    """Return the bounds of a number as they are typed."""
    scale = limits.MIB if limit.unit is CountedIn.BYTES else 1
    return limit.least // scale, limit.most // scale


def worded(problem: Problem) -> Problem:
    """Return a refusal, or each of several, with value and bounds as the form has them, at the field it is about."""
    if isinstance(problem, Faults):
        return Faults([worded(each) for each in problem.problems])
    if "parameter" in problem.facts:
        problem.at = problem.fields or (str(problem.facts["parameter"]),)
    if not isinstance(problem, LimitOutOfBounds | LimitBeyondWhole):
        return problem
    limit = limits.known(str(problem.facts["parameter"]))
    told = {
        fact: limits.value(limit, int(said)) if fact in ("value", "least", "most") else said
        for fact, said in problem.facts.items()
    }
    said = type(problem)(**told)
    said.at = problem.at
    return said


def called(version: int) -> str:
    """Return what a version is called."""
    return gettext("第 %(number)s 版") % {"number": version} if version else gettext("初始值")


def region(code: str) -> str:
    """Return what a region is called."""
    return code or gettext("全部")


def _address(version: int) -> str:
    return reverse("rulebook-version", args=[version])
