"""Drafts that are not filled in completely: what was typed stays as it was typed, and nothing is submitted of it.

The case has its number and its state from the beginning. Until its form is complete its columns say nothing of what
was typed; that stands in `unfinished`, by field, as the form sent it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model

from hutong.control.procedures.procedure import Procedure
from hutong.core import bounds, canonical, lifecycle
from hutong.core.errors import Conflicting, Invalid, Judging, Malformed, Problem, told
from hutong.core.lifecycle import Move

Typed = Mapping[str, Sequence[str]]
"""What was typed into a form: the values of each field."""
NEVER = (bounds.FieldTooLong, bounds.CharacterUnusable)
"""Faults with which nothing is kept."""


class DraftUnfinished(Invalid):
    """{title} {case} is a draft that is not filled in completely."""


def check(procedure: Procedure, case: Model, move: Move) -> None:
    """Refuse a step that would go on with an unfinished draft; it may only be given up. Raises DraftUnfinished."""
    life = procedure.life
    if getattr(case, "unfinished", None) is not None and move.after not in lifecycle.ends(life):
        raise DraftUnfinished(title=life.title, case=procedure.number_of(case))


def end(judging: Judging, typed: Typed | None, *, needs: Sequence[str] = ()) -> dict[str, Any] | None:
    """Return what is kept of a draft in which something was found wrong, as `kept` does; None where nothing was.

    Without any of the fields that it `needs` nothing is kept.
    """
    try:
        judging.end()
    except Problem as problem:
        return kept(problem, typed if judging.spared(*needs) else None)
    return None


def found(judging: Judging) -> Problem | None:
    """Return what was found wrong; None where nothing was."""
    try:
        judging.end()
    except Problem as problem:
        return problem
    return None


def kept(problem: Problem, typed: Typed | None) -> dict[str, Any]:
    """Return what is kept of a draft that `problem` says is not complete; raises it where that is not to be kept.

    `typed` is None where who sent the form did not ask for a draft.
    """
    waits = all(each.fields or isinstance(each, Invalid | Conflicting | Malformed) for each in told(problem))
    if typed is None or not waits or any(isinstance(each, NEVER) for each in told(problem)):
        raise problem
    return _plain(typed)


def says(rest: Typed | None, typed: Typed | None) -> bool:
    """Whether a draft is kept unfinished with the very same that was `typed`."""
    return rest is not None and typed is not None and rest == _plain(typed)


def digest(typed: Typed) -> str:
    """Return the digest of a draft that is not complete, as entries have it: what was typed is what it says."""
    return canonical.digest(_plain(typed))


def _plain(typed: Typed) -> dict[str, Any]:
    return {name: list(values) for name, values in typed.items()}
