"""A form that was refused: what is wrong stands beside each field, and in a summary that leads to them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hutong.core.errors import Problem
from hutong.web.forms import Boxes, Field
from hutong.web.wording import telling
from hutong.web.wording.telling import ProblemShown


def refused(
    shown: Mapping[str, Any], problem: Problem | None, *, items: Mapping[str, str] | None = None, page: str = "",
    places: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what a form shows, with `problem` in the words for its page, and its fault beside each of its fields.

    `items` and `page` are those of `telling.said`. A fault leads to its field where the form has one, or to one of
    `places`, which are the ids of what no field is called by. Without a problem `problem` is None, and nothing stands
    beside the fields.
    """
    if problem is None:
        return {**shown, "problem": None}
    told = telling.said(problem, items=items, page=page, form="")
    known = {**(places or {}), **dict(_ids(shown))}
    told["faults"] = tuple(replace(each, address=_address(each.fields, known)) for each in told["faults"])
    return {**beside(dict(shown), told), "problem": told}


def _address(fields: tuple[str, ...], known: Mapping[str, str]) -> str:
    return next((f"#{known[field]}" for field in fields if field in known), "")


def _ids(shown: Any) -> Iterator[tuple[str, str]]:
    """Yield name and id of every field that a form shows."""
    if isinstance(shown, Field):
        yield shown.name, shown.id
    elif isinstance(shown, Boxes):
        yield shown.name, shown.anchor
    elif isinstance(shown, Mapping):
        yield from _ids(list(shown.values()))
    elif isinstance(shown, list | tuple):
        for each in shown:
            yield from _ids(each)
    elif _of_forms(shown):
        yield from _ids([getattr(shown, each.name) for each in fields(shown)])


def _of_forms(shown: Any) -> bool:
    return is_dataclass(shown) and not isinstance(shown, type) and type(shown).__module__ == Field.__module__


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
    if _of_forms(shown):
        return replace(shown, **{each.name: _beside(getattr(shown, each.name), wrong) for each in fields(shown)})
    return shown
