"""Transfers of officers to another unit: the list, the form, and one as a case."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.handovers import transfers
from hutong.control.handovers.lifecycle import TRANSFER
from hutong.control.handovers.models import Transfer
from hutong.control.handovers.procedure import TRANSFERS
from hutong.control.handovers.transfers import NewTransfer
from hutong.control.units.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, cells, fields
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.room import CaseKind
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.lists import orders, pages
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import filters, labels, procedures

KIND = CaseKind(TRANSFERS, "transfer", transfers.take, find=transfers.transfer, editable=transfers.editable)
PAGE = "transfers"
"""Name of the page whose fields these are, where labels are looked up."""
TITLES = ("编号", "姓名", "调出单位", "调入单位", "进度")


def _table(rows: Sequence[Transfer], asked: ListRequest) -> Table:
    page = KIND.pages()
    return Table(
        gettext("人员调动"),
        tuple(Column(gettext(title)) for title in TITLES),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.officer.name),
                Cell(each.unit.name),
                Cell(each.receiver.name),
                cells.state(procedures.state(TRANSFER, each.state)),
            )
            for each in rows
        ),
        titled=False,
    )


def _lines(rows: Sequence[Transfer], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for each in rows:
        state = procedures.state(TRANSFER, each.state).name
        yield each.no, each.officer.name, each.unit.name, each.receiver.name, state, each.reason


def _asked(asked: ListRequest) -> transfers.TransferFilters:
    return transfers.TransferFilters(words=asked["q"], state=asked["state"])


def _read_rows(asked: ListRequest, part: Part) -> FoundRows[Transfer]:
    oldest = asked.order == "oldest"
    return part.cut(transfers.visible(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


LIST: Listing[Transfer] = Listing(
    name="transfers",
    title="人员调动",
    filters=(WORDS, Filter("state", "进度", options=lambda actor: procedures.states(TRANSFER))),
    orders=orders.NEWEST_FIRST,
    read=_read_rows,
    count=lambda asked, most: transfers.counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=_table,
    columns=(*TITLES, "调动依据"),
    lines=_lines,
    said="共有人员调动 %(count)s 件",
    empty="还没有人员调动。",
    none_fit="没有符合条件的人员调动。",
)
"""The transfers an officer may read."""


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the transfers the officer may read, or hand out their file."""
    return pages.answer(LIST, request, "desk/officers/transfers.html")


@officers
def new(request: PageRequest) -> HttpResponse:
    """Show the form of a transfer; posted, ask the other unit and go to the transfer's page."""
    problem = request.refused
    if request.method == "POST":
        no = asked(request.POST, actor=request.actor, now=clock.now())
        return acts.led_to(request, KIND, no, saved=True)
    form = transfers.new_form(actor=request.actor)
    typed = request.POST.dict() if request.typed else {"officer": request.GET.get("officer", "")}
    page = {
        "at": acts.opened(request.POST), "may": form.may, "unit": request.actor.unit_name, "role": "unit_admin",
        "fields": _fields(form, typed),
    }  # fmt: skip
    told = corrections.refused(page, problem, page=PAGE)
    return render(request, "desk/officers/transfer_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def detail(request: PageRequest, no: str) -> HttpResponse:
    """Show one transfer, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, KIND, no)
    found, typed = transfers.transfer(no, actor=actor), acts.typed(request)
    page = {
        "case": cases.show(KIND, found, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "facts": list(_facts(found)),
    }
    told = corrections.refused(page, problem, page=PAGE, form=acts.form_of(request))
    return render(request, "desk/officers/transfer.html", told, status=statuses.of(problem) if problem else 200)


def asked(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Ask for the transfer that a form says, and return its number; raises what asking does."""
    judging = Judging()
    return transfers.ask(
        _read(form, judging), actor=actor, now=now, calendar=clock.calendar(), judging=judging,
        meant_for=form.get(acts.AT, ""),
    )  # fmt: skip


def _facts(found: Transfer) -> Iterator[Fact]:
    yield fact(_label("officer"), found.officer.name, found.officer.user.username)
    yield fact(gettext("调出单位"), found.unit.name, found.unit_id)
    yield fact(_label("unit"), found.receiver.name, found.receiver_id)
    yield fact(_label("reason"), found.reason)
    yield fact(gettext("提出时间"), filters.moment(found.asked_at))


def _fields(form: NewTransfer, typed: Mapping[str, str]) -> list[Field]:
    choose = ("", gettext("请选择"))
    chosen = {"officer": form.officers, "unit": form.units}
    return [
        *(
            Field(name, _label(name), typed.get(name, ""), "choice", required=True, options=(choose, *options))
            for name, options in chosen.items()
        ),
        Field("reason", _label("reason"), typed.get("reason", ""), "long", required=True,
              hint=gettext("调动文件的名称和文号。")),
    ]  # fmt: skip


def _read(form: QueryDict, judging: Judging) -> dict[str, str]:
    fields.judge(form, judging)
    return {name: form.get(name, "").strip() for name in ("officer", "unit", "reason")}


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
