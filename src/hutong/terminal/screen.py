"""A screen on which nothing that is printed can move the cursor, change colours or turn the direction of writing.

What officers and systems typed is printed among our own words. A terminal obeys an escape sequence wherever it stands,
so that a reason could wipe out the line before it, or write one of its own.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""All control characters but line feed and tab, and marks of direction."""


def neutral(text: str) -> str:
    """Return a text with a sign in the place of every character that a terminal obeys; lines stay lines."""
    return _OBEYED.sub(lambda found: _sign(found[0]), text)


def one_line(text: str) -> str:
    """Return a text as `neutral` does, on one line: no value makes a line of its own."""
    return neutral(text).replace("\n", _sign("\n"))


def json_line(value: Any) -> str:
    """Return a value as one line of JSON, what a terminal obeys written with backslashes."""
    written = json.dumps(value, ensure_ascii=False)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


class Screen(Console):
    """A console of rich on which every text is neutral, whoever prints it; the styles are rich's own."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Return a string as rich measures and prints it."""
        return super().render_str(neutral(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of what is printed."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(neutral(segment.text), segment.style)


class PlainTable(Table):
    """A table whose cells say what stands in them: no name, rule or reason is taken for rich's markup."""

    def add_row(self, *cells: RenderableType | None, **how: Any) -> None:
        """Add a row."""
        super().add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells), **how)


def _sign(character: str) -> str:
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
