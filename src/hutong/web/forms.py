"""What forms are made of: plain values for `parts/field.html`, `parts/boxes.html` and `parts/grid.html`."""

from dataclasses import dataclass

from hutong.core.errors import Invalid
from hutong.web.shown import Shown


class FieldEmpty(Invalid):
    """{field} is not filled in."""


@dataclass(frozen=True, slots=True)
class Field(Shown):
    """A field of a form: its name, its label, its value, and what is wrong with the value."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    """`long` (several lines), `choice`, `box` (one to tick), else what HTML calls the kind of an input."""
    hint: str = ""
    unit: str = ""
    wrong: str = ""
    required: bool = False
    depends: bool = False
    """Whether another field decides if it has to be filled in, as its label says."""
    least: int | None = None
    most: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    """For a choice: value and words of each."""
    form: str = ""
    """The form it stands in, where a page has several with a field of this name."""
    suggested: tuple[tuple[str, str], ...] = ()
    """Values that are offered while one types, each with what it means."""
    lookup: tuple[str, str] = ("", "")
    """Where its values are looked up, in a window of its own, and what the link says."""
    completed: str = ""
    """What a browser may fill in, by its name for that (`autocomplete`)."""
    digits: bool = False
    """Whether it is typed on a keyboard of digits."""
    example: str = ""
    """What is shown in its place while nothing stands there."""
    shortest: int | None = None
    longest: int | None = None
    pattern: str = ""
    """The regular expression that a browser holds what is typed to."""
    files: str = ""
    """For a file: the endings that are taken."""
    lines: int = 3
    """For a long text: the lines it shows."""
    focus: bool = False
    """Whether one begins to type here."""
    ticked: bool = False
    css: str = ""
    """How it stands in a table: `short`, `mid`."""

    @property
    def optional(self) -> bool:
        """Whether it may be left empty: a list says something where nothing is no choice."""
        always = self.kind == "box" or (self.kind == "choice" and not (self.options and self.options[0][0] == ""))
        return not (self.required or self.depends or always)

    @property
    def id(self) -> str:
        """What labels and descriptions know it by; no other field of the page has it."""
        return f"{self.form}-{self.name}" if self.form else self.name

    @property
    def described_by(self) -> str:
        """The ids of what describes the field."""
        said = (("unit", self.unit), ("hint", self.hint), ("wrong", self.wrong))
        return " ".join(f"{self.id}-{part}" for part, words in said if words)


@dataclass(frozen=True, slots=True)
class Box(Shown):
    """One of several that may be ticked or, where only one may be, chosen."""

    value: str
    label: str
    note: str = ""
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Boxes(Shown):
    """Boxes under one name; `empty` is what is said where there are none."""

    name: str
    boxes: tuple[Box, ...]
    one: bool = False
    """Whether only one of them may be chosen."""
    empty: str = ""
    wrong: str = ""
    id: str = ""
    """What a link leads to: the first of the boxes. Its name where nothing else is given."""

    @property
    def anchor(self) -> str:
        """The id of its first box; no other field of the page has it."""
        return self.id or self.name


@dataclass(frozen=True, slots=True)
class GridRow(Shown):
    """A row of a table one types in: a field a column, with the column's title, and the field under them all."""

    cells: tuple[tuple[str, Field], ...]
    below: Field
    hidden: tuple[tuple[str, str], ...] = ()
    """What it sends without showing it: name and value."""
    moves: tuple["RowMove", ...] = ()
    """Where the row may be moved to."""


@dataclass(frozen=True, slots=True)
class RowMove(Shown):
    """A button that moves a row: what it sends, its words, what is read aloud; `focus` where it was pressed last."""

    value: str
    words: str
    heard: str
    focus: bool = False


@dataclass(frozen=True, slots=True)
class Grid(Shown):
    """A table to type into: its name, the titles of its columns, its rows, and the title of the part under each row."""

    caption: str
    titles: tuple[str, ...]
    below: str
    rows: tuple[GridRow, ...]
