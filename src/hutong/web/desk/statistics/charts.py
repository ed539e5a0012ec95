"""Charts as plain values for `parts/chart.html`: rectangles, lines and words, placed in per cent of the width.

Heights are in pixels and words keep their size, so that a chart can be read on a telephone and on paper alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from hutong.web.shown import Shown


@dataclass(frozen=True, slots=True)
class Bar:
    """What a bar says: its name, and how many were answered and refused."""

    name: str
    answered: int
    refused: int

    @property
    def total(self) -> int:
        """Both."""
        return self.answered + self.refused


@dataclass(frozen=True, slots=True)
class Rectangle(Shown):
    """A part of a bar: `css` says of what."""

    css: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class ChartWords(Shown):
    """Words at a place; `anchor` is the end of them that stands there."""

    css: str
    x: str
    y: str
    anchor: str
    said: str
    dx: int = 0


@dataclass(frozen=True, slots=True)
class ChartRule(Shown):
    """A line across, which the words at its beginning name."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Chart(Shown):
    """A chart: how high it is, and what is drawn."""

    height: int
    rules: tuple[ChartRule, ...]
    rectangles: tuple[Rectangle, ...]
    words: tuple[ChartWords, ...]


LEFT = 14.0
"""Where the columns begin, in per cent: the numbers of the rules stand before."""
PLOT, ABOVE, BELOW = 150, 22, 26
"""Pixels of the columns, above and below them."""
MANY = 8
"""Columns beside which, on a telephone, no numbers have room."""
WIDEST = 8.0
"""Per cent of the width that a column takes at most."""
ROW, THICK = 46, 14
"""Pixels of a row of bars, and of a bar."""
LONGEST = 76.0
"""Per cent of the width that the longest bar takes: its number stands behind it."""
LETTERS = 26
"""Letters of a name that are shown."""


def columns(bars: Sequence[Bar], *, shortly: Callable[[int], str]) -> Chart:
    """Return bars standing side by side, in their order; `shortly` writes a number in little room."""
    top = rounded(max((bar.total for bar in bars), default=0))
    slot = (100 - LEFT) / max(len(bars), 1)
    width = min(slot * 0.6, WIDEST)
    places = [(bar, LEFT + slot * (number + 0.5)) for number, bar in enumerate(bars)]
    value = "value" if len(bars) <= MANY else "value many"
    rules = [(top * part // 2, ABOVE + PLOT - PLOT * part / 2) for part in (0, 1, 2)]
    return Chart(
        ABOVE + PLOT + BELOW,
        tuple(ChartRule(_percent(LEFT), _pixels(y)) for _, y in rules),
        tuple(chain.from_iterable(_column(bar, middle, width=width, top=top) for bar, middle in places)),
        (
            *(ChartWords("axis", _percent(LEFT), _pixels(y + 4), "end", shortly(value), -6) for value, y in rules),
            *(
                ChartWords("axis", _percent(middle), str(ABOVE + PLOT + 18), "middle", bar.name)
                for bar, middle in places
            ),
            *(
                ChartWords(
                    value, _percent(middle), _pixels(_above(bar.total, top=top) - 5), "middle", shortly(bar.total)
                )
                for bar, middle in places
                if bar.total
            ),
        ),
    )


def rows(bars: Sequence[Bar]) -> Chart:
    """Return bars lying one below the other, in their order."""
    top = max((bar.total for bar in bars), default=0) or 1
    rectangles: list[Rectangle] = []
    words: list[ChartWords] = []
    for number, bar in enumerate(bars):
        y = number * ROW
        first, second = (LONGEST * count / top for count in (bar.answered, bar.refused))
        for css, x, width in (("answered", 0.0, first), ("refused", first, second)):
            if width:
                rectangles.append(Rectangle(css, _percent(x), str(y + 22), _percent(width), str(THICK)))
        words.append(ChartWords("name", "0%", str(y + 15), "start", _cut(bar.name)))
        words.append(
            ChartWords("value", _percent(first + second), str(y + 22 + THICK - 2), "start", f"{bar.total:,}", 6)
        )
    return Chart(len(bars) * ROW, (), tuple(rectangles), tuple(words))


def rounded(number: int) -> int:
    """Return the next even number that is written with one or two digits and noughts, at least two."""
    power = 10 ** max(len(str(number)) - 2, 0)
    return max(2, next(step * power for step in range(2, 102, 2) if step * power >= number))


def _column(bar: Bar, middle: float, *, width: float, top: int) -> list[Rectangle]:
    x, base = _percent(middle - width / 2), float(ABOVE + PLOT)
    found = []
    for css, count in (("answered", bar.answered), ("refused", bar.refused)):
        height = PLOT * count / top
        base -= height
        if count:
            found.append(Rectangle(css, x, _pixels(base), _percent(width), _pixels(height)))
    return found


def _above(total: int, *, top: int) -> float:
    return ABOVE + PLOT - PLOT * total / top


def _cut(name: str) -> str:
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _pixels(value: float) -> str:
    return f"{value:.1f}"
