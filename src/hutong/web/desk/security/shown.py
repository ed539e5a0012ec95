"""What pages show of emergency plans and restore drills: the facts of one, and the fields of their forms."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.utils.translation import gettext

from hutong.control.security import papers
from hutong.control.security.lifecycle import DRILL
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.control.security.queries import DrillForm, PlanForm
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.labels import label
from hutong.web.desk import cells
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.security.kind import DRILL_KIND, PLAN_KIND
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.wording import filters, labels, procedures, reader

PAGE = "security"
"""Name of the page whose fields these are, where labels are looked up."""
PLACES = {"restore_seconds": "restore_minutes", "rto_seconds": "rto_minutes", "rpo_seconds": "log_until"}
"""What was measured → the field of the form that says it."""
RESULT_TONES = {True: "good", False: "bad", None: "quiet"}
"""Result of a drill → how it is shown."""
_TYPED_MOMENT = "%Y-%m-%d %H:%M"


def region(code: str) -> str:
    """Return what the region of a paper is called."""
    return code or gettext("本平台全部区划")


def result(drill: Drill) -> Cell:
    """Return the cell that says what came of a drill."""
    return Cell("", badge=papers.result(drill, language=reader.language()), tone=RESULT_TONES[drill.passed])


def plan_facts(plan: EmergencyPlan) -> Iterator[Fact]:
    """Yield what a plan says."""
    yield fact(_label("title"), plan.title)
    yield fact(gettext("版本"), gettext("第 %(version)s 版") % {"version": plan.version})
    yield fact(_label("region"), region(plan.region))
    yield fact(_label("unit"), plan.unit.name, plan.unit.credit_code)
    yield fact(_label("owner"), plan.owner)
    yield fact(_label("rehearsal_date"), filters.day(plan.rehearsal_date))
    yield fact(gettext("上次演练"), filters.day(plan.rehearsed_at))
    yield fact(gettext("批准时间"), filters.moment(plan.adopted_at))
    if plan.summary:
        yield fact(_label("summary"), plan.summary)
    if plan.successor:
        yield fact(gettext("替代它的版本"), plan.successor.no, address=PLAN_KIND.page(plan.successor.no))


def drills_of_plan(found: Sequence[Drill]) -> Table:
    """Return the newest drills that rehearsed a plan."""
    titles, page = ("编号", "演练日期", "结论", "进度"), DRILL_KIND.pages()
    rows = tuple(
        (
            Cell(each.no, page(each.no)),
            Cell(filters.day(each.planned_date)),
            result(each),
            cells.state(procedures.state(DRILL, each.state)),
        )
        for each in found
    )
    empty = gettext("这一版本还没有演练过。")
    return Table(gettext("按本预案的演练"), tuple(Column(gettext(title)) for title in titles), rows, empty)


def drill_parts(drill: Drill) -> list[tuple[str, list[Fact]]]:
    """Return what a drill says of itself, part by part: a heading and its facts."""
    found = papers.sections(drill, language=reader.language())
    return [(part.heading, [fact(label, value) for label, value in part.told]) for part in found]


def steps(drill: Drill) -> Table | None:
    """Return the steps of a drill as they were measured; None where they were not."""
    done = papers.steps(drill)
    if not done:
        return None
    said = partial(label, language=reader.language())
    rows = tuple(
        (
            Cell(each.name),
            Cell(f"{each.seconds:,.1f}"),
            Cell("", badge=said(f"drill.{_OUTCOMES[each.ok]}"), tone=RESULT_TONES[each.ok]),
            Cell(each.told or "—"),
        )
        for each in done
    )
    columns = tuple(Column(said(f"drill.{code}"), css) for code, css in _STEP_COLUMNS)
    return Table(said("drill.process"), columns, rows, even=False, titled=False)


_OUTCOMES = {True: "ok", False: "not_ok"}
_STEP_COLUMNS = (("step", ""), ("seconds", "num"), ("result", ""), ("told", ""))


def plan_fields(form: PlanForm, typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of the form of a plan, with what was typed."""
    units = tuple((unit.credit_code, unit.name) for unit in members.units())
    then = gettext("临近时列入平台运维单位的待办；每次演练之后，再过 %(days)s 天。") % {"days": form.rehearsal_days}
    every = {
        "region": _choice("region", typed, [(code, region(code)) for code in form.regions]),
        "title": Field("title", _label("title"), typed.get("title", ""), required=True, longest=200),
        "unit": Field("unit", _label("unit"), typed.get("unit", ""), "choice", required=True, options=units),
        "owner": Field(
            "owner", _label("owner"), typed.get("owner", ""), required=True, longest=100,
            hint=gettext("预案的责任人，姓名和职务。"),
        ),
        "rehearsal_date": Field(
            "rehearsal_date", _label("rehearsal_date"), typed.get("rehearsal_date", ""), "date", required=True,
            hint=then,
        ),
        "summary": Field(
            "summary", _label("summary"), typed.get("summary", ""), "long",
            hint=gettext("适用范围，以及与上一版本相比改了什么。"),
        ),
    }  # fmt: skip
    return [field for name, field in every.items() if name != "region" or _has_choice(form)]


def begun(form: PlanForm, *, actor: Actor, today: date) -> dict[str, str]:
    """Return what the form of a plan begins with: what is changed, else the version in force, else the usual."""
    plan = form.plan
    told = {
        "region": form.regions[0] if form.regions else "",
        "title": gettext("%(platform)s网络安全事件应急预案") % {"platform": settings.PLATFORM[reader.language()]},
        "unit": actor.unit,
        "owner": actor.name,
        "rehearsal_date": f"{today + timedelta(days=form.rehearsal_days)}",
    }
    if plan is None:
        return told
    said = {"title": plan.title, "unit": plan.unit_id, "owner": plan.owner}
    if plan.adopted_at is None:  # it is changed, not followed by its next version
        said |= {"rehearsal_date": f"{plan.rehearsal_date}", "summary": plan.summary}
    return {**told, **said}


def drill_fields(form: DrillForm, typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of the form of a new drill, with what was typed."""
    every = [
        _choice("region", typed, [(code, region(code)) for code in form.regions]),
        Field("planned_date", _label("planned_date"), typed.get("planned_date", ""), "date", required=True),
        Field("scope", _label("scope"), typed.get("scope", ""), "long", required=True),
    ]
    return [field for field in every if field.name != "region" or _has_choice(form)]


def usual_drill(form: DrillForm, *, today: date) -> dict[str, str]:
    """Return what the form of a new drill begins with."""
    said = gettext("在另一台机器上，用备份存放处的备份和密钥恢复件恢复全部数据，校验日志，抽验一条比对记录。")
    if form.former is not None:
        return {
            "region": form.former.region, "planned_date": f"{max(today, form.former.planned_date)}",
            "scope": form.former.scope,
        }  # fmt: skip
    plan = form.plan
    day = max(today, plan.rehearsal_date) if plan and plan.rehearsal_date < today + timedelta(days=60) else today
    return {"planned_date": f"{day}", "scope": said}


def record_fields(action: str, typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of the form that takes a step of a drill, with what was typed."""
    return [
        Field(
            name, _label(name), typed.get(name, ""), kind, required=required, least=least,
            ticked=kind == "box" and bool(typed.get(name)), unit=gettext(unit) if unit else "",
            hint=gettext(_HINTS[name]) if name in _HINTS else "", options=_options(name),
        )
        for name, kind, required, least, unit in _RECORDED[action]
    ]  # fmt: skip


def usual_record(drill: Drill, *, now: datetime) -> dict[str, str]:
    """Return what the form that takes a step begins with."""
    at = f"{now.astimezone(beijing.BEIJING):{_TYPED_MOMENT}}"
    return {"read_back_at": at, "result": "passed"}


_HINTS = {
    "set_number": "hutong backup list 列出的编号；外部数据库的备份，填写其自身的序号。",
    "set_ended_at": "备份集制作完成的时间，年月日在前，如 2026-03-02 17:30；hutong backup list 列出。",
    "fault_at": "假定从何时起发生故障，如 2026-03-02 17:30。",
    "read_back_at": "备份集的每个文件都已读出并与其摘要一致的时间。",
    "result": "通过的，须填写数据恢复到的时间、恢复数据用时和恢复服务用时；没有勾选日志校验的，按未通过登记。",
    "log_until": "恢复之后，最后一条数据的时间；与假定故障时间之差即为数据丢失时长（RPO）。",
    "restore_minutes": "自开始恢复起，至数据恢复完毕；没有恢复成的，不填。",
    "rto_minutes": "自假定故障起，至平台重新提供服务（RTO）；没有恢复成的，不填。",
    "checkpoint_size": "校验日志时显示的条数（共 … 条）；没有校验的，不填。",
    "checkpoint_root": "校验日志时显示的根哈希，64 位十六进制数字；没有校验的，不填。",
    "postgres": "恢复所用的 PostgreSQL 版本，如 17.2。",
    "hutong": "hutong --version 显示的版本。",
    "machine": "恢复所用的计算机，如名称、处理器和内存。",
    "compare_entry": "抽验的比对记录的存证编号；没有抽验的，不填。",
    "failed_with": "未通过的，写明哪一步没有成功。",
}
_RECORDED: Mapping[str, tuple[tuple[str, str, bool, int | None, str], ...]] = {
    "back_up": (("set_number", "number", True, 1, ""), ("set_ended_at", "datetime-local", True, None, "")),
    "verify": (("read_back_at", "datetime-local", True, None, ""),),
    "drill": (
        ("result", "choice", True, None, ""), ("failed_with", "long", False, None, ""),
        ("fault_at", "datetime-local", True, None, ""), ("log_until", "datetime-local", False, None, ""),
        ("restore_minutes", "number", False, 0, "分钟"), ("rto_minutes", "number", False, 0, "分钟"),
        ("verified", "box", False, None, ""), ("checkpoint_size", "number", False, 0, ""),
        ("checkpoint_root", "text", False, None, ""), ("compare_entry", "number", False, 0, ""),
        ("postgres", "text", False, None, ""), ("hutong", "text", False, None, ""),
        ("machine", "text", False, None, ""),
    ),
}  # fmt: skip
"""Step of a drill → its fields: name, how it looks, whether it must be filled in, its least value, its unit."""


def _options(name: str) -> tuple[tuple[str, str], ...]:
    if name != "result":
        return ()
    return (("passed", gettext("通过")), ("failed", gettext("未通过")))


def _choice(name: str, typed: Mapping[str, str], options: Sequence[tuple[str, str]]) -> Field:
    return Field(name, _label(name), typed.get(name, ""), "choice", options=tuple(options))


def _has_choice(form: PlanForm | DrillForm) -> bool:
    return len(form.regions) > 1


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)


