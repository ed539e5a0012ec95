"""Honest files that business systems export by libraries of other languages, each with its habit."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from hand import Book
from text_files import text
from truth import BUSINESSES, PAYMENTS, RESIDENTS, HonestFile, Table

from hutong.plane.definition import Item, Type

_INLINE = re.compile(rb't="inlineStr"><is><t(?: xml:space="preserve")?>(.*?)</t></is></c>', re.S)
Change = Callable[[str, bytes], tuple[str, bytes]]


def changed_parts(change: Change, *, shared: bool = True) -> Callable[[Path, Table], Path]:
    """Return a writer of a workbook each part of which is called and written otherwise."""

    def write(path: Path, table: Table) -> Path:
        book = Book(shared=shared)
        book.save(path, {"导出": book.sheet(book.rows(table))})
        with zipfile.ZipFile(path) as archive:
            parts = [change(name, archive.read(name)) for name in archive.namelist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts:
                archive.writestr(name, content)
        return path

    return write


def _of_sheets(change: Callable[[bytes], bytes]) -> Change:
    return lambda name, content: (name, change(content) if "sheet1" in name else content)


def as_timestamps(item: Item, value: str | None) -> str:
    """Return days as a database exports them that has moments alone."""
    return f"{value} 00:00:00.0" if value and item.type is Type.DATE else value or ""


def as_floats(item: Item, value: str | None) -> str:
    """Return numbers as a library for tables of numbers writes them."""
    return f"{float(value)}" if value and item.type in (Type.INTEGER, Type.NUMERIC, Type.CURRENCY) else value or ""


HONEST = [
    HonestFile("export-texts-as-results", RESIDENTS, changed_parts(_of_sheets(
        lambda content: _INLINE.sub(rb't="str"><v>\1</v></c>', content)
    ), shared=False)),
    HonestFile("export-indented", BUSINESSES, changed_parts(_of_sheets(lambda xml: xml.replace(b"><", b">\n    <")))),
    HonestFile("export-single-quotes", PAYMENTS, changed_parts(_of_sheets(lambda xml: xml.replace(b'"', b"'")))),
    HonestFile("export-marks-in-parts", RESIDENTS, changed_parts(
        lambda name, content: (name, b"\xef\xbb\xbf" + content if name.endswith(".xml") else content)
    )),
    HonestFile("export-backslashes", BUSINESSES, changed_parts(
        lambda name, content: (name.replace("/", "\\"), content)
    )),
    HonestFile("export-utf-16-parts", RESIDENTS, changed_parts(_of_sheets(
        lambda xml: xml.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    ))),
    HonestFile("export-blanks-around-values", PAYMENTS, changed_parts(_of_sheets(
        lambda xml: re.sub(rb't="s"><v>([0-9]+)</v>', rb't="s"><v> \1 </v>', xml)
    ))),
    HonestFile("csv-timestamps-for-days", RESIDENTS, text(said=as_timestamps, encoding="gb18030")),
    HonestFile("csv-floats-for-numbers", PAYMENTS, text(said=as_floats)),
    HonestFile("csv-remarks-above", BUSINESSES, text(before="# 导出时间：2026-03-02\r\n# 单位：某局\r\n\r\n")),
]  # fmt: skip
