"""Many registrations from one table: its form to fill in, what would come of a file, and the word that it counts."""

import io
from collections.abc import Iterator, Sequence
from functools import partial

import xlsxwriter
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog.handing_in import FileMissing
from hutong.control.registration import handed_in, sheet
from hutong.control.registration.handed_in import TablePage
from hutong.control.registration.sheet import CellFault, RowsLost, SheetRow
from hutong.control.registration.together import Judged, RowChange
from hutong.core import statuses
from hutong.web import clock, corrections, plane
from hutong.web.desk import outcome
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.registration import rules_shown, shown
from hutong.web.forms import Field
from hutong.web.lists import files
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest
from hutong.web.wording import reader, telling
from hutong.web.wording.names import named

ROWS, SEEN, SOURCE, FAULTS = "rows", "seen", "source", "faults"
"""What a page keeps of a file: its rows, the digest of what would come of them, what the file is called, and the button
that has all faults handed out."""
SHOWN = 200
"""Lines of a table that stand on the page; of faults the file has all."""


@officers
def template(request: PageRequest, form: str) -> HttpResponse:
    """Hand out the empty form, as a workbook or as CSV; Http404 for other forms."""
    if form not in _MADE:
        raise Http404
    make, kind = _MADE[form]
    answer = HttpResponse(make(), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="registrations.{form}"'
    return answer


@partial(officers, forms=Rules(keeps=False))
def from_table(request: PageRequest) -> HttpResponseBase:
    """Show the form for a file; with one, what would come of it; with the word that it counts, register all of it."""
    form = request.POST
    if request.method == "POST" and ROWS in form and FAULTS not in form:
        made = handed_in.register(
            form[ROWS], seen=form.get(SEEN, ""), actor=request.actor, now=clock.now(), calendar=clock.calendar(),
            keyring=plane.keyring,
        )  # fmt: skip
        return outcome.led(request, reverse("registrations"), said=_came_of(made))
    page = _looked_at(request)
    if request.method == "POST" and FAULTS in form and page.judged:
        return _handed_out(request, page)
    return _page(request, page)


def _looked_at(request: PageRequest) -> TablePage:
    """Return what the page says of the file that is sent, of the rows it keeps, or of none."""
    actor, now = request.actor, clock.now()
    if request.method == "POST" and ROWS not in request.POST:
        file = request.FILES.get("file")
        if file is None:
            raise FileMissing
        return handed_in.opened(
            file.name or "", file.chunks(), spool=plane.spool(), language=reader.language(), actor=actor, now=now,
            keyring=plane.keyring,
        )  # fmt: skip
    lost = isinstance(request.refused, RowsLost)
    if ROWS in request.POST and not lost and (request.method == "POST" or request.typed):
        source = request.POST.get(SOURCE, "")
        return handed_in.kept(request.POST[ROWS], source=source, actor=actor, now=now, keyring=plane.keyring)
    return handed_in.empty(actor=actor)


def _page(request: PageRequest, found: TablePage) -> HttpResponse:
    problem, judged = request.refused, found.judged
    page = {
        "may": found.may,
        "unit": request.actor.unit_name,
        "file": _file(),
        "read": found.told,
        "judged": judged,
        "kept": found.kept,
        "source": found.source,
        "faults": _faults(judged, found.rows) if judged and judged.faults else None,
        "new": _new(judged.new) if judged else None,
        "changes": _changes(judged.changes) if judged else None,
        "rules": rules_shown.shown(found.rules),
    }
    told_of = corrections.refused(page, problem, page=shown.PAGE)
    status = statuses.of(problem) if problem else 200
    return render(request, "desk/registration_table.html", told_of, status=status)


def _file() -> Field:
    hint = gettext("Excel 或者 CSV，一次不超过 %(most)s 行；有错误的，逐格列出，全部更正之前不登记任何一行。")
    return Field(
        "file", gettext("登记表"), kind="file", required=True, hint=hint % {"most": sheet.MOST_ROWS},
        files=".xlsx,.xls,.csv,.txt",
    )  # fmt: skip


def _came_of(made: Judged) -> str:
    said = gettext("已按登记表登记 %(new)s 项，变更 %(changes)s 项，%(same)s 行与已有登记相同。")
    return said % {"new": len(made.new), "changes": len(made.changes), "same": made.same}


def _columns(*titles: str) -> tuple[Column, ...]:
    return tuple(Column(gettext(title), "num" if title == "行" else "") for title in titles)


def _new(found: Sequence[RowChange]) -> Table:
    rows = tuple(
        (Cell(f"{each.row.number}"), Cell(named(each.row.kind, "registration_kind")), *map(Cell, _of(each.row)))
        for each in found[:SHOWN]
    )
    titles = _columns("行", *sheet.COLUMNS.values())
    return Table(_counted(gettext("将登记 %(many)s 项"), len(found)), titles, rows, even=False)


def _of(row: SheetRow) -> Iterator[str]:
    yield from (row.shown(name) or "—" for name in sheet.COLUMNS if name != "kind")


def _changes(found: Sequence[RowChange]) -> Table:
    rows = tuple(
        (
            Cell(f"{each.row.number}"), Cell(each.no, reverse("registration", args=[each.no])),
            Cell("", lines=tuple((f"{_title(name)}：{before or '—'} → {after}", "")
                                 for name, (before, after) in each.changed.items())),
        )
        for each in found[:SHOWN]
    )  # fmt: skip
    titles = _columns("行", "编号", "变更的内容")
    return Table(_counted(gettext("将变更 %(many)s 项"), len(found)), titles, rows, even=False)


def _faults(judged: Judged, rows: Sequence[SheetRow]) -> Table:
    lines = tuple(
        tuple(Cell(str(value)) for value in line) for line in _told(judged.faults[:SHOWN], _by_number(rows))
    )
    caption = _counted(gettext("须更正的单元格：%(many)s 处"), len(judged.faults))
    return Table(caption, _columns(*OF_FAULTS), lines, even=False)


OF_FAULTS = ("行", "列", "所填", "问题", "怎样更正", "依据")


def _by_number(rows: Sequence[SheetRow]) -> dict[int, SheetRow]:
    return {row.number: row for row in rows}


def _told(faults: Sequence[CellFault], rows: dict[int, SheetRow]) -> Iterator[tuple[object, ...]]:
    for fault in faults:
        words, row = telling.described(fault.problem, page=shown.PAGE), rows.get(fault.row)
        value = row.shown(fault.column) if row and fault.column else ""
        yield (
            fault.row, _title(fault.column) if fault.column else "—", value or "—", words["message"], words["advice"],
            words["clause"] or "—",
        )  # fmt: skip


def _handed_out(request: PageRequest, page: TablePage) -> HttpResponseBase:
    """Return the answer that hands out every fault of a table."""
    made = files.File(
        name=f"hutong-registration-faults-{clock.today():%Y%m%d}", title=gettext("须更正的单元格"),
        columns=tuple(gettext(title) for title in OF_FAULTS),
        about=files.about([(gettext("登记表"), page.source)], now=clock.now(), actor=request.actor),
    )  # fmt: skip
    faults = page.judged.faults if page.judged else ()
    return files.response(made, _told(faults, _by_number(page.rows)), many=len(faults), spool=plane.spool())


def _counted(said: str, many: int) -> str:
    more = gettext("（以下列出前 %(shown)s 项）") % {"shown": SHOWN} if many > SHOWN else ""
    return said % {"many": many} + more


def _title(name: str) -> str:
    """Return the title of a column: of a form in English the fact itself."""
    return name if reader.language() == "en" else sheet.COLUMNS[name]


def _workbook() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        text, wrapped = book.add_format({"num_format": "@"}), book.add_format({"text_wrap": True, "valign": "top"})
        form, help = book.add_worksheet(gettext("登记表")), book.add_worksheet(gettext("填写说明"))
        form.freeze_panes(1, 0)
        help.set_column(0, 0, 16, wrapped)
        help.set_column(1, 1, 90, wrapped)
        for place, name in enumerate(sheet.COLUMNS):
            form.set_column(place, place, 24, text)
            form.write_string(0, place, _title(name), bold)
            help.write_string(place, 0, _title(name))
            help.write_string(place, 1, gettext(_EXPLAINED[name]), wrapped)
        choices = [words[-1] if reader.language() == "en" else words[0] for words in sheet.KINDS.values()]
        form.data_validation(1, 0, sheet.MOST_ROWS, 0, {"validate": "list", "source": choices})
    return made.getvalue()


def _comma_separated() -> bytes:
    return b"".join(files.comma_separated([[_title(name) for name in sheet.COLUMNS]]))


_EXPLAINED = {
    "kind": "部门、人员或者设备，一行一项，次序不限。",
    "name": "部门、人员或者设备的名称；人员填姓名。已经登记的，名称有变的填新的。",
    "code": "人员、设备的标识：英文字母、数字和半角符号，没有空格，不用身份号码；部门不填。",
    "department": "人员、设备所在的部门：已经登记的，或者本表中列有的；部门不填。",
    "identity_no": "人员的公民身份号码，按文本填写；加密保存、遮盖显示。部门、设备不填。",
    "phone_no": "人员的联系电话，可以不填。部门、设备不填。",
    "address": "设备的网络地址；部门、人员不填。",
}
"""Fact → what the form says of its column."""
_MADE = {"xlsx": (_workbook, files.EXCEL), "csv": (_comma_separated, "text/csv; charset=utf-8")}
