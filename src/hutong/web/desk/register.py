"""What the registers call what is in them: systems, users and devices of a unit, purposes and matters."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext

from hutong.control.sharing import queries, terms
from hutong.web.facts import Words
from hutong.web.wording import reader

KINDS = ("systems", "users", "devices")
"""What of a unit is registered, besides itself."""


def of_unit(
    unit: str, *, systems: Collection[str], users: Collection[str], devices: Collection[str]
) -> dict[str, dict[str, str]]:
    """Return what these codes of a unit's systems, users and devices are called, by kind and code."""
    found = queries.registered([unit], systems=systems, users=users, devices=devices)
    return {kind: {code: name for (one, _, code), name in found.items() if one == kind} for kind in KINDS}


def meanings(kind: str, *, offered: bool = False) -> dict[str, str]:
    """Return what the codes of a `purpose` or a `matter` mean, in the reader's language: all, or those on offer."""
    return terms.names(kind, english=reader.language() == "en", offered=offered)


def matters(codes: Iterable[str]) -> tuple[Words, ...]:
    """Return name and code of each matter; one that is not registered is marked as unchecked."""
    known, listed = meanings("matter"), tuple(codes)
    return tuple(
        Words(name, code, note="" if each in known else gettext("未核对：没有登记这一办理事项。"))
        for each, (name, code) in zip(listed, with_names(listed, known), strict=True)
    )


def with_names(codes: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return name and code of each; where no name is known, the code stands alone."""
    return [(names[code], code) if names.get(code, code) != code else (code, "") for code in codes]
