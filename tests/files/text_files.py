"""Honest files of text: as spreadsheets save them and databases export them."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from truth import BUSINESSES, PAYMENTS, RESIDENTS, HonestFile, Table

from hutong.plane.definition import Item, Type

Said = Callable[[Item, str | None], str]


def plainly(item: Item, value: str | None) -> str:
    """Return a value as it is."""
    return value or ""


def as_shown(item: Item, value: str | None) -> str:
    """Return a value as Excel saves it: as its cell shows it."""
    if not value:
        return ""
    if item.type is Type.DATE:
        year, month, day = value.split("-")
        return f"{year}/{int(month)}/{int(day)}"
    if item.type is Type.DATETIME:
        day, _, time = value.partition("T")
        return f"{as_shown(Item('x', 'x', Type.DATE), day)} {int(time[:2])}{time[2:]}"
    if item.type is Type.CURRENCY:
        return f"{float(value):,.2f}"
    return {"true": "TRUE", "false": "FALSE"}[value] if item.type is Type.LOGICAL else value


def as_a_database(item: Item, value: str | None) -> str:
    """Return a value as a database exports it: t and f, a blank between day and time, all decimals."""
    if item.type is Type.LOGICAL:
        return {"true": "t", "false": "f"}.get(value or "", "")
    if item.type is Type.CURRENCY and value:
        return f"{float(value):.4f}"
    return (value or "").replace("T", " ") if item.type is Type.DATETIME else value or ""


def text(
    *, encoding: str = "utf-8", said: Said = plainly, before: str = "", after: str = "", codes: bool = False,
    change: Callable[[list[str]], list[str]] = list, title: Callable[[str], str] = str, **dialect: object,
) -> Callable[[Path, Table], Path]:  # fmt: skip
    """Return a writer of text: its encoding, how values are said, lines before and after the table, and a dialect."""
    def write(path: Path, table: Table) -> Path:
        out = io.StringIO(newline="")
        writer = csv.writer(out, **{"lineterminator": "\r\n", **dialect})  # type: ignore[arg-type]
        writer.writerow(change([title(one) for one in (table.codes if codes else table.names)]))
        for row in table.rows:
            writer.writerow(change([said(item, row[item.code]) for item in table.definition.items]))
        path.write_bytes((before + out.getvalue() + after).encode(encoding))
        return path

    return write


def as_formula(item: Item, value: str | None) -> str:
    """Return a code as the formula that keeps Excel from making a number of it."""
    return f'="{value}"' if value and item.code in ("register_no", "id_number", "phone") else value or ""


def behind_an_apostrophe(item: Item, value: str | None) -> str:
    """Return a number behind the apostrophe that keeps it text."""
    return f"'{value}" if value and item.code in ("register_no", "id_number", "phone") else value or ""


def behind_a_tab(item: Item, value: str | None) -> str:
    """Return a number before the tab that keeps it text."""
    return f"{value}\t" if value and item.code in ("register_no", "id_number", "phone") else value or ""


def unquoted(separator: str, *, null: str, encoding: str = "utf-8") -> Callable[[Path, Table], Path]:
    """Return a writer without quotation marks, as databases dump: line breaks and separators stand in no value."""
    def write(path: Path, table: Table) -> Path:
        lines = [separator.join(table.codes)]
        lines += [separator.join(as_a_database(item, row[item.code]) or null for item in table.definition.items) for row in table.rows]
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        return path

    return write


def three_more(row: Sequence[str]) -> list[str]:
    """Return a row with empty cells behind it."""
    return [*row, "", "", ""]


HONEST = [
    HonestFile("csv-excel-gb18030", RESIDENTS, text(encoding="gb18030", said=as_shown)),
    HonestFile("csv-excel-utf-8", PAYMENTS, text(encoding="utf-8-sig", said=as_shown)),
    HonestFile("csv-excel-unicode-text", BUSINESSES, text(encoding="utf-16", said=as_shown, delimiter="\t")),
    HonestFile("csv-excel-tabs-gb18030", PAYMENTS, text(encoding="gb18030", said=as_shown, delimiter="\t")),
    HonestFile("csv-excel-mac", RESIDENTS, text(encoding="gb18030", said=as_shown, lineterminator="\r")),
    HonestFile("csv-wps-trailing-separators", RESIDENTS, text(encoding="gb18030", change=three_more)),
    HonestFile("csv-wps-title-above", BUSINESSES, text(encoding="utf-8-sig", before="某县企业登记表,,,,,,,\r\n,,,,,,,\r\n")),
    HonestFile("csv-sep-line", BUSINESSES, text(encoding="utf-8-sig", before="sep=;\r\n", delimiter=";")),
    HonestFile("csv-formulas", RESIDENTS, text(said=as_formula, encoding="gb18030")),
    HonestFile("csv-apostrophes", RESIDENTS, text(said=behind_an_apostrophe, encoding="utf-8-sig")),
    HonestFile("csv-tabs-behind-numbers", RESIDENTS, text(said=behind_a_tab, encoding="utf-8-sig")),
    HonestFile("csv-libreoffice-quoted", PAYMENTS, text(quoting=csv.QUOTE_ALL, lineterminator="\n")),
    HonestFile("csv-postgresql", BUSINESSES, text(said=as_a_database, codes=True, lineterminator="\n")),
    HonestFile("csv-dbeaver", PAYMENTS, text(said=as_a_database, codes=True, quoting=csv.QUOTE_ALL, lineterminator="\n")),
    HonestFile("csv-navicat", RESIDENTS, text(quoting=csv.QUOTE_ALL, encoding="gb18030", after="\r\n\r\n")),
    HonestFile("csv-mysql-tabs", BUSINESSES, unquoted("\t", null="")),
    HonestFile("csv-oracle-bars", BUSINESSES, unquoted("|", null="", encoding="gb18030")),
    HonestFile("csv-mysql-null", RESIDENTS, unquoted("\t", null="\\N")),
]
