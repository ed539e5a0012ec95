"""Like cases: those that may stand on one page and be ticked for the same step (P-4).

Each ticked case is decided by itself, as its own step with its own entry. A step that refuses, or that needs a reason
or a legal basis, is never taken for several at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from hutong.core.errors import Conflicting, Refused
from hutong.core.lifecycle import Move


class CasesNotAlike(Conflicting):
    """{case} and {other} differ in {fields}; they cannot be decided together."""

    clause = "P-4"


class OneByOne(Refused):
    """The step {action} is taken case by case, never for several at once."""

    clause = "P-4"


@dataclass(frozen=True, slots=True)
class Likeness:
    """The facts of one case that must be alike for it to be decided with others, and those that may differ."""

    same: Mapping[str, object]
    differs: Mapping[str, object]


def may_be_together(move: Move) -> bool:
    """Whether a step may be taken for several cases at once: it needs no reason, no basis and no further hand."""
    return not (move.reason or move.basis or move.optional or move.hands)


def grouped(cases: Mapping[str, Likeness]) -> list[list[str]]:
    """Return which cases can be decided together, by number: in groups that are alike, in the order of their first."""
    groups: list[tuple[Mapping[str, object], list[str]]] = []
    for number, found in cases.items():
        fitting = next((numbers for same, numbers in groups if same == found.same), None)
        if fitting is None:
            groups.append((found.same, [number]))
        else:
            fitting.append(number)
    return [numbers for _, numbers in groups]


@dataclass(frozen=True, slots=True)
class NearestCases:
    """The two of some cases that differ in the fewest fields of those that must be alike, and these fields."""

    first: str
    second: str
    fields: tuple[str, ...]


def nearest(cases: Mapping[str, Likeness]) -> NearestCases:
    """Return the two cases that differ the least, the first such in their order; there are two at least."""
    pairs = (
        NearestCases(first, second, tuple(_unlike(cases[first], cases[second])))
        for first, second in combinations(cases, 2)
    )
    return min(pairs, key=lambda pair: len(pair.fields))


def _unlike(one: Likeness, other: Likeness) -> list[str]:
    return [name for name, value in one.same.items() if other.same.get(name) != value]


def check(cases: Mapping[str, Likeness]) -> None:
    """Refuse cases that cannot be decided together; raises CasesNotAlike, which names two and in what they differ."""
    first = next(iter(cases), None)
    for number, found in cases.items():
        assert first is not None
        if fields := _unlike(cases[first], found):
            raise CasesNotAlike(case=number, other=first, fields=", ".join(fields))
