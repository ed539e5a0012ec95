"""Two files of which there is everything to tell that is ever told of a text, and of a workbook."""

import csv
import io
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from workbooks import Cell, rows, sheet, styles, write

from hutong.core.labels import Language
from hutong.plane.definition import Definition
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import report
from hutong.plane.delivery.reading.report import WhatWasRead

OF_TEXT = ["above", "broken_lines", "empty_rows", "as_text", "bared", "nulls", "errors", "differing", "suspicious",
           "folded", "illegible"]  # fmt: skip
OF_WORKBOOKS = ["left_out", "above", "empty_rows", "bared", "nulls", "merged", "hidden", "formulas", "errors",
                "differing", "suspicious", "folded", "illegible"]  # fmt: skip
SAID = ["第一行\n第二行", "'001", "\\N", "⻢⻰", "????", "#N/A", "1.23457E+17"]
"""What stands in a column of texts, a record each; in a workbook a text with line breaks is nothing to be told."""


def text(path: Path, titles: Sequence[str], *, at: int) -> Path:
    """Write a text in GB18030 with semicolons; what is to be told of stands in column `at`, the key in the first."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, delimiter=";")
    lines.writerows([["登记表"], [], titles])
    for number, said in enumerate([*SAID, '="002"']):
        lines.writerow(_line(len(titles), f"K{number}", said, at=at))
        if not number:
            lines.writerows([[], [""] * len(titles)])
    lines.writerow(["合计", *[""] * (len(titles) - 1)])
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def workbook(path: Path, titles: Sequence[str], *, at: int) -> Path:
    """Write a workbook with a title, merged cells, a hidden sheet and a second one."""
    special: list[Cell | tuple[Cell, int]] = [*SAID, '<c r="{at}"><f>A1</f></c>', (12.0, 1)]
    table: list[Sequence[Cell | tuple[Cell, int]]] = [["登记表"], [], titles]
    table += [_line(len(titles), f"K{number}", said, at=at) for number, said in enumerate(special)]
    table[5:5] = [[None] * len(titles)]
    table.append(["合计"])
    last = len(table)
    areas = f'<mergeCell ref="A1:C1"/><mergeCell ref="{chr(65 + at)}5:{chr(65 + at)}6"/>'
    sheets = {
        "字典": sheet(rows([["男"], ["女"]])),
        "一月": sheet(
            rows(table).replace('<row r="4">', '<row r="4" hidden="1">'),
            before=f'<dimension ref="A1:C{last}"/>', after=f"<mergeCells>{areas}</mergeCells>",
        ),
        "二月": sheet(rows([titles, ["K1"]])),
    }
    return write(path, sheets, styled=styles("000000"), hidden=["字典"])


def _line(width: int, key: str, said: Cell | tuple[Cell, int], *, at: int) -> list[Cell | tuple[Cell, int]]:
    line: list[Cell | tuple[Cell, int]] = [key, *["x"] * (width - 1)]
    line[at] = said
    return line


def read(path: Path, definition: Definition, every: Sequence[str]) -> WhatWasRead:
    """Return what is read of a file, `every` member of which has something to tell."""
    found = reading.open_(path, definition=definition)
    for _ in found.blocks():
        pass
    made, nothing = found.report, WhatWasRead(found.report.format)
    told = {each.name for each in fields(WhatWasRead) if getattr(made, each.name) != getattr(nothing, each.name)}
    assert set(every) <= told, set(every) - told
    return found.report


def told(path: Path, definition: Definition, every: Sequence[str], language: Language) -> list[str]:
    """Return the sentences that every door says of a file."""
    names = {item.code: item.name for item in definition.items}
    return report.told(read(path, definition, every), language, names=names)
