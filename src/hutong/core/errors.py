"""The kinds of expected failure.

A failure is a class beside the function that raises it, under one of the kinds here. Its docstring is its
English message, with the names of its facts in braces; `core/text/*.toml` has the Chinese message and, in both
languages, what to do next, by code. Doors alone choose language and status.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from hutong.core.blanks import says_something


class Problem(Exception):
    """Something expected went wrong."""

    code: ClassVar[str]
    clause: str | None = None
    """The clause of the regulations that asks for the refusal, for example `SX-07-e`."""
    at: tuple[str, ...] = ()
    """The fields of what was handed in that it is about, where no fact called `field` or `fields` says so."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).upper()

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts
        self.members: dict[str, Any] = {}
        """What is told beside the message, as JSON has it (RFC 9457, 3.2)."""

    def under(self, clause: str | None) -> Self:
        """Return this failure with the clause that asks for it, where that depends on what was refused."""
        self.clause = clause
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of what was handed in that it is about; none where it is about the whole."""
        said = self.facts.get("fields") or self.facts.get("field") or ""
        return self.at or tuple(name for name in str(said).split(", ") if name)

    def __str__(self) -> str:
        return (type(self).__doc__ or "").strip().splitlines()[0].format_map(_Shown(self.facts))


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class Malformed(Problem):
    """The input cannot be read."""


class Unidentified(Problem):
    """Who is asking could not be established."""


class Refused(Problem):
    """A rule says no."""


class Missing(Problem):
    """There is no such thing, or the caller may not know of it."""


class Conflicting(Problem):
    """It contradicts what is already there."""


class Gone(Problem):
    """It was there once and is kept no longer."""


class TooLarge(Problem):
    """It is larger than what is accepted."""


class Invalid(Problem):
    """The input can be read, but breaks a rule about its content."""


class Exhausted(Problem):
    """A quota, budget or rate is used up for now."""


class Unavailable(Problem):
    """It cannot be done at this moment; later it can."""


class Faults(Invalid):
    """{number} things have to be corrected."""

    def __init__(self, problems: Sequence[Problem] = (), **facts: Any) -> None:
        super().__init__(**{"number": len(problems), **facts})
        self.problems = tuple(problems)


class Judging:
    """What is wrong with something that was handed in, gathered part by part, so that all of it is told at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    @contextmanager
    def of(self, *fields: str) -> Iterator[None]:
        """Keep the failure that is raised inside, as one about these fields where it names none itself."""
        try:
            yield
        except Problem as problem:
            self.add(problem, *fields)

    def add(self, problem: Problem, *fields: str) -> None:
        """Keep a failure that needs not be raised, as one about these fields where it names none itself."""
        for each in told(problem):
            each.at = each.fields or fields
            self.found.append(each)

    def spared(self, *fields: str) -> bool:
        """Whether nothing was found wrong with any of these fields, so that they can be judged further."""
        return not any(field in each.fields for each in self.found for field in fields)

    def lacks(self, told: Mapping[str, object], names: Iterable[str], kind: type[Problem]) -> None:
        """Keep, as failures of a kind, which of these fields nobody filled in, but those told as wrong already."""
        for name in names:
            if self.spared(name) and not says_something(told.get(name)):
                self.add(kind(fields=name))

    def end(self) -> None:
        """Return if nothing was found; else raise what was: the one failure, or Faults with all of them."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise Faults(self.found)


def told(problem: Problem) -> tuple[Problem, ...]:
    """Return the failures that a failure is made of: itself, where it is one."""
    return problem.problems if isinstance(problem, Faults) else (problem,)
