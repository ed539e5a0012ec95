"""The first sheet of an Excel workbook into blocks of text."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import BLOCK_BYTES, BLOCK_ROWS, Block, UnreadableRow
from hutong.plane.delivery.reading import header, workbook_guard
from hutong.plane.delivery.reading.failures import FileBroken, FileEmpty
from hutong.plane.delivery.reading.report import WhatWasRead

warnings.filterwarnings("ignore", module=r"openpyxl\.")  # its warnings quote cells, and end in the log


def open_(path: Path, *, definition: Definition, changes: bool) -> tuple[WhatWasRead, Iterator[Block]]:
    """Return the report and the rows of the first sheet of the workbook `path`, looked through before any is read.

    Raises FileEmpty, FileBroken and what `header` and `workbook_guard` raise.
    """
    damaged = _guard(path)
    file = path.open("rb")
    try:
        names, rows = _titles(path, file, damaged)
        found = header.columns(names, definition=definition, changes=changes, file=path.name)
    except BaseException:
        file.close()
        raise
    return WhatWasRead("xlsx", header_row=1), _sheet(path, file, rows, found)


def titles(path: Path) -> list[str]:
    """Return the column names of the first sheet."""
    damaged = _guard(path)
    with path.open("rb") as file:
        return header.find([_titles(path, file, damaged)[0]], wanted=None, file=path.name).found


def _titles(path: Path, file: BinaryIO, damaged: str) -> tuple[list[str], Iterator[tuple[object, ...]]]:
    """Return the titles and the rows after them; the file is given open, as openpyxl judges names by their suffix.

    Where it cannot be opened, the part that is `damaged` is named, if there is one.
    """
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        first = next(rows, ())
    except _BROKEN:
        broken = FileBroken(file=path.name, format="xlsx", row=0)
        raise workbook_guard.unopened(path, damaged=damaged) or broken from None
    names = ["" if cell is None else str(cell) for cell in first]
    while names and not names[-1].strip():
        names.pop()
    if not names:
        raise FileEmpty(file=path.name)
    return names, rows


def _sheet(path: Path, file: BinaryIO, rows: Iterator[tuple[object, ...]], found: list[str]) -> Iterator[Block]:
    width = len(found)
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    unreadable: list[UnreadableRow] = []

    def block() -> Block:
        arrays = [pa.array(column, pa.string()) for column in zip(*kept, strict=True)] or [
            pa.array([], pa.string()) for _ in found
        ]
        return Block(pa.record_batch(arrays, names=found), numbers, unreadable)

    number, size = 1, 0
    try:
        for number, row in enumerate(rows, start=2):
            cells = [_cell(value) for value in row]
            if not any(cell is not None for cell in cells):
                continue
            if any(cell is not None for cell in cells[width:]):
                unreadable.append(UnreadableRow(number, "ROW_RAGGED", f"{len(cells)} / {width}"))
                continue
            texts = "".join(cell for cell in cells if cell)
            if not texts.isascii() and _surrogate(texts):
                unreadable.append(UnreadableRow(number, "ROW_SURROGATE", ""))
                continue
            kept.append((cells + [None] * (width - len(cells)))[:width])
            numbers.append(number)
            size += len(texts)
            if len(kept) + len(unreadable) >= BLOCK_ROWS or size > BLOCK_BYTES:
                yield block()
                kept, numbers, unreadable, size = [], [], [], 0
        yield block()
    except _BROKEN:
        raise FileBroken(file=path.name, format="xlsx", row=number) from None
    finally:
        file.close()


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _guard(path: Path) -> str:
    try:
        return workbook_guard.guard(path)
    except workbook_guard.WorkbookBroken as broken:
        raise FileBroken(file=path.name, format="xlsx", row=broken.row) from None


_BROKEN = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError,
    InvalidFileException, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What zipfile and openpyxl are known to raise for a workbook that is none."""
