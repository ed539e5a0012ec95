"""A failure as it is kept with the form that it refused: its code, its facts, and what it is made of."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from hutong.core.errors import Faults, Problem
from hutong.core.labels import Both

_DAY, _MOMENT, _NUMBER, _WORDS = "day", "moment", "number", "words"
"""What a fact is that JSON has no word for; it is written as an object with this one name."""


class NotWritable(TypeError):
    """A fact of a failure is nothing that can be kept."""


def written(problem: Problem) -> dict[str, Any]:
    """Return a failure as JSON has it; raises NotWritable."""
    told: dict[str, Any] = {
        "code": problem.code,
        "facts": {name: _value(value) for name, value in problem.facts.items()},
        "clause": problem.clause,
        "at": list(problem.at),
        "members": _value(problem.members),
    }
    if isinstance(problem, Faults):
        told["problems"] = [written(each) for each in problem.problems]
    return told


def read(told: dict[str, Any]) -> Problem | None:
    """Return the failure that was written; None where this program has no such failure any more."""
    kind = _kinds().get(told["code"])
    if kind is None:
        return None
    problem = kind.__new__(kind)
    Problem.__init__(problem, **{name: _read(value) for name, value in told["facts"].items()})
    problem.clause, problem.at, problem.members = told["clause"], tuple(told["at"]), _read(told["members"])
    if isinstance(problem, Faults):
        problem.problems = tuple(each for one in told["problems"] if (each := read(one)) is not None)
    return problem


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, Decimal):
        return {_NUMBER: str(value)}
    if isinstance(value, Both):
        return {_WORDS: [*value]}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(each) for each in value]
    if isinstance(value, dict):
        return {"": {str(name): _value(each) for name, each in value.items()}}
    raise NotWritable(type(value).__name__)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(each) for each in value)
    if not isinstance(value, dict):
        return value
    kind, said = next(iter(value.items()))
    if kind == "":
        return {name: _read(each) for name, each in said.items()}
    if kind == _WORDS:
        return Both(*said)
    if kind == _DAY:
        return date.fromisoformat(said)
    return datetime.fromisoformat(said) if kind == _MOMENT else Decimal(said)


@cache
def _kinds() -> dict[str, type[Problem]]:
    """Return every kind of failure by its code; those of modules that are loaded later are looked for anew."""
    return {kind.code: kind for kind in _below(Problem)}


def _below(kind: type[Problem]) -> list[type[Problem]]:
    return [each for below in kind.__subclasses__() for each in (below, *_below(below))]
