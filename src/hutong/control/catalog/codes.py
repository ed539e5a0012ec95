"""The codes of the catalogue that are in use, by class, and the next that is free in each."""

from dataclasses import dataclass

from hutong.control.catalog.models import Entry


@dataclass(frozen=True, slots=True)
class CodesInUse:
    """A class of codes of which there are entries, by what stands before the stroke."""

    prefix: str
    entries: int
    """How many the reader knows of: published, or of the own unit."""
    example: str
    """The name of one of them; empty where the reader knows of none."""
    free: str
    """The code after the last number of the class."""


def in_use(*, unit: str, most: int) -> list[CodesInUse]:
    """Return as many classes of codes as there are entries of, those of the `unit` first, each with a free number.

    What another unit never published is counted by its number alone.
    """
    found: dict[str, list[_Known]] = {}
    for code, name, provider, state in Entry.objects.order_by("code").values_list("code", "name", "provider", "state"):
        prefix, _, number = code.partition("/")
        known = name if provider == unit or state == "PUBLISHED" else ""
        found.setdefault(prefix, []).append(_Known(number, known, provider == unit))
    listed = sorted(found, key=lambda prefix: (not any(each.own for each in found[prefix]), prefix))
    return [_of(prefix, found[prefix]) for prefix in listed[:most]]


@dataclass(frozen=True, slots=True)
class _Known:
    number: str
    name: str
    own: bool


def _of(prefix: str, rows: list[_Known]) -> CodesInUse:
    names = [each.name for each in sorted(rows, key=lambda each: not each.own) if each.name]
    free = max(int(each.number) for each in rows) + 1
    longest = max(len(each.number) for each in rows)
    return CodesInUse(prefix, len(names), names[0] if names else "", f"{prefix}/{free:0{longest}}")
