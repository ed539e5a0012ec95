"""A table as `parts/table.html` shows it: columns, and rows of cells, the first of which names its row."""

from dataclasses import dataclass

from hutong.web.wording.deadlines import DeadlineShown
from hutong.web.wording.procedures import StateShown


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell: words, which may lead somewhere, or a state, or a deadline."""

    text: str = ""
    address: str = ""
    state: StateShown | None = None
    deadline: DeadlineShown | None = None
    no_limit: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `tick` is what its box sends as `case`, where it has one."""

    cells: tuple[Cell, ...]
    tick: str = ""
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what it is of, the names of its columns, and its rows; `columns` and cells are as many."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    ticks: bool = False

    def lines(self) -> list[tuple[Row, list[tuple[str, Cell]]]]:
        """Return each row with its cells beside the names of their columns."""
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]
