"""What the epochs of a log are called, and where each is served: whoever pins a name has pinned an epoch with it.

The first has the log's name, each later one that name and its number.
"""

import re

_LATER = re.compile(r"(?P<name>.+)/(?P<number>[1-9][0-9]{0,5})", re.ASCII)


def origin(name: str, number: int) -> str:
    """Return what the log of an epoch is called, `name` being what the log is called."""
    return name if number == 1 else f"{name}/{number}"


def told(called: str) -> tuple[str, int]:
    """Return the log's name, and the number of the epoch that is called so."""
    found = _LATER.fullmatch(called)
    if found is None or found["number"] == "1":
        return called, 1
    return found["name"], int(found["number"])


def place(number: int) -> str:
    """Return the path under which an epoch stays served, whichever is written."""
    return f"/log/epoch/{number}"
