"""Who comes in is asked once for a login whether they accept the rules of use that were released (P-24).

What was found stands in the session, so that no further page asks the database. A form is never stopped, nor a file.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from hutong.control.registration import accepting
from hutong.web import clock

OWED = "rules_owed"
"""Under which name the session keeps whether its officer has still to accept the rules."""
DESK = "/desk/"
FREE = frozenset({"rules-accept", "help", "help-page", "logout"})
"""Names of addresses that are shown before."""
Next = Callable[[HttpRequest], HttpResponse]


def asked(get_response: Next) -> Next:
    """Lead an officer who has to accept the rules to the page for it, before any other page of the desk."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and DESK in request.path_info and _owes(request) and _is_page(request):
            return redirect(f"{reverse('rules-accept')}?{urlencode({'next': request.get_full_path()})}")
        return get_response(request)

    return answer


def answered(request: HttpRequest) -> None:
    """Remember that the officer of this login accepted."""
    request.session[OWED] = False


def _is_page(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).url_name not in FREE
    except Resolver404:
        return False


def _owes(request: HttpRequest) -> bool:
    if not request.user.is_authenticated:
        return False
    if OWED not in request.session:
        request.session[OWED] = accepting.owes(request.user.get_username(), now=clock.now())
    return bool(request.session[OWED])
