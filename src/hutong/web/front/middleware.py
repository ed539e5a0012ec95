"""Headers of every page, and the one place where a failure becomes a page."""

from collections.abc import Callable, Mapping

import psycopg
from django.core.exceptions import DisallowedHost
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from hutong.core import statuses
from hutong.core.errors import Invalid, Malformed, Problem
from hutong.web.front import asproblem, faults
from hutong.web.front.policy import POLICY
from hutong.web.login import targets
from hutong.web.wording import telling

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""Of a file that is handed out to be kept: should a browser show it after all, nothing in it runs or loads."""

UNKEPT = (DataError, psycopg.DataError, ValueError, ArithmeticError)
"""What is raised where something that was typed cannot be read or kept, and no form had refused it before."""
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""What is raised where the database is away, by Django and by who shares its connection."""
NOT_ALLOWED = 405
NOT_KNOWN = 401
CHALLENGE = 'Form realm="hutong"'
"""What a 401 has to name (RFC 9110, 11.6.1). Who an officer is, is asked for by the form on the page."""
NOT_NOW = (429, 503)
"""Refused for now alone: until when, `Retry-After` says where that is known."""
Next = Callable[[HttpRequest], HttpResponse]


def headers(get_response: Next) -> Next:
    """Add the headers that keep a page from loading anything that is not ours (SX-11-a)."""

    def answer(request: HttpRequest) -> HttpResponse:
        waits = telling.waiting()
        response = get_response(request)
        handed_out = response.headers.get("Content-Disposition", "").startswith("attachment")
        response.headers["Content-Security-Policy"] = SANDBOX if handed_out else _policy(request, response)
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if request.is_secure():  # a cookie given by HTTPS is never sent back without it
            for cookie in response.cookies.values():
                cookie["secure"] = True
        if waits and response.status_code in NOT_NOW:
            response.headers["Retry-After"] = str(max(waits))
        if response.status_code == NOT_KNOWN:
            response.headers["WWW-Authenticate"] = asproblem.BEARER if asproblem.asked(request) else CHALLENGE
        if _somebody(request):
            response.headers["Cache-Control"] = "no-store"
        else:  # what anybody may read is asked for anew, unless it says for how long it stays
            response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return answer


def _policy(request: HttpRequest, response: HttpResponse) -> str:
    try:
        leaving = targets.leaving(request)
    except AWAY:
        leaving = ""
    return targets.policy(POLICY, response, leaving)


def _somebody(request: HttpRequest) -> bool:
    """Return whether somebody who came in reads the page; where that cannot be found out, as if it were so."""
    try:
        return getattr(request, "user", None) is not None and request.user.is_authenticated
    except AWAY:
        return True


class ValueUnusable(Invalid):
    """Something in what was sent cannot be read or kept (fault {number})."""


class NotDoneLikeThis(Malformed):
    """This address cannot be opened like this; what is done at it is done from the page of its matter."""


class Problems:
    """Shows an expected failure as a page in the reader's language."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != NOT_ALLOWED:
            return response
        said = telling.said(NotDoneLikeThis(), page=_name(request))
        told = telling_page(request, said, status=NOT_ALLOWED, kind=NotDoneLikeThis)
        told.headers["Allow"] = response.headers.get("Allow", "")
        return told

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a Problem, or of something typed that nobody can keep; a fault of ours goes on."""
        if isinstance(exception, Problem):
            return page(request, exception)
        if isinstance(exception, UNKEPT) and (request.method == "POST" or request.GET):
            return page(request, ValueUnusable(number=faults.note(request, exception)))
        return None


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the error page of a problem."""
    said = telling.said(problem, page=_name(request))
    return telling_page(request, said, status=statuses.of(problem), kind=type(problem))


def _name(request: HttpRequest) -> str:
    """Return the name of the address asked for; nothing where it leads nowhere."""
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def telling_page(
    request: HttpRequest, said: Mapping[str, object], *, status: int, kind: type[Problem] | None = None
) -> HttpResponse:
    """Return a page that tells a failure: where it happened, and the ways back; to a program a problem document."""
    if asproblem.asked(request):
        return asproblem.answer(said, status=status, kind=kind)
    address = request.get_full_path()
    came_from = request.META.get("HTTP_REFERER", "")
    try:
        safe = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    except DisallowedHost:
        safe = False
    back = came_from if safe and not came_from.endswith(address) else ""
    return render(request, "problem.html", {"problem": said, "address": address[:300], "back": back}, status=status)
