"""Which item each column is, told by the header: it names items by code or by name."""

from collections.abc import Sequence

from hutong.core.errors import Malformed
from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import OP

_TOLD = 50
"""Columns a refusal lists."""


class ColumnsWrong(Malformed):
    """The columns of {file} do not fit {resource}: missing {missing}, {count} unknown (columns {unknown})."""


class ColumnsMissing(ColumnsWrong):
    """The columns of {file} do not fit {resource}: missing {missing}."""


class ColumnsUnknown(ColumnsWrong):
    """The columns of {file} do not fit {resource}: {count} unknown (columns {unknown})."""


class ColumnsRepeated(ColumnsWrong):
    """The columns of {file} do not fit {resource}: twice {twice}."""


def columns(header: Sequence[str], *, definition: Definition, changes: bool, file: str) -> list[str]:
    """Return the item code of each column of `header`, which may use codes or names; raises ColumnsWrong."""
    wanted = [item.code for item in definition.items] + ([OP] if changes else [])
    by_name: dict[str, str] = {}
    for item in definition.items:
        by_name[item.name] = "" if item.name in by_name else item.code
    known = {name: code for name, code in by_name.items() if code} | {code: code for code in wanted}
    titles = [title.lstrip("\ufeff").strip() for title in header]
    found = [known.get(title, "") for title in titles]
    missing = [code for code in wanted if code not in found]
    unknown = [str(place) for place, code in enumerate(found, start=1) if not code]
    twice = sorted({code for code in found if code and found.count(code) > 1})
    named = {"missing": missing, "unknown": unknown, "twice": twice}
    told: dict[str, object] = {fault: _listed(those) for fault, those in named.items() if those}
    if unknown:
        told["count"] = len(unknown)
    if missing or unknown:
        fault = ColumnsWrong if missing and unknown else ColumnsMissing if missing else ColumnsUnknown
        raise fault(file=file, resource=definition.code, **told)
    if twice:
        raise ColumnsRepeated(file=file, resource=definition.code, **told)
    return found


def _listed(those: Sequence[str]) -> str:
    return ", ".join(those[:_TOLD]) + (", \u2026" if len(those) > _TOLD else "")
