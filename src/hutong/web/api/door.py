"""Who a program acts for: its token, before any view sees the request, and every answer as JSON."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from hutong.control import recording
from hutong.control.units import tokens
from hutong.control.units.rules import Actor
from hutong.control.units.tokens import Program
from hutong.web import clock
from hutong.web.front.errors import PageNotFound
from hutong.web.login import sessions


class ProgramRequest(HttpRequest):
    """A request of a program, and for whom it acts: `programs` sets both before a view sees it."""

    actor: Actor
    program: Program


View = Callable[Concatenate[ProgramRequest, ...], Mapping[str, Any]]
"""Answers a program: returns what the body says."""
Answer = Callable[..., HttpResponse]


def programs(view: View) -> Answer:
    """Let only programs in that bring a token; a cookie counts for nothing here, so no form of another site acts.

    What the view does is done under the token (`recording.under`). What refuses is told by the middleware, as on pages.
    """

    @csrf_exempt
    @wraps(view)
    def inside(request: HttpRequest, **parts: object) -> HttpResponse:
        theirs = cast(ProgramRequest, request)
        theirs.program = tokens.known(shown(request), source=sessions.source(request), now=clock.now())
        theirs.actor = theirs.program.actor
        with recording.under(theirs.program.bearer):
            return answer(view(theirs, **parts))

    return inside


def answer(body: Mapping[str, Any]) -> JsonResponse:
    """Return a body as JSON that nobody keeps on its way."""
    response = JsonResponse(dict(body), json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-store"
    return response


@csrf_exempt
def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Refuse an address that leads nowhere; raises PageNotFound."""
    raise PageNotFound


def shown(request: HttpRequest) -> str:
    """Return the token a request brings (RFC 6750, 2.1), empty where it brings none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip()[:200] if scheme.lower() == "bearer" else ""
