"""Telling people that the database is away or took too long, instead of a fault of the page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hutong.core.errors import Unavailable
from hutong.db.database import TakesTooLong, given_up
from hutong.messages import logger
from hutong.web.front import middleware
from hutong.web.front.middleware import AWAY


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
        return told(request, exception) if isinstance(exception, AWAY) else None


def told(request: HttpRequest, fault: BaseException) -> HttpResponse:
    """Return the page that says the database is away, or that a statement took too long; it has no number."""
    if given_up(fault):
        route = request.resolver_match.route if request.resolver_match else ""
        logger.warning("statement.given_up", route=route)
        return middleware.page(request, TakesTooLong())
    logger.error("database.away", error=type(fault).__name__)
    return middleware.page(request, DatabaseAway())
