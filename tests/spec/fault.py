"""What a planted fault is: the smallest change to a file after which the software breaks a clause."""

from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parents[2] / "src" / "hutong"


class Fault(NamedTuple):
    """One fault. `clauses` are the ids it breaks, with spaces between; `file` stands under src/hutong.

    `old` is found exactly once in the file. The rule is OUT (taken away) or SHIFTED (its number by one, another role,
    unit, order or condition).
    """

    clauses: str
    rule: str
    what: str
    file: str
    old: str
    new: str
    still: str = ""
    """A test without a clause that passes all the same; where none is named, that of the room (`STILL`)."""


OUT, SHIFTED = "out", "shifted"
