"""The typed columns beside a record, by which entries are found and summed; they say nothing that it does not say."""

from collections.abc import Mapping

FIELDS = ("result", "department", "system", "grant", "resource", "mode")
"""Fields of a record that have a column of text; in PostgreSQL `grant`, a word of its own there, is `grant_no`."""

FOUND_BY = ("at", "event", "class", "unit", "counterpart", *FIELDS, "latency_us")
"""Every column beside a record that finds or sums entries, as an export names it."""

Texts = tuple[str | None, ...]
"""The values of these, in their order."""

NONE: Texts = (None,) * len(FIELDS)


def texts(record: Mapping[str, object]) -> Texts:
    """Return the columns of text that belong to a record; a field that is no text has none."""
    return tuple([value if isinstance(value := record.get(field), str) else None for field in FIELDS])


def latency(record: Mapping[str, object]) -> int | None:
    """Return the microseconds that a use took, None where the record is of something else."""
    value = record.get("latency_us")
    return value if type(value) is int else None


def said(record: Mapping[str, object]) -> dict[str, str | int]:
    """Return those columns that a record itself says, by their names, without those that have nothing."""
    found = {**dict(zip(FIELDS, texts(record), strict=True)), "latency_us": latency(record)}
    return {name: value for name, value in found.items() if value is not None}
