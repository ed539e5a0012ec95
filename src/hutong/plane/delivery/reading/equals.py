"""Values with characters that are not what they seem: those that stand for another one, and those that stand for none.

The first are folded (D-26) and counted. The second are what was left where a character was lost: the sign for one that
could not be read, 锟斤拷, question marks alone, control characters, private characters of some other computer, and text
in UTF-8 that was read as GB18030. Nobody can tell what they were, so they are taken as they are and told by their rows.
"""

from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core import normalise
from hutong.plane.delivery.blocks import OP, Block
from hutong.plane.delivery.reading.report import MOST_PLACES, WhatWasRead


def _private() -> str:
    """Return the private area as a class, without the characters of it that have their equal elsewhere."""
    inside = sorted(ord(character) for character in normalise.EQUALS if "\ue000" <= character <= "\uf8ff")
    gaps = [(before + 1, after - 1) for before, after in pairwise([0xDFFF, *inside, 0xF900])]
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in gaps if first <= last)


def _taken_apart() -> str:
    """Return what four characters of UTF-8 look like that were read as GB18030, which is two bytes a character.

    In Chinese that was never in UTF-8 no six characters in a row are like that.
    """
    starts, others = range(0xE4, 0xEA), range(0x80, 0xC0)

    def those(first: range, second: range) -> str:
        pairs = (bytes((one, other)) for one in first for other in second if one > others[0])
        return "".join(sorted({pair.decode("gb18030") for pair in pairs}))

    two = f"[{those(starts, others)}][{those(others, starts)}][{those(others, others)}]"
    return f"(?:{two}){{2}}"


_FOLDED = f"[{normalise.EQUALS}]"
_NONE = f"{_private()}\ufffd\u0080-\u0084\u0086-\u009f\U000f0000-\U0010ffff"
_LOST = rf"锟斤拷|^[?？]{{2,}}$|{_taken_apart()}"
_ILLEGIBLE = f"[{_NONE}]|{_LOST}"
_EITHER = f"[{normalise.EQUALS}{_NONE}]|锟斤拷|[?？]{{2}}|{_taken_apart()}"


def look(block: Block, report: WhatWasRead) -> None:
    """Note in `report` how many values have such characters, and the first rows of those that stand for none."""
    for name, column in zip(block.batch.schema.names, block.batch.columns, strict=True):
        if name == OP or not _has_any(column):
            continue
        report.folded = report.folded.plus((), number=_count(pc.match_substring_regex(column, _FOLDED)))
        illegible = pc.fill_null(pc.match_substring_regex(column, _ILLEGIBLE), False)
        rows = pc.indices_nonzero(illegible)[:MOST_PLACES].to_pylist()
        places = [str(block.numbers[row]) for row in rows]
        report.illegible = report.illegible.plus(places, number=_count(illegible))


def _has_any(column: pa.StringArray) -> bool:
    if pc.all(pc.string_is_ascii(column)).as_py():
        return bool(pc.any(pc.match_substring(column, "??")).as_py())
    return bool(pc.any(pc.match_substring_regex(column, _EITHER)).as_py())


def _count(mask: pa.BooleanArray) -> int:
    return pc.sum(mask).as_py() or 0
