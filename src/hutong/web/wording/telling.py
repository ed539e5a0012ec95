"""How a failure is told on a page: what is wrong and where, the clause, the stable code, what to do next."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypedDict

from django.utils.translation import gettext, ngettext

from hutong.core import defaults, statuses, text
from hutong.core.errors import Faults, Problem
from hutong.core.errors import told as each_of
from hutong.web.shown import Shown
from hutong.web.wording import events, labels, limits, reader
from hutong.web.wording.filters import joined
from hutong.web.wording.names import NAMES, named, worded
from hutong.web.wording.procedures import said as said_of

FACTS: dict[str, tuple[str, ...]] = {"state": ("grant_state",), "wanted": ("grant_state",)}
"""Fact of a failure → the lists of `names.NAMES` its codes have names in; beside those of `core.text`."""
HEADING = "有 %(many)s 处需要更正"
WORDS = {"title": "title", "action": "action", "conditions": "condition", "case_state": "state"}
"""Fact of a failure whose value is Chinese words of a lifecycle → what kind of words they are."""


@dataclass(frozen=True, slots=True)
class FaultShown(Shown):
    """One of the things that are to be corrected in a form: what it is, and the address of its field."""

    message: str
    advice: str
    code: str
    clause: str
    address: str
    """Where its field stands, on the page that is shown or on that of the form; empty where it is of no field."""
    fields: tuple[str, ...]


class ProblemShown(TypedDict):
    """What a page tells of a failure."""

    message: str
    advice: str
    code: str
    clause: str
    heading: str
    """How many things are to be corrected; empty where none is told with its field."""
    faults: tuple[FaultShown, ...]
    """What is to be corrected, each with its field; empty where the failure is about no field."""


_told: ContextVar[list[str] | None] = ContextVar("told", default=None)
_before: ContextVar[str] = ContextVar("before", default="")
_waits: ContextVar[list[int] | None] = ContextVar("waits", default=None)


def listening() -> list[str]:
    """Return the list in which the codes of the failures gather that are told from now on, for this request."""
    heard: list[str] = []
    _told.set(heard)
    _before.set("")
    return heard


def waiting() -> list[int]:
    """Return the list in which gathers, for this request, after how many seconds something may be tried again."""
    heard: list[int] = []
    _waits.set(heard)
    return heard


def told_before(code: str) -> None:
    """Take note that a failure was told by an answer before, so that this one's telling it is no other."""
    _before.set(code)


def note(code: str) -> None:
    """Note that a failure is told to who asks."""
    before = _before.get()
    if (heard := _told.get()) is not None and not (before and code in (before, Faults.code)):
        heard.append(code)


def said(
    problem: Problem, *, items: Mapping[str, str] | None = None, page: str = "", form: str | None = None
) -> ProblemShown:
    """Return what a page tells of a problem; `items` are the names of the items it may speak of.

    Where the form with the fields it is about stands on another page, `form` is the address of that, and nothing
    where it is this page; None where nothing leads there.

    `page` is the name of the address whose form was refused, where fields are called otherwise than on most. That it is
    told is noted, for it is entered of somebody known.
    """
    note(problem.code)
    seconds, heard = statuses.retry_after(problem), _waits.get()
    if seconds is not None and heard is not None:
        heard.append(seconds)
    return listed(problem, items=items, page=page, form=form)


def listed(
    problem: Problem, *, items: Mapping[str, str] | None = None, page: str = "", form: str | None = None
) -> ProblemShown:
    """Return what a page tells of a problem that refuses nobody anything, in the words of `said`."""
    told, faults = described(problem, items=items, page=page), each_of(problem)
    if any(each.fields for each in faults):
        told["faults"] = tuple(_fault(each, items=items, page=page, form=form) for each in faults)
        told["heading"] = ngettext(HEADING, HEADING, len(faults)) % {"many": len(faults)}
    return told


def _fault(problem: Problem, *, items: Mapping[str, str] | None, page: str, form: str | None) -> FaultShown:
    words, fields = described(problem, items=items, page=page), problem.fields
    address = f"{form}#{fields[0]}" if fields and form is not None else ""
    return FaultShown(words["message"], words["advice"], problem.code, words["clause"], address, fields)


def described(problem: Problem, *, items: Mapping[str, str] | None = None, page: str = "") -> ProblemShown:
    """Return the words of a failure that happened before, to somebody or other."""
    language = reader.language()
    named = type(problem)(**{fact: _named(fact, value, items or {}, page) for fact, value in problem.facts.items()})
    words = text.say(named, language=language)
    return {
        "message": words.message,
        "advice": words.advice,
        "code": problem.code,
        "clause": problem.clause or "",
        "heading": "",
        "faults": (),
    }


@dataclass(frozen=True, slots=True)
class Remembered(Shown):
    """A failure of which its code and facts were kept: what was wrong, and what to do."""

    message: str
    advice: str


def remembered(code: str, facts: Mapping[str, str]) -> Remembered:
    """Return the words of a failure that was kept with its code and facts."""
    told = {fact: _named(fact, value, {}, "") for fact, value in facts.items()}
    language = reader.language()
    words = text.refused(code, told, language=language)
    return Remembered(words or code, text.table().get(code, {}).get(f"do_{language}", ""))


def _named(fact: str, value: object, items: Mapping[str, str], page: str) -> object:
    if not isinstance(value, str):
        return value
    if fact in ("items", "item"):
        return joined(items.get(code, code) for code in value.split(", "))
    if fact in ("parameter", "whole"):
        return limits.about(defaults.LIMITS[value]) if value in defaults.LIMITS else value
    if fact == "thing" and value in defaults.LIMITS:
        return limits.about(defaults.LIMITS[value])
    if fact == "thing":
        return named(value, "role")
    if fact == "entered":
        return gettext(events.NAMES.get(value, value))
    if fact == "counted":
        return limits.kind(value)
    if fact == "others":
        return joined(value.split(", "))
    if fact in text.CODES:
        known = text.CODES[fact]
        return joined(gettext(known[code].zh if code in known else code) for code in value.split(", "))
    if fact in ("format", "method"):
        return gettext(value) if value else value
    if fact in ("field", "fields"):
        return joined(labels.label(field, page=page) for field in value.split(", "))
    if fact in WORDS:
        return joined(said_of(WORDS[fact], words) for words in value.split("；")) if value else value
    lists = FACTS.get(fact, ())
    return joined(_name(code, lists) for code in value.split(", ")) if lists else value


def _name(code: str, lists: tuple[str, ...]) -> str:
    return next((worded(NAMES[listed][code], listed) for listed in lists if code in NAMES[listed]), code)
