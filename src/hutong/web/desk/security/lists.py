"""The lists of emergency plans and of restore drills: as tables, as files, and what narrows them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext

from hutong.control.security import papers, queries
from hutong.control.security.lifecycle import DRILL, PLAN
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.web.desk import progress
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.security import shown
from hutong.web.desk.security.kind import DRILL_KIND, PLAN_KIND
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import filters, reader
from hutong.web.wording import procedures as wording

PLAN_TITLES = ("编号", "预案", "版本", "责任单位", "责任人", "下次演练", "进度", "本步期限")
DRILL_TITLES = ("编号", "演练日期", "演练内容", "预案", "结论", "RPO", "RTO", "进度", "本步期限")


def plans_table(rows: Sequence[EmergencyPlan], *, now: datetime) -> Table:
    """Return plans as a list shows them, each with the deadline that ends first."""
    how_far, page = progress.cells_of(PLAN, rows, now=now), PLAN_KIND.pages()
    return Table(
        gettext("应急预案"),
        tuple(Column(gettext(title)) for title in PLAN_TITLES),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.title),
                Cell(_version(each)),
                Cell(each.unit.name),
                Cell(each.owner),
                Cell(filters.day(each.rehearsal_date)),
                *how_far(each),
            )
            for each in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def drills_table(rows: Sequence[Drill], *, now: datetime) -> Table:
    """Return drills as a list shows them, each with its result and the deadline that ends first."""
    how_far, page = progress.cells_of(DRILL, rows, now=now), DRILL_KIND.pages()
    span = partial(papers.span, language=reader.language())
    return Table(
        gettext("恢复演练"),
        tuple(Column(gettext(title)) for title in DRILL_TITLES),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(filters.day(each.planned_date)),
                Cell(each.scope[:40], note=each.failed_with[:60]),
                Cell(_plan(each)),
                shown.result(each),
                Cell("—" if each.rpo_seconds is None else span(each.rpo_seconds)),
                Cell("—" if each.rto_seconds is None else span(each.rto_seconds)),
                *how_far(each),
            )
            for each in rows
        ),
        even=False, titled=False,
    )  # fmt: skip


def _version(plan: EmergencyPlan) -> str:
    return gettext("第 %(version)s 版") % {"version": plan.version}


def _plan(drill: Drill) -> str:
    return _version(drill.plan) if drill.plan else "—"


def _plan_lines(rows: Sequence[EmergencyPlan], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    how_far = progress.words_of(PLAN, rows, now=asked.now)
    for each in rows:
        yield (
            each.no, each.title, _version(each), shown.region(each.region), each.unit_id, each.unit.name, each.owner,
            filters.day(each.rehearsal_date), filters.day(each.rehearsed_at), filters.moment(each.adopted_at),
            *how_far(each),
        )  # fmt: skip


def _drill_lines(rows: Sequence[Drill], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    how_far = progress.words_of(DRILL, rows, now=asked.now)
    for each in rows:
        yield (
            each.no, filters.day(each.planned_date), each.scope, shown.region(each.region), each.unit.name, _plan(each),
            each.plan.no if each.plan else "", each.set_number, filters.moment(each.set_ended_at),
            papers.result(each, language=reader.language()), each.failed_with, each.rpo_seconds, each.rto_seconds,
            *how_far(each),
        )  # fmt: skip


def _asked(asked: ListRequest) -> queries.PaperFilters:
    return queries.PaperFilters(words=asked["q"], state=asked["state"], result=asked["result"])


def _read_plans(asked: ListRequest, part: Part) -> FoundRows[EmergencyPlan]:
    oldest = asked.order == "oldest"
    return part.cut(queries.plans(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


def _read_drills(asked: ListRequest, part: Part) -> FoundRows[Drill]:
    oldest = asked.order == "oldest"
    return part.cut(queries.drills(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


def _results() -> list[tuple[str, str]]:
    return [("passed", gettext("通过")), ("failed", gettext("未通过")), ("open", gettext("尚未演练"))]


PLANS: Listing[EmergencyPlan] = Listing(
    name="plans",
    title="应急预案",
    filters=(WORDS, Filter("state", "进度", options=lambda actor: wording.states(PLAN))),
    orders=orders.NEWEST_FIRST,
    read=_read_plans,
    count=lambda asked, most: queries.plans_counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=lambda rows, asked: plans_table(rows, now=asked.now),
    columns=(
        *PLAN_TITLES[:3], "行政区划", "单位代码", *PLAN_TITLES[3:6], "上次演练", "批准时间", "进度", "进度自",
        "本步期限",
    ),
    lines=_plan_lines,
    said="共有应急预案 %(count)s 个版本",
    empty="还没有应急预案。",
    none_fit="没有符合条件的应急预案。",
)  # fmt: skip
"""The emergency plans an officer may read."""

DRILLS: Listing[Drill] = Listing(
    name="drills",
    title="恢复演练",
    filters=(
        WORDS,
        Filter("result", "结论", options=lambda actor: _results()),
        Filter("state", "进度", options=lambda actor: wording.states(DRILL)),
    ),
    orders=orders.NEWEST_FIRST,
    read=_read_drills,
    count=lambda asked, most: queries.drills_counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=lambda rows, asked: drills_table(rows, now=asked.now),
    columns=(
        *DRILL_TITLES[:3], "行政区划", "演练单位", "预案", "预案编号", "备份集", "备份完成时间", "结论", "未通过的原因",
        "RPO（秒）", "RTO（秒）", "进度", "进度自", "本步期限",
    ),
    lines=_drill_lines,
    said="共有恢复演练 %(count)s 次",
    empty="还没有恢复演练。",
    none_fit="没有符合条件的恢复演练。",
)  # fmt: skip
"""The restore drills an officer may read."""
