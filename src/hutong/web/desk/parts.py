"""What components of pages are given: plain values for `parts/table.html` and `parts/field.html`."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, and how its cells stand: `short`, `middle` (their widths), `num` (to the right)."""

    title: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, where it leads, what stands small below it, and a badge with its tone."""

    text: str
    address: str = ""
    note: str = ""
    code: str = ""
    badge: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, columns, and rows of as many cells, the first of which names its row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""
    """What is said where there are no rows."""
    even: bool = True
    """Whether columns are as wide as they say, those that say nothing share what is left."""

    def lines(self) -> Iterator[list[tuple[Column, Cell]]]:
        """Yield each row as its cells, each with the column it stands in."""
        for row in self.rows:
            yield list(zip(self.columns, row, strict=True))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its name there, its label, what stands in it and what is wrong with that."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    """`text`, `number`, `date`, `long` (several lines) or `choice`."""
    hint: str = ""
    unit: str = ""
    wrong: str = ""
    required: bool = False
    least: int | None = None
    most: int | None = None
    options: tuple[tuple[str, str], ...] = field(default=())
    """For a choice: value and words of each."""

    @property
    def described_by(self) -> str:
        """The ids of what describes the field."""
        said = (("hint", self.hint), ("wrong", self.wrong))
        return " ".join(f"{self.name}-{part}" for part, words in said if words)
