"""What the registers call what is in them: systems, persons and devices of a unit, purposes and matters."""

from collections.abc import Iterable, Mapping

from hutong.control.sharing import queries, terms
from hutong.web.wording import reader


def of_unit(org: str) -> dict[str, dict[str, str]]:
    """Return the names of a unit's systems, users and devices by their codes."""
    lists = {"systems": queries.systems(org), "persons": queries.persons(org), "devices": queries.devices(org)}
    return {kind: {each.id: each.name for each in listed} for kind, listed in lists.items()}


def meanings(kind: str, *, offered: bool = False) -> dict[str, str]:
    """Return what the codes of a `purpose` or a `matter` mean, in the reader's language: all, or those on offer."""
    return terms.names(kind, english=reader.language() == "en", offered=offered)


def with_names(codes: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return name and code of each; where no name is known, the code stands alone."""
    return [(names[code], code) if names.get(code, code) != code else (code, "") for code in codes]
