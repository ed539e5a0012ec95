"""Rows of the form of an entry from a file: what stands in a list of items, cell by cell, or what data seem to be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from hutong.control.catalog import items_of_file, rules
from hutong.control.catalog.handing_in import SentFile
from hutong.control.catalog.items_of_file import ItemRow, ItemsRead
from hutong.core import bounds, headings, labels, normalise, text
from hutong.core.errors import Invalid, Judging
from hutong.plane import soundness
from hutong.plane.definition import Type
from hutong.plane.delivery.reading import report
from hutong.web import plane
from hutong.web.desk import fields
from hutong.web.desk.catalog import itemrules
from hutong.web.desk.catalog.fields import FLAGS
from hutong.web.shown import Shown
from hutong.web.wording import reader
from hutong.web.wording.filters import joined
from hutong.web.wording.names import MODES, TYPES, named

FILE, TAKE = "columns_file", "take"
"""The field with a file that names items, and the button that has it read."""
_MOST_FAULTS = 30
"""Cells of a list that a refusal tells."""
_YES = frozenset({*normalise.TRUE, "√", "✓", "✔", "☑", "on"})
_NO = frozenset({*normalise.FALSE, "", "×", "✗", "x", "-", "/", "无", "off"})
_SAID_OTHERWISE = {
    "文本": "C", "数字": "N", "逻辑": "L", "布尔": "L", "备注": "M", "通用": "G", "双精度": "B", "整": "I", "整数": "I",
    "浮点": "F", "时间": "T", "string": "C", "int": "I", "integer": "I", "bool": "L", "boolean": "L", "varchar": "C",
    "char": "C", "decimal": "N", "datetime": "T", "timestamp": "T",
}  # fmt: skip
"""What other lists call a type of data, without 型 behind it."""


class ListCellUnusable(Invalid):
    """Row {row}, {column}: {value} cannot stand there; {fits}."""


class ListCellsUnusable(Invalid):
    """{number} cells more of the list cannot be used."""


@dataclass(frozen=True, slots=True)
class ItemsTaken(Shown):
    """What was taken from a file: its name, how many items, and what is to be known of it."""

    file: str
    number: int
    listed: bool
    """Whether it was a list of items, and not a file of data whose types are guessed."""
    told: tuple[str, ...]


def take(file: UploadedFile, rows: Sequence[Mapping]) -> tuple[list[dict], ItemsTaken]:
    """Return rows for the items that a file names and `rows` does not, and what is told of it.

    Raises what `items_of_file.read` does, and ListCellUnusable or Faults of several: nothing is taken then.
    """
    judging = Judging()
    with judging.of(FILE):
        found = items_of_file.read(SentFile(file.name or "", file.chunks()), folder=plane.spool())
    judging.end()
    made = _of_list(found) if found.titles else [_guessed(each, rows) for each in found.rows]
    there = {name for row in rows for name in (row["name"], row["code"]) if name}
    new = [row for row in made if row["name"] not in there and (row["code"] not in there or not row["code"])]
    return new, ItemsTaken(found.name, len(new), bool(found.titles), tuple(_told(found, made, new)))


def _told(found: ItemsRead, made: Sequence[Mapping], new: Sequence[Mapping]) -> list[str]:
    told = report.told(found.report, reader.language())
    if double := [row["name"] or row["code"] for row in made if row not in new]:
        told.append(gettext("表中已有的没有重复列入：%(names)s。") % {"names": joined(double)})
    if found.left_out:
        told.append(gettext("没有读入的列：%(titles)s。") % {"titles": joined(found.left_out)})
    return told


def _guessed(each: ItemRow, rows: Sequence[Mapping]) -> dict:
    """Return a row for a column of data; the type it seems to have is marked as a guess."""
    assert each.guess is not None
    codes, code = {row["code"] for row in rows}, each.said["code"]
    if code != each.said["name"]:  # ours, and not the file's
        code = next(tried for tried in _numbered(code) if tried not in codes)
    said = [{"rule": str(each.guess.rule)}] if each.guess.rule else []
    written = itemrules.write(said, language=reader.language())
    return {
        **_NOTHING, "code": code, "name": each.said["name"], "type": str(each.guess.type), "rules": written,
        "guessed": str(each.guess.type),
    }  # fmt: skip


def _numbered(code: str) -> Iterator[str]:
    yield code
    yield from (f"c{number}" for number in range(1, soundness.MOST_ITEMS * 2))


_NOTHING: Mapping[str, object] = {
    "code": "", "name": "", "type": "C", "length": "", "offered": "compare", "rules": "", "guessed": "",
    **dict.fromkeys(FLAGS, False),
}  # fmt: skip


def _of_list(found: ItemsRead) -> list[dict]:
    """Return a row for each item of a list; raises what is wrong with its cells, each told by its row and title."""
    judging = Judging()
    made = [_row(each, found.titles, judging) for each in found.rows]
    rest = judging.found[_MOST_FAULTS:]
    del judging.found[_MOST_FAULTS:]
    if rest:
        judging.add(ListCellsUnusable(number=len(rest)), FILE)
    judging.end()
    return made


def _row(each: ItemRow, titles: Mapping[str, str], judging: Judging) -> dict:
    row: dict = dict(_NOTHING)
    for field, value in each.said.items():
        made = _CELLS[field](value)
        if made is None:
            fits = _fits(field)
            told = {"row": each.row, "column": titles[field], "value": fields.shortened(value), "fits": fits}
            judging.add(ListCellUnusable(**told), FILE)
        else:
            row[field] = made
    with judging.of(FILE):
        itemrules.read(row["rules"], item=row["name"] or row["code"] or f"{each.row}", type=row["type"])
    return row


def _type(cell: str) -> str | None:
    said = headings.folded(cell).removesuffix("型")
    return _types().get(said) or (_types().get(said[:-1].removesuffix("型")) if said[-1:].isascii() else None)


@cache
def _types() -> dict[str, str]:
    """Return what a type may be called → its code; without 型, which may stand behind it."""
    both = {headings.folded(words): code for code in TYPES for words in (code, *labels.both(f"types.{code}"))}
    return {word.removesuffix("型"): code for word, code in (*both.items(), *_SAID_OTHERWISE.items(), ("", "C"))}


def _mode(cell: str) -> str | None:
    words = {mode: (mode, text.MODES[mode], named(mode, "mode")) for mode in MODES}
    ways = {headings.folded(word): str(mode) for mode, known in words.items() for word in known}
    return ways.get(headings.folded(cell), None if cell else "compare")


def _flag(cell: str) -> bool | None:
    said = headings.folded(cell)
    return True if said in _YES else False if said in _NO else None


def _code(cell: str) -> str | None:
    return cell if not cell or soundness.CODE.fullmatch(cell) else None


def _name(cell: str) -> str | None:
    return cell if rules.fits_as_name(cell) else None


def _length(cell: str) -> str | None:
    return cell if not cell or bounds.whole(cell) is not None else None


_CELLS: Mapping[str, Callable[[str], object]] = {
    "code": _code, "name": _name, "type": _type, "length": _length, "offered": _mode, "rules": str,
    **dict.fromkeys(FLAGS, _flag),
}  # fmt: skip
"""What is said of an item → what reads a cell that says it; None where it cannot be read."""


def _fits(field: str) -> labels.Both:
    """Return what may stand in a cell, in both languages."""
    return labels.both(f"listed_items.{'flag' if field in FLAGS else field}", among=_among(field))


def _among(field: str) -> labels.Both:
    if field == "type":
        every = [labels.both(f"types.{code}") for code in Type]
    else:
        every = [labels.Both(text.MODES[mode], str(mode)) for mode in MODES]
    return labels.Both("、".join(each.zh for each in every), ", ".join(each.en for each in every))
