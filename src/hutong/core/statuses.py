"""The HTTP status of each kind of failure, and when to try again: both doors that speak HTTP answer by this table."""

from hutong.core import errors
from hutong.core.errors import Problem

STATUS: dict[type[Problem], int] = {
    errors.Malformed: 400,
    errors.Unidentified: 401,
    errors.Refused: 403,
    errors.Missing: 404,
    errors.Conflicting: 409,
    errors.Gone: 410,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.Exhausted: 429,
    errors.Unavailable: 503,
}
"""Kind of failure → status (RFC 9110)."""


AGAIN_SECONDS = 30
"""After so many seconds what cannot be done at this moment may be tried again, where the failure knows no better."""


def of(problem: Problem) -> int:
    """Return the status of a failure's kind; one of no kind is a fault of ours, 500."""
    return next((status for kind, status in STATUS.items() if isinstance(problem, kind)), 500)


def retry_after(problem: Problem) -> int | None:
    """Return after how many seconds to try again (RFC 9110, 10.2.3); None where nobody can say that time will help."""
    known = problem.facts.get("retry_after")
    if known is None and isinstance(problem, errors.Unavailable):
        return AGAIN_SECONDS
    return known if known is None else int(known)
