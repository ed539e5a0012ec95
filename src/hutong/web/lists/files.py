"""A list as a file: an Excel workbook, or above 200,000 rows CSV in a ZIP archive; what it was narrowed to is in it.

Text stands there as text: no spreadsheet takes an identifier for a number or begins to reckon. Rows pass through and
are never all in memory.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from hutong.control.units.rules import Actor
from hutong.core.spreadsheet import text
from hutong.plane.delivery import spool_folder
from hutong.web.wording import filters

MOST = 200_000
"""Rows of a workbook: one takes seven times as long as a line of CSV, and nothing is sent before the last one."""
LONGEST = 32_767
"""Characters of a cell of a workbook."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 64 << 10
Lines = Iterable[Sequence[object]]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a list: its name without an ending, what is listed, its columns, and what is said about it."""

    name: str
    title: str
    columns: tuple[str, ...]
    about: tuple[tuple[str, str], ...]


def about(told: Sequence[tuple[str, str]], *, now: datetime, actor: Actor | None) -> tuple[tuple[str, str], ...]:
    """Return what a file says about itself, as label and value: the moment, the officer, and the filters."""
    by = [(gettext("导出人"), f"{actor.unit_name} {actor.name}")] if actor else []
    narrowed = list(told) or [(gettext("条件"), gettext("全部"))]
    return ((gettext("导出时间（北京时间）"), filters.moment(now)), *by, *narrowed)


def response(file: File, lines: Lines, *, many: int, spool: Path) -> HttpResponseBase:
    """Return the answer that hands a file out; `many` is how many lines there are, `spool` where a workbook is made."""
    if many > MOST:
        answer = StreamingHttpResponse(archive(file, lines), content_type="application/zip")
        return _attached(answer, f"{file.name}.zip")
    with spool_folder.working(spool) as folder:
        path = folder / "list.xlsx"
        workbook(file, lines, path=path)
        made = path.open("rb")  # what is open stays when the folder goes
    return _attached(FileResponse(made, content_type=EXCEL), f"{file.name}.xlsx")


def workbook(file: File, lines: Lines, *, path: Path) -> None:
    """Write a workbook at `path`: a sheet of lines, further ones where they are more than MOST, and one about it."""
    # Rows go to the disk one by one; a sheet is closed by the next, so they are written one after the other.
    options = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        for number, part in enumerate(_sheets(lines), start=1):
            sheet = book.add_worksheet(f"{file.title[:25]}{number if number > 1 else ''}")
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(file.columns) - 1, 22)
            _write(sheet, 0, file.columns, bold)
            for row, line in enumerate(part, start=1):
                _write(sheet, row, line)
        sheet = book.add_worksheet(gettext("导出说明"))
        sheet.set_column(0, 1, 40)
        for row, pair in enumerate(file.about):
            _write(sheet, row, pair)


def _sheets(lines: Lines) -> Iterator[Iterator[Sequence[object]]]:
    """Yield the lines of each sheet: one at least, each with at most MOST lines."""
    rest = iter(lines)
    first: list[Sequence[object]] = list(islice(rest, 1))
    while True:
        yield chain(first, islice(rest, MOST - 1))
        first = list(islice(rest, 1))
        if not first:
            return


def _write(sheet: Any, row: int, values: Sequence[object], form: object = None) -> None:
    for column, value in enumerate(values):
        if isinstance(value, int) and not isinstance(value, bool):
            sheet.write_number(row, column, value)
        elif value is not None and value != "":
            sheet.write_string(row, column, cut(str(value)), form)


def cut(value: str) -> str:
    """Return a text as a cell of a workbook takes it; where it is longer, its end says how long it was."""
    if len(value) <= LONGEST:
        return value
    note = gettext("……（共 %(count)s 字，此处从略）") % {"count": len(value)}
    return value[: LONGEST - len(note)] + note


def archive(file: File, lines: Lines) -> Iterator[bytes]:
    """Yield the bytes of a ZIP archive with the lines as CSV, and what is said about it as another."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as made:
        for name, rows in ((file.title, chain((file.columns,), lines)), (gettext("导出说明"), file.about)):
            with made.open(f"{name}.csv", "w", force_zip64=True) as inside:
                for line in comma_separated(rows):
                    inside.write(line)
                    if len(sink.waiting) >= _PIECE:
                        yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Where an archive is written to, and taken from piece by piece."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since."""
        found = bytes(self.waiting)
        self.waiting.clear()
        return found


def comma_separated(rows: Lines) -> Iterator[bytes]:
    """Yield the bytes of a CSV in UTF-8 with its mark, line by line."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([text(value) for value in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def _attached(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
