"""What a list at the command line is narrowed to."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ListChoice:
    """What a list is narrowed to; what is empty narrows nothing."""

    unit: str = ""
    kind: str = ""
    state: str = ""
    text: str = ""
    since: date | None = None
    late: bool = False
    after: str = ""
    most: int = 50
