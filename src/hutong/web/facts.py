"""What a page says of something, fact by fact: plain values for `parts/facts.html`."""

from collections.abc import Iterable
from dataclasses import dataclass

from hutong.web.shown import Shown


@dataclass(frozen=True, slots=True)
class Words(Shown):
    """One line of what is said: its text and where that leads, the code beside it, a note below it."""

    text: str
    code: str = ""
    address: str = ""
    note: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Fact(Shown):
    """A fact: its label, and the lines it takes to say it."""

    label: str
    lines: tuple[Words, ...]


def fact(label: str, text: object, code: str = "", *, address: str = "", note: str = "") -> Fact:
    """Return a fact that is said in one line."""
    return Fact(label, (Words(str(text), code, address, note),))


def listed(label: str, pairs: Iterable[tuple[str, str]]) -> Fact:
    """Return a fact that names several things, each with its code; a dash where there are none."""
    return Fact(label, tuple(Words(text, code if code != text else "") for text, code in pairs) or (Words("—"),))
