"""A list of items to fill in, as a file: a line for each item, and what may stand in each column."""

import io
from collections.abc import Iterator

import xlsxwriter
from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from hutong.web.desk.catalog import fields as asked
from hutong.web.desk.catalog import itemrules
from hutong.web.desk.catalog.explained import EXPLAINED
from hutong.web.lists import files
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import reader
from hutong.web.wording.filters import joined
from hutong.web.wording.names import MODES, TYPES

_ROWS = 600
"""Rows in which a value is chosen from a list."""


@officers
def template(request: PageRequest, form: str) -> HttpResponse:
    """Hand out an empty list of items, as a workbook or as CSV; Http404 for other forms."""
    if form not in _MADE:
        raise Http404
    make, kind = _MADE[form]
    answer = HttpResponse(make(), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="items.{form}"'
    return answer


def workbook() -> bytes:
    """Return a workbook with the titles, lists to choose from, and a sheet that explains each column."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        text, wrapped = book.add_format({"num_format": "@"}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet, help = book.add_worksheet(gettext("信息项")), book.add_worksheet(gettext("填写说明"))
        sheet.freeze_panes(1, 0)
        help.set_column(0, 0, 18, wrapped)
        help.set_column(1, 1, 90, wrapped)
        for place, (name, title) in enumerate(_titles().items()):
            sheet.set_column(place, place, max(12, 2 * len(title) + 4), text)
            sheet.write_string(0, place, title, bold)
            if choices := _choices(name):
                sheet.data_validation(1, place, _ROWS, place, {"validate": "list", "source": choices})
            help.write_string(place, 0, title)
            help.write_string(place, 1, _explained(name), wrapped)
    return made.getvalue()


def comma_separated() -> bytes:
    """Return the titles alone, in UTF-8 with its mark, as a spreadsheet opens it."""
    return b"".join(files.comma_separated([[*_titles().values()]]))


def _titles() -> dict[str, str]:
    return {**asked.titles(), "rules": gettext("质量规则")}


def _choices(name: str) -> list[str]:
    if name in ("type", "offered"):
        return [gettext(words) for words in (TYPES if name == "type" else MODES).values()]
    return [gettext("是"), gettext("否")] if name in asked.FLAGS else []


def _explained(name: str) -> str:
    return "\n".join(filter(None, (gettext(EXPLAINED[name]), *_rules(name), joined(_choices(name)))))


def _rules(name: str) -> Iterator[str]:
    if name == "rules":
        for kind in itemrules.KINDS:
            yield f"{kind.word[reader.language()]} {kind.example}".strip() + f": {gettext(kind.means)}"


_MADE = {"xlsx": (workbook, files.EXCEL), "csv": (comma_separated, "text/csv; charset=utf-8")}
