"""A form that was refused: what is wrong stands beside each field, and in a summary that leads to them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hutong.core.errors import Problem
from hutong.web.forms import Boxes, Field
from hutong.web.wording import telling
from hutong.web.wording.telling import ProblemShown


def refused(
    shown: Mapping[str, Any], problem: Problem | None, *, items: Mapping[str, str] | None = None, page: str = ""
) -> dict[str, Any]:
    """Return what a form shows, with `problem` in the words for its page, and its fault beside each of its fields.

    `items` and `page` are those of `telling.said`. Without a problem `problem` is None, and nothing beside the fields.
    """
    if problem is None:
        return {**shown, "problem": None}
    told = telling.said(problem, items=items, page=page)
    return {**beside(dict(shown), told), "problem": told}


def beside(shown: Any, told: ProblemShown) -> Any:
    """Return what a form shows with the fault of each of its fields beside it, wherever in it the field stands."""
    return _beside(shown, wrong(told))


def wrong(told: ProblemShown) -> dict[str, str]:
    """Return what is wrong with each field, by its name."""
    found: dict[str, list[str]] = {}
    for fault in told["faults"]:
        for field in fault.fields:
            found.setdefault(field, []).append(fault.message)
    return {field: " ".join(dict.fromkeys(messages)) for field, messages in found.items()}


def _beside(shown: Any, wrong: Mapping[str, str]) -> Any:
    if isinstance(shown, Field | Boxes):
        said = wrong.get(shown.name)
        return replace(shown, wrong=said) if said else shown
    if isinstance(shown, dict):
        return {name: _beside(value, wrong) for name, value in shown.items()}
    if isinstance(shown, list | tuple):
        return type(shown)([_beside(value, wrong) for value in shown])
    if is_dataclass(shown) and not isinstance(shown, type) and type(shown).__module__ == Field.__module__:
        return replace(shown, **{each.name: _beside(getattr(shown, each.name), wrong) for each in fields(shown)})
    return shown
