"""What tables are given: plain values for `parts/table.html`."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from hutong.web.shown import Shown

SHORT = 16
"""Letters of a text that stays on one line, a Chinese one counted as two: a moment is as long."""
ROOMY = ("middle", "num")
"""Columns of a set width in which such a text has room."""


@dataclass(frozen=True, slots=True)
class Column(Shown):
    """A column: its title, and how its cells stand: `short`, `middle` (their widths), `num` (to the right)."""

    title: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class Cell(Shown):
    """A cell: its text, where it leads, what stands small below it, and a badge with its tone."""

    text: str
    address: str = ""
    note: str = ""
    code: str = ""
    badge: str = ""
    tone: str = "quiet"
    lines: tuple[tuple[str, str], ...] = ()
    """What else is said, a line each: words, and the code beside them."""

    @property
    def more(self) -> bool:
        """Whether it has more than a text and where that leads: most have not, and the template asks once."""
        return bool(self.badge or self.note or self.code or self.lines)

    @property
    def short(self) -> bool:
        """Whether its text is a moment, a number or a few words, which no line may break; a badge beside it may."""
        return self._fits and not (self.text and self.badge)

    @property
    def whole(self) -> bool:
        """Whether its text is such a one and has a badge beside it, so that it alone is what no line may break."""
        return bool(self.text and self.badge) and self._fits

    @property
    def _fits(self) -> bool:
        return len(self.text) <= SHORT and sum(1 + (letter >= "\u2e80") for letter in self.text) <= SHORT


@dataclass(frozen=True, slots=True)
class TableRow(Shown):
    """A row as it is shown: its cells, each with its column and how it stands, and its box where it has one."""

    cells: tuple[tuple[Column, str, Cell], ...]
    box: str = ""
    box_label: str = ""
    ticked: bool = False
    first: bool = False
    """Whether its box is the first, to which a link leads that is about the boxes."""


@dataclass(frozen=True, slots=True)
class Table(Shown):
    """A table: caption, columns, and rows of as many cells, the first of which names its row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""
    """What is said where there are no rows."""
    even: bool = True
    """Whether columns are as wide as they say, those that say nothing share what is left."""
    titled: bool = True
    """Whether the caption is shown, and not only read aloud."""
    boxes: tuple[str, ...] = ()
    """What each row's box sends as `case`, empty where the row has none; no boxes where there are none."""
    ticked: frozenset[str] = frozenset()
    """Those of the boxes that are ticked."""
    wrong: str = ""
    """What is wrong with what was ticked."""

    def lines(self) -> Iterator[TableRow]:
        """Yield each row as its cells, each with the column it stands in and how it stands there."""
        boxes = self.boxes or ("",) * len(self.rows)
        label = gettext("勾选 %(name)s") if self.boxes else ""
        first = next((box for box in boxes if box), "")
        for row, box in zip(self.rows, boxes, strict=True):
            placed = zip(self.columns, row, strict=True)
            cells = tuple((column, self._css(column, cell), cell) for column, cell in placed)
            name = label % {"name": row[0].text} if box else ""
            yield TableRow(cells, box, name, box in self.ticked, first=bool(box) and box == first)

    def _css(self, column: Column, cell: Cell) -> str:
        return f"{column.css} still".strip() if cell.short and (column.css in ROOMY or not self.even) else column.css
