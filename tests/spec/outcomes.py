"""What came of an act, as a word: so a chapter says itself what it expected, also where the product raises."""

from collections.abc import Callable

import psycopg

from hutong.core.errors import Problem

DONE = "done"


def came_of(act: Callable[..., object], *args: object, **given: object) -> str:
    """Return DONE, the code a refusal has, or the name of the constraint or error PostgreSQL stopped it with."""
    try:
        act(*args, **given)
    except Problem as problem:
        return problem.code
    except psycopg.Error as fault:
        return fault.diag.constraint_name or type(fault).__name__
    return DONE
