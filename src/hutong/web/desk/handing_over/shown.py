"""What pages show of hand-overs: what is open, to whom it may go, what became of it, and the fields of the form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from hutong.control.handovers import belongings, passing
from hutong.control.handovers.belongings import Belonging
from hutong.control.handovers.models import HandoverPart
from hutong.control.handovers.queries import HandoverPage, NewHandover, OpenWork
from hutong.control.units import queries as members
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.rooms import page_of
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.shown import Shown
from hutong.web.wording import filters, labels, procedures, telling
from hutong.web.wording.names import named

PAGE = "handovers"
"""Name of the page whose fields these are, where labels are looked up."""
KINDS = {
    "case": "已领办、分办的事项", "draft": "草稿和退回补正的事项", "role": "角色", "deputy": "代理",
    "contact": "本单位联系人",
}  # fmt: skip
"""Kind of what is open → what it is called (Chinese)."""
ELSE, NOT = "", "-"
"""What a part's list says where it goes with all the rest, and where it is not handed over."""
BEFORE = belongings.FIELD
"""How the names of the parts' fields begin."""
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OpenRow(Shown):
    """One thing that is open as the form shows it: what it is, where it leads, when it is due, and to whom it goes."""

    kind: str
    number: str
    address: str
    title: str
    due: str
    late: bool
    field: Field


@dataclass(frozen=True, slots=True)
class _Words:
    """What one thing is called on pages."""

    kind: str
    number: str
    address: str
    title: str


def form(asked: NewHandover, typed: Mapping[str, str], *, now: datetime) -> dict[str, object]:
    """Return what the form shows: whose work it asks for, or what is open of that officer and the fields."""
    work = asked.work
    if work is None:
        return {"whose": whose(asked.choices)}
    contact = any(each.kind == "contact" for each in work.belongings)
    return {
        "officer": work.officer, "name": work.name, "many": work.many, "more": work.many > len(work.belongings),
        "rows": rows(work, typed, now=now), "fields": fields(work, typed, contact=contact),
    }  # fmt: skip


def rows(work: OpenWork, typed: Mapping[str, str], *, now: datetime) -> tuple[OpenRow, ...]:
    """Return what is open, each with the field that says to whom it goes, and what was typed there."""
    units = members.names()
    return tuple(_row(each, work, typed, units=units, now=now) for each in work.belongings)


def _row(
    belonging: Belonging, work: OpenWork, typed: Mapping[str, str], *, units: Mapping[str, str], now: datetime
) -> OpenRow:
    words, name = _called(belonging, units), f"{BEFORE}{belonging.key}"
    able = [(account, said) for account, said in work.colleagues.items() if account in belonging.able]
    choices = ((ELSE, gettext("由总承接人承接")), *able, (NOT, gettext("不移交")))
    label = gettext("%(what)s的承接人") % {"what": words.number or words.title}
    return OpenRow(
        words.kind, words.number, words.address, words.title, _due(belonging.late_at),
        belonging.late_at is not None and belonging.late_at <= now,
        Field(name, label, typed.get(name, ELSE), "choice", options=choices),
    )  # fmt: skip


def fields(work: OpenWork, typed: Mapping[str, str], *, contact: bool) -> list[Field]:
    """Return the fields of a hand-over, with what was typed; `contact` where the officer is the unit's contact."""
    said = gettext("%(name)s（可以承接 %(may)s 项）")
    people = [(each, said % {"name": name, "may": work.able[each]}) for each, name in work.colleagues.items()]
    found = [
        Field("to", _label("to"), typed.get("to", ""), "choice", required=True,
              options=(("", gettext("请选择")), *people),
              hint=gettext("未另行指定承接人的各项，都由其承接；其不能承接的，仍留在移交人名下，并写明原因。")),
        Field("effective_date", _label("effective_date"), typed.get("effective_date", ""), "date", required=True,
              hint=gettext("当日的，立即移交；以后的日期，到当日凌晨自行移交，届时新增的事项一并移交。")),
        Field("reason", _label("reason"), typed.get("reason", ""), "long", required=True),
    ]  # fmt: skip
    if contact:
        said = gettext("移交人是本单位联系人：填写新联系人的办公电话，同时通知联系人变更。")
        found.insert(1, Field("phone", _label("phone"), typed.get("phone", ""), depends=True, hint=said))
    return found


def whose(choices: Sequence[tuple[str, str]]) -> Field:
    """Return the field that asks whose work is handed over."""
    options = (("", gettext("请选择")), *choices)
    return Field("officer", _label("officer"), "", "choice", required=True, options=options)


def facts(page: HandoverPage) -> Iterator[Fact]:
    """Yield what a hand-over says."""
    found = page.handover
    yield fact(gettext("单位"), found.unit.name, found.unit.credit_code)
    yield fact(_label("officer"), found.officer.name, found.officer.user.username)
    yield fact(_label("to"), found.to.name, found.to.user.username)
    yield fact(_label("effective_date"), filters.day(found.effective_date))
    yield fact(_label("reason"), found.reason)
    yield fact(gettext("确定时间"), f"{filters.moment(found.told_at)} {page.told_by_name}")


def parts(page: HandoverPage) -> Table:
    """Return what became of each thing; before its day what is open now, and to whom it goes."""
    units = members.names()
    people = members.people({passing.receiver(page.handover, each) for each in page.open})
    planned = [_planned(each, page, units, people) for each in page.open]
    return Table(
        gettext("交接事项"),
        tuple(Column(gettext(title)) for title in ("类别", "事项", "期限", "承接人", "结果")),
        (*(_passed(each, units) for each in page.parts), *planned),
        empty=gettext("没有未办结的事项。"),
    )


def _passed(row: HandoverPart, units: Mapping[str, str]) -> tuple[Cell, ...]:
    words = _called(row, units)
    told = Cell("", badge=gettext("已移交"), tone="good")
    if not row.passed:
        why = telling.remembered(row.code, row.facts)
        told = Cell(why.message, badge=gettext("未移交"), tone="warn", note=why.advice)
    return (*_cells(words, row.late_at), Cell(row.to_name or "—"), told)


def _planned(
    belonging: Belonging, page: HandoverPage, units: Mapping[str, str], people: Mapping[str, str]
) -> tuple[Cell, ...]:
    account = passing.receiver(page.handover, belonging)
    name = people.get(account, account) if account else gettext("不移交")
    return (*_cells(_called(belonging, units), belonging.late_at), Cell(name), Cell("", badge=gettext("到期移交")))


def _cells(words: _Words, late_at: datetime | None) -> tuple[Cell, ...]:
    what = Cell(words.title, note=words.number) if not words.address else Cell(words.number, words.address, words.title)
    return Cell(words.kind), what, Cell(_due(late_at))


def _called(each: Belonging | HandoverPart, units: Mapping[str, str]) -> _Words:
    kind = gettext(KINDS[each.kind])
    if each.lifecycle:
        title = gettext("%(kind)s：%(title)s") % {"kind": procedures.title_of(each.lifecycle), "title": each.title}
        return _Words(kind, each.case, page_of(each.lifecycle, each.case), title)
    if each.kind == "contact":
        return _Words(kind, each.title, page_of("notices.contact_change", each.title), units.get(each.unit, ""))
    return _Words(kind, "", "", f"{units.get(each.unit, '')} {named(each.role, 'role')}".strip())


def _due(late_at: datetime | None) -> str:
    return filters.day(late_at - _MOMENT) if late_at else "—"


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
