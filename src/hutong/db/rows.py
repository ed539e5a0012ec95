"""Rows by the names of their columns, never by their places."""

from typing import Any

from hutong.db.database import Cur

Named = dict[str, Any]
"""One row: column to value."""


def named(cur: Cur) -> list[Named]:
    """Return the rows of the statement that `cur` executed last, each by its columns' names."""
    assert cur.description is not None, "the statement brings no rows"
    columns = [column.name for column in cur.description]
    return [dict(zip(columns, row, strict=True)) for row in cur.fetchall()]


def only(cur: Cur) -> Named | None:
    """Return the one row of the statement that `cur` executed last, or None where it brought none."""
    found = named(cur)
    assert len(found) <= 1, f"{len(found)} rows where one at most is looked for"
    return found[0] if found else None


def one(cur: Cur) -> Named:
    """Return the row of the statement that `cur` executed last and that always brings one."""
    found = only(cur)
    assert found is not None, "no row where there is always one"
    return found
