"""How a failure is told to a person: status, page and language."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from hutong.core import errors
from hutong.core.errors import Problem
from hutong.core.text import say

log = logging.getLogger(__name__)

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


class RequestUnreadable(errors.Malformed):
    """The request cannot be read."""


class PageMissing(errors.Missing):
    """There is no page at this address."""


class PageFailed(errors.Unavailable):
    """The page could not be made; the fault is on our side and has been recorded."""


class DatabaseAway(errors.Unavailable):
    """The platform's database cannot be reached at the moment."""


class Refusals:
    """Answer an expected failure with a page that says what is wrong and what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for a problem; any other exception goes on to `failed`."""
        if isinstance(exception, OperationalError | InterfaceError):
            log.exception("the database cannot be reached")
            exception = DatabaseAway()
        return tell(request, exception) if isinstance(exception, Problem) else None


def tell(request: HttpRequest, problem: Problem, *, status: int | None = None) -> HttpResponse:
    """Return the page that tells of `problem` in the reader's language."""
    said = say(problem, language="en" if translation.get_language() == "en" else "zh")
    status = status or next(code for kind, code in STATUS.items() if isinstance(problem, kind))
    context = {"said": said, "code": problem.code, "clause": problem.clause, "status": status}
    return render(request, "refused.html", context, status=status)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django could not read."""
    return tell(request, RequestUnreadable())


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return tell(request, PageMissing())


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours; Django has logged it."""
    return tell(request, PageFailed(), status=500)
