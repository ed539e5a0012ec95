"""Like cases as a table: what they share as a list of facts, what differs as columns."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.catalog import queries as catalog
from hutong.control.procedures.likeness import Likeness
from hutong.control.sharing import terms
from hutong.core import beijing
from hutong.web.wording import reader, row_filters
from hutong.web.wording.filters import joined
from hutong.web.wording.labels import label
from hutong.web.wording.names import named

Cases = Mapping[str, Likeness]


def same(cases: Cases) -> list[tuple[str, str]]:
    """Return what like cases share, also of what could differ: the label of each field and what it says.

    Empty fields are left out.
    """
    first, apart = next(iter(cases.values())), _differing(cases)
    words = _words(str(first.same.get("code", "")))
    shared = {**first.same, **{name: value for name, value in first.differs.items() if name not in apart}}
    return [(label(name), _said(name, value, words)) for name, value in shared.items() if value]


def columns(cases: Cases) -> list[str]:
    """Return the labels of the fields in which the cases differ."""
    return [label(name) for name in _differing(cases)]


def cells(cases: Cases, number: str) -> list[str]:
    """Return of one case what differs, in the order of `columns`."""
    words = _words("")
    return [_said(name, cases[number].differs[name], words) for name in _differing(cases)]


_OF_RESOURCE = ("code", "version")
"""What differs wherever the resource does, and says no more."""


def fields(names: Sequence[str]) -> str:
    """Return in a row the labels of fields in which cases differ; of another resource, that alone."""
    told = [name for name in names if "resource" not in names or name not in _OF_RESOURCE]
    return joined(label(name) for name in told)


def _differing(cases: Cases) -> list[str]:
    first = next(iter(cases.values())).differs
    return [name for name in first if any(each.differs[name] != first[name] for each in cases.values())]


def _words(code: str) -> dict[str, Mapping[str, str]]:
    english = reader.language() == "en"
    items = catalog.names([(code, None)]).get((code, None), ("", {}))[1] if code else {}
    return {
        "items": items, "conditions": items, "purpose": terms.names("purpose", english=english),
        "matters": terms.names("matter", english=english),
    }  # fmt: skip


def _said(name: str, value: object, words: Mapping[str, Mapping[str, str]]) -> str:
    known = words.get(name, {})
    if name == "matters" and isinstance(value, tuple):
        return joined(known.get(code) or gettext("%(matter)s（未核对）") % {"matter": code} for code in map(str, value))
    if isinstance(value, tuple):
        return joined(known.get(str(each), str(each)) if name != "need" else named(each, "need") for each in value)
    if isinstance(value, dict):
        return joined(row_filters.words(value, words["items"]))
    if isinstance(value, datetime):
        return f"{beijing.day(value)}"
    return named(value, "mode") if name == "mode" else known.get(str(value), str(value))
