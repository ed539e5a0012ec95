"""Where a page of a list ends, as an address keeps it, and how a number of cases is told."""

from datetime import datetime

from hutong.control.procedures.queries import COUNTED


def where(at: datetime, key: object) -> str:
    """Return the place of a row in a list ordered by a moment and a key."""
    return f"{at.isoformat()},{key}"


def place(text: str) -> tuple[datetime, str] | None:
    """Return the place that `where` wrote; None for anything else, with which the list begins."""
    at, _, key = text.partition(",")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (found, key) if found.tzinfo and key else None


def numbered(text: str) -> tuple[datetime, int] | None:
    """Return the place that `where` wrote of a row known by a number; None for anything else."""
    found = place(text)
    return (found[0], int(found[1])) if found and found[1].isdecimal() and len(found[1]) < 19 else None


def told(many: int) -> str:
    """Return how many there are: exact up to the bound of counting, and above it that there are more."""
    return f"{COUNTED}+" if many > COUNTED else str(many)
