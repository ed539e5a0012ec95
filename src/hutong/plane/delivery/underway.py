"""How far an officer's file is, told while they wait for a page: a small file of the spool, one an officer.

Every process of the pages on this machine finds it there. It goes when the file was dealt with; what a killed process
left, the next file of the officer overwrites, or the sweep of the spool takes.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

STAGES = {"read": "read", "prepared": "checked", "copied": "written", "merged": "written"}
"""What is told of a delivery (`loading.Progress`) → what has been done with the rows that are counted."""
_PREFIX = "under-way-"


@dataclass(frozen=True, slots=True)
class Stage:
    """What has been done with how many rows: `read`, `checked` or `written`."""

    stage: str
    rows: int


@contextmanager
def told(spool: Path, *, officer: str) -> Iterator[Callable[[str, int], None]]:
    """Yield what notes how far a file of an officer is; afterwards nothing is noted any more.

    Nothing fails because it cannot be noted.
    """
    place = _place(spool, officer)
    beside = place.with_name(f"{place.name}.{os.getpid()}")

    def tell(stage: str, rows: int) -> None:
        with suppress(OSError):
            beside.write_text(json.dumps({"stage": STAGES[stage], "rows": rows}), encoding="utf-8")
            beside.replace(place)

    try:
        yield tell
    finally:
        for each in (beside, place):
            with suppress(OSError):
                each.unlink()


def of(spool: Path, *, officer: str) -> Stage | None:
    """Return how far the file of an officer is; None where none is dealt with."""
    try:
        found = json.loads(_place(spool, officer).read_text(encoding="utf-8"))
        return Stage(str(found["stage"]), int(found["rows"]))
    except (OSError, ValueError, KeyError):
        return None


def _place(spool: Path, officer: str) -> Path:
    return spool / f"{_PREFIX}{hashlib.sha256(officer.encode()).hexdigest()[:32]}"
