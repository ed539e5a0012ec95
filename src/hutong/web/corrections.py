"""A form that was refused: what is wrong stands beside each field, and in a summary that leads to them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hutong.core.errors import Faults, Problem
from hutong.core.errors import told as each_of
from hutong.web.forms import Boxes, Field
from hutong.web.wording import telling
from hutong.web.wording.telling import ProblemShown

OURS = "hutong.web."
"""How the modules begin whose values are looked through for fields."""
ABOUT: Mapping[str, tuple[str, ...]] = {
    "NO_SUCH_UNIT": ("unit",),
    "CREDIT_CODE_MISSHAPED": ("unit",),
    "CREDIT_CODE_CHECK_FAILED": ("unit",),
    "UNIT_STOPPED": ("unit",),
    "OWN_UNIT_CONSULTED": ("unit",),
    "OWN_UNIT_DECIDED": ("unit",),
    "ROLE_UNKNOWN": ("role",),
    "ROLES_NOT_SEPARATED": ("role", "officer"),
    "ROLE_DAYS_WRONG": ("until_date",),
    "REGION_UNREADABLE": ("region",),
    "NO_SUCH_OFFICER": ("to", "officer"),
    "NOBODY_CHOSEN": ("to",),
    "USERNAME_UNFIT": ("username",),
    "USERNAME_TAKEN": ("username",),
    "NAME_UNFIT": ("name",),
    "LIMIT_UNKNOWN": ("limit",),
    "LIMIT_NOT_RAISED": ("limit",),
    "LIMIT_OF_EVERY_RESOURCE": ("resource",),
    "RESOURCE_UNKNOWN": ("resource",),
    "NOTHING_LIMITED": ("resource",),
    "LIMIT_OUT_OF_BOUNDS": ("value",),
    "LIMIT_NOT_HIGHER": ("value",),
    "SHARE_IS_MORE": ("value",),
    "YEAR_IS_LESS": ("value",),
    "RAISED_TOO_LONG": ("until_date",),
    "CLAUSE_UNFIT": ("clause",),
    "NO_SUCH_ENTRY": ("code",),
    "FILE_MISSING": ("file",),
    "END_PAST": ("until",),
    "VERSION_END_OVER": ("version",),
    "LOGIN_REFUSED": ("username", "password"),
    "PASSWORD_WRONG": ("present",),
    "PASSWORD_SAME": ("password",),
    "PASSWORD_WEAK": ("password",),
    "PASSWORD_IS_NAME": ("password",),
    "PASSWORDS_DIFFER": ("again",),
    "CODE_WRONG": ("code",),
    "NOT_CONFIRMED": ("sure",),
    "ALREADY_APPLIED": ("twice",),
}
"""Code of a failure that names no field → the fields it is about, in a form that has them."""


def refused(
    shown: Mapping[str, Any], problem: Problem | None, *, items: Mapping[str, str] | None = None, page: str = "",
    places: Mapping[str, str] | None = None, form: str | None = None, elsewhere: str | None = None,
    order: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Return what a page shows, with `problem` in the words for it, and its fault beside each field of its form.

    `items` and `page` are those of `telling.said`. A fault leads to its field where the form has one, which `places`
    names for what no field is called, or gives the id of, or to its field on the page `elsewhere`. Of a page with
    several forms, `form` is what the fields of the refused one have for it; None where there is but one. Without a
    problem `problem` is None, and nothing stands beside the fields.

    Faults are told in the order of their fields in `shown`, or in `order`, where fields stand otherwise on the page.
    """
    if problem is None:
        return {**shown, "problem": None}
    problem = _apart(problem)
    ours, placed = {name: id for name, id, of in _ids(shown) if form is None or of == form}, places or {}
    for each in each_of(problem):
        each.at = each.fields or tuple(name for name in ABOUT.get(each.code, ()) if placed.get(name, name) in ours)
    told = telling.said(problem, items=items, page=page, form=elsewhere)
    known = {**{place: place for place in placed.values()}, **ours}
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys((*order, *ours, *placed)))}
    found = (
        replace(each, fields=names, address=_address(names, known, each.address))
        for each in told["faults"]
        for names in [tuple(placed.get(name, name) for name in each.fields)]
    )

    def rank(fault: telling.FaultShown) -> int:
        return min((ranks.get(name, len(ranks)) for name in fault.fields), default=-1)

    told["faults"] = tuple(sorted(found, key=rank))
    return {**_beside(dict(shown), wrong(told), form), "problem": told}


def _apart(problem: Problem) -> Problem:
    """Return a failure, with one for each field where it, or a failure of it, is about several that say nothing."""
    every = [
        type(each)(**{**each.facts, "fields": name}).under(each.clause) if "fields" in each.facts else each
        for each in each_of(problem)
        for name in (each.fields if "fields" in each.facts and len(each.fields) > 1 else each.fields[:1] or ("",))
    ]
    return every[0] if len(every) == 1 else Faults(every)


def _address(fields: tuple[str, ...], known: Mapping[str, str], elsewhere: str) -> str:
    return next((f"#{known[field]}" for field in fields if field in known), elsewhere)


def fields_of(shown: Any) -> Iterator[Field | Boxes]:
    """Yield every field that a page shows, and all boxes of one name as one."""
    if isinstance(shown, Field | Boxes):
        yield shown
    elif isinstance(shown, Mapping):
        yield from fields_of(list(shown.values()))
    elif isinstance(shown, list | tuple):
        for each in shown:
            yield from fields_of(each)
    elif _is_ours(shown):
        yield from fields_of([getattr(shown, each.name) for each in fields(shown)])


def _ids(shown: Any) -> Iterator[tuple[str, str, str]]:
    """Yield name, id and form of every field that a page shows; boxes go by their anchor, for two may have a name."""
    for each in fields_of(shown):
        yield (each.name, each.id, each.form) if isinstance(each, Field) else (each.anchor, each.anchor, "")


def _is_ours(shown: Any) -> bool:
    return is_dataclass(shown) and not isinstance(shown, type) and type(shown).__module__.startswith(OURS)


def beside(shown: Any, told: ProblemShown) -> Any:
    """Return what a form shows with the fault of each of its fields beside it, wherever in it the field stands."""
    return _beside(shown, wrong(told), None)


def wrong(told: ProblemShown) -> dict[str, str]:
    """Return what is wrong with each field, by its name."""
    found: dict[str, list[str]] = {}
    for fault in told["faults"]:
        for field in fault.fields:
            found.setdefault(field, []).append(fault.message)
    return {field: " ".join(dict.fromkeys(messages)) for field, messages in found.items()}


def _beside(shown: Any, wrong: Mapping[str, str], form: str | None) -> Any:
    """Return a value with what is wrong beside each of its fields; the same value where it has none of them."""
    if isinstance(shown, Field | Boxes):
        name = shown.name if isinstance(shown, Field) else shown.anchor
        said = wrong.get(name) if form is None or getattr(shown, "form", "") == form else None
        after = replace(shown, wrong=said) if said else shown
        # the summary has the focus, and nothing else of the page
        return replace(after, focus=False) if wrong and isinstance(after, Field) and after.focus else after
    if isinstance(shown, dict):
        return {name: _beside(value, wrong, form) for name, value in shown.items()}
    if type(shown) in (list, tuple):
        return type(shown)([_beside(value, wrong, form) for value in shown])
    if _is_ours(shown):
        before = {each.name: getattr(shown, each.name) for each in fields(shown)}
        with_faults = _beside(before, wrong, form)
        return replace(shown, **with_faults) if with_faults != before else shown
    return shown
