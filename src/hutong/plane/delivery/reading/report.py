"""What was read of a delivered file, as plain values: how it was understood, and all that a person might see otherwise.

It is kept with the receipt and told in the same words at every door. No content of a cell is in it, only numbers,
places and the names of sheets and items.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from hutong.core.errors import Problem
from hutong.core.labels import Language, label

MOST_PLACES = 10
"""The first places that are told of anything."""
READ = "read"
"""Under which name a refusal has what was read as a member."""
LONGEST_NAME = 60
"""Characters of a sheet's name."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """How often something is there, and where first: rows as "12", cells as "C5"."""

    number: int = 0
    first: tuple[str, ...] = ()

    def plus(self, places: Iterable[str], *, number: int | None = None) -> "Occurrences":
        """Return this with more `places`, which are all there are unless a `number` is said."""
        every = [*places]
        kept = (*self.first, *every[: MOST_PLACES - len(self.first)])
        return Occurrences(self.number + (len(every) if number is None else number), kept)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sheet that has cells and was not read: its name, whether it is hidden, how many rows say something."""

    name: str
    hidden: bool = False
    rows: int = 0


@dataclass(slots=True)
class WhatWasRead:
    """How one file was read; complete once its blocks are exhausted."""

    format: str
    """csv, xlsx, parquet or arrow."""
    encoding: str | None = None
    """Of text: utf-8, utf-8 with a mark, gb18030 or utf-16."""
    separator: str | None = None
    """Of text: the character between cells."""
    sheet: str | None = None
    """The name of the sheet that was read."""
    left_out: tuple[LeftOut, ...] = ()
    header_row: int = 0
    """As a person counts, 1 is the first; the lower of two; 0 where the format has no such row."""
    above: int = 0
    """Rows above the header that say something."""
    numbering: int = 0
    """The column, 1 is the first, that only numbers the rows and was left out; 0 where there is none."""
    lines: int | None = None
    """Of text: lines from the header on, without the empty ones."""
    records: int = 0
    """Rows that were sent, the unreadable among them."""
    empty_rows: int = 0
    """Rows between the header and the last record that say nothing."""
    broken_lines: int = 0
    """Of text: line breaks inside of quoted cells."""
    as_text: Occurrences = field(default_factory=Occurrences)
    """Of text: cells written as a formula that holds a text (="001"), and read as that text."""
    bared: Occurrences = field(default_factory=Occurrences)
    """Rows of values that were read without the apostrophe or tab by which a spreadsheet keeps a number as text."""
    nulls: Occurrences = field(default_factory=Occurrences)
    """Rows of values written as \\N, as databases write that there is none."""
    words_for_none: Occurrences = field(default_factory=Occurrences)
    """Rows of values that programs write for none, such as NULL, in items of text; they are taken as they are."""
    operations: Occurrences = field(default_factory=Occurrences)
    """Of changes: rows whose column says in a word whether they are put or deleted."""
    merged: int = 0
    """Merged areas that reach into the records."""
    hidden: Occurrences = field(default_factory=Occurrences)
    """Rows among the records that the workbook hides, as a filter does; they are read."""
    formulas: Occurrences = field(default_factory=Occurrences)
    """Cells with a formula and no value."""
    errors: Occurrences = field(default_factory=Occurrences)
    """Cells that hold an error."""
    differing: dict[str, Occurrences] = field(default_factory=dict)
    """Item → cells that show another text than the value that was read."""
    suspicious: Occurrences = field(default_factory=Occurrences)
    """Rows that look like no record."""
    folded: Occurrences = field(default_factory=Occurrences)
    """Values in which a character was replaced by its equal."""
    illegible: Occurrences = field(default_factory=Occurrences)
    """Rows of values with a character that stands for none: one that was lost, or a private one."""

    complete: bool = True
    """Whether the file was read to its end; what is counted of one that was not, is of the part that was."""

    @property
    def noteworthy(self) -> bool:
        """Whether anything was read otherwise than a person may see it, or left out."""
        counted = (self.hidden, self.formulas, self.errors, self.suspicious, self.illegible, self.words_for_none)
        found = (*counted, *self.differing.values())
        return bool(self.left_out or self.merged or any(each.number for each in found))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave, also after it went through JSON."""
        values = dict(kept)
        values["left_out"] = tuple(LeftOut(**sheet) for sheet in values.get("left_out", ()))
        values["differing"] = {item: _counted(found) for item, found in values.get("differing", {}).items()}
        for name in _COUNTED:
            values[name] = _counted(values.get(name, {}))
        return cls(**values)


def told(report: WhatWasRead, language: Language, *, names: Mapping[str, str] | None = None) -> list[str]:
    """Return `report` in sentences; `names` are those of the items, by code, where they are known."""

    def say(code: str, **facts: object) -> str:
        return label(f"what_was_read.{code}", language=language, **facts)

    def places(found: Occurrences) -> str:
        shown = say("between").join(found.first)
        return shown + say("more") if found.number > len(found.first) else shown

    told = [_told_file(report, say)]
    if report.header_row:
        told.append(say("header_below", row=report.header_row, above=report.above) if report.above
                    else say("header", row=report.header_row))  # fmt: skip
    if report.numbering:
        told.append(say("numbering", column=report.numbering))
    told.append(_told_rows(report, say))
    for sheet in report.left_out:
        code = "left_out_hidden" if sheet.hidden else "left_out"
        told.append(say(code, sheet=sheet.name[:LONGEST_NAME], rows=sheet.rows))
    if report.merged:
        told.append(say("merged", number=report.merged))
    for code, found in (("as_text", report.as_text), ("formulas", report.formulas), ("errors", report.errors)):
        if found.number:
            told.append(say(code, count=found.number, places=places(found)))
    by_rows = {"hidden": report.hidden, "bared": report.bared, "nulls": report.nulls, "operations": report.operations}
    for code, found in by_rows.items():
        if found.number:
            told.append(say(code, count=found.number, rows=places(found)))
    for item, found in report.differing.items():
        told.append(say("differing", name=(names or {}).get(item, item), count=found.number, places=places(found)))
    if report.suspicious.number:
        told.append(say("suspicious", count=report.suspicious.number, rows=places(report.suspicious)))
    if report.words_for_none.number:
        told.append(say("words_for_none", count=report.words_for_none.number, rows=places(report.words_for_none)))
    if report.folded.number:
        told.append(say("folded", count=report.folded.number))
    if report.illegible.number:
        told.append(say("illegible", count=report.illegible.number, rows=places(report.illegible)))
    return told


def of_problem(problem: Problem) -> WhatWasRead | None:
    """Return what was read of a file until `problem` was met; None where nothing was, or it is about no file."""
    kept = problem.members.get(READ)
    return None if kept is None else WhatWasRead.from_json(kept)


def _told_file(report: WhatWasRead, say: Any) -> str:
    if report.format == "csv":
        encoding, separator = _ENCODINGS[report.encoding or "utf-8"], _SEPARATORS[report.separator or ","]
        return str(say("text", encoding=say(encoding), separator=say(separator)))
    if report.sheet is not None:
        return str(say("sheet", sheet=report.sheet[:LONGEST_NAME]))
    return str(say("columnar", format=report.format))


def _told_rows(report: WhatWasRead, say: Any) -> str:
    if not report.complete:
        return str(say("incomplete", records=report.records))
    if report.lines is None:
        rows = say("records", records=report.records)
    elif report.broken_lines:
        rows = say("lines_broken", lines=report.lines, records=report.records, breaks=report.broken_lines)
    else:
        rows = say("lines", lines=report.lines, records=report.records)
    return str(say("rows_and_empty", told=rows, count=report.empty_rows) if report.empty_rows else rows)


_COUNTED = (
    "as_text", "bared", "nulls", "words_for_none", "operations", "hidden", "formulas", "errors", "suspicious", "folded",
    "illegible",
)  # fmt: skip
"""What is counted with its places."""


def _counted(kept: Mapping[str, Any]) -> Occurrences:
    return Occurrences(kept.get("number", 0), tuple(kept.get("first", ())))


_ENCODINGS = {
    "utf-8": "encodings.utf8",
    "utf-8 with a mark": "encodings.utf8_marked",
    "gb18030": "encodings.gb18030",
    "utf-16": "encodings.utf16",
}
_SEPARATORS = {
    ",": "separators.comma",
    ";": "separators.semicolon",
    "\t": "separators.tab",
    "|": "separators.bar",
    "\uff0c": "separators.wide_comma",
    "\uff1b": "separators.wide_semicolon",
}
