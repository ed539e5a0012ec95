"""Telling people that the database is away, instead of a fault of the page."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from hutong.core.errors import Unavailable
from hutong.messages import logger
from hutong.web.front import middleware


class DatabaseAway(Unavailable):
    """The platform's database cannot be reached at the moment."""


class Away:
    """Answer a lost database with a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page; any other exception goes on."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("database.away", error=type(exception).__name__)
        return middleware.page(request, DatabaseAway())
