"""The set of honest files, and what the platform takes of one."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import excel_files
import export_files
import program_files
import text_files
import wps_files
from truth import HonestFile, Row, Table

from hutong.core.labels import label
from hutong.plane.definition import Definition
from hutong.plane.delivery import quality, reading
from hutong.plane.delivery.reading import report
from hutong.plane.values import TEXT

HONEST: list[HonestFile] = [
    *excel_files.HONEST, *wps_files.HONEST, *program_files.HONEST, *export_files.HONEST, *text_files.HONEST,
]  # fmt: skip
TODAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken of a file: its records as they are kept, its faults as row and code, and what its report says."""

    rows: list[Row]
    faults: list[tuple[int, str]]
    told: list[str]


def taken(path: Path, definition: Definition) -> Taken:
    """Read a file, check its rows, and return what is taken of it."""
    found = reading.open_(path, definition=definition)
    rows, faults = list[Row](), list[tuple[int, str]]()
    for block in found.blocks():
        checked = quality.check(block.batch, definition, today=TODAY)
        columns = {
            item.code: (
                checked.columns[item.code].taken if item.type in TEXT else checked.columns[item.code].normal
            ).to_pylist()
            for item in definition.items
        }  # fmt: skip
        rows += [
            {code: column[place] or None for code, column in columns.items()}
            for place, valid in enumerate(checked.valid) if valid
        ]  # fmt: skip
        faults += [(block.numbers[fault.row], fault.reason) for fault in checked.faults]
        faults += [(row.number, row.reason) for row in block.unreadable]
    return Taken(rows, faults, report.told(found.report, "en"))


def changed(table: Table, rows: list[Row]) -> list[str]:
    """Return every cell that is not what the table has, as row, item, what it has and what was read."""
    if len(rows) != len(table.rows):
        return [f"{len(rows)} records instead of {len(table.rows)}"]
    return [
        f"record {place} {code}: {value!r} became {row[code]!r}"
        for place, (wanted, row) in enumerate(zip(table.rows, rows, strict=True), start=1)
        for code, value in wanted.items() if (row[code] or "").replace("\r\n", "\n") != (value or "")
    ]  # fmt: skip


def say(code: str, **facts: object) -> str:
    """Return a sentence of a report."""
    return label(f"what_was_read.{code}", language="en", **facts)
