"""What came of an act, as a word: so a chapter says itself what it expected, also where the product raises."""

from collections.abc import Callable

import psycopg

from hutong.core.errors import Problem

DONE = "done"


def came_of(act: Callable[..., object], *args: object, **given: object) -> str:
    """Return DONE, the code of the refusal, the constraint PostgreSQL stopped it by, or the name of the exception."""
    try:
        act(*args, **given)
    except Problem as problem:
        return problem.code
    except psycopg.Error as fault:
        return fault.diag.constraint_name or type(fault).__name__
    except Exception as fault:  # whatever the product ran into, the chapter says that it expected something else
        return type(fault).__name__
    return DONE


def result_of(act: Callable[..., object], *args: object, **given: object) -> object:
    """Return what an act returned, or what `came_of` says of it where it was refused."""
    returned: list[object] = []
    came = came_of(lambda: returned.append(act(*args, **given)))
    return returned[0] if came == DONE else came
