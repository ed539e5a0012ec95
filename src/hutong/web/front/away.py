"""Telling people that the database is away or took too long, instead of a fault of the page."""

from collections.abc import Callable

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from hutong.core.errors import Unavailable
from hutong.db.database import TakesTooLong, given_up
from hutong.messages import logger
from hutong.web.front import middleware


class DatabaseAway(Unavailable):
    """The platform's database cannot be reached at the moment."""


AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""What is raised where the database is away, by Django and by who shares its connection."""


class Away:
    """Answer a lost database with a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page; any other exception goes on."""
        if not isinstance(exception, AWAY):
            return None
        if given_up(exception):
            route = request.resolver_match.route if request.resolver_match else ""
            logger.warning("statement.given_up", route=route)
            return middleware.page(request, TakesTooLong())
        logger.error("database.away", error=type(exception).__name__)
        return middleware.page(request, DatabaseAway())
