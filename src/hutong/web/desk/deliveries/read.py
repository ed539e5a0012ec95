"""How a file was read, in the words that every door has for it."""

from hutong.control.catalog.models import Entry
from hutong.core.errors import Problem
from hutong.plane.delivery.reading import report
from hutong.plane.delivery.reading.report import WhatWasRead
from hutong.web.wording import reader


def told(found: WhatWasRead | None, entry: Entry) -> list[str]:
    """Return the sentences about a file of an entry, whose items they name; none where that was not kept."""
    items = entry.current.items if entry.current else ()
    return _told(found, {item["code"]: item["name"] for item in items})


def of_problem(problem: Problem | None) -> list[str]:
    """Return the sentences about the file that was refused; none where nothing of it was read."""
    return plainly(report.of_problem(problem) if problem else None)


def plainly(found: WhatWasRead | None) -> list[str]:
    """Return the sentences about a file, its items by their codes; none where that was not kept."""
    return _told(found, {})


def _told(found: WhatWasRead | None, names: dict[str, str]) -> list[str]:
    return [] if found is None else report.told(found, reader.language(), names=names)
