"""The HTTP status of each kind of failure: both doors that speak HTTP answer by this one table."""

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


def of(problem: Problem) -> int:
    """Return the status of a failure's kind; one of no kind is a fault of ours, 500."""
    return next((status for kind, status in STATUS.items() if isinstance(problem, kind)), 500)
