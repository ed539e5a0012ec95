"""What an officer was refused is entered, whichever page or check refused it (SX-10-b, architecture 3.6)."""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import auth
from django.http import HttpRequest, HttpResponse

from hutong.control import recording
from hutong.messages import logger
from hutong.web import clock
from hutong.web.front import asproblem
from hutong.web.front.middleware import AWAY
from hutong.web.login.request import known
from hutong.web.wording import telling

Next = Callable[[HttpRequest], HttpResponse]
PLACE = 300
"""Letters of an address that are entered."""


def entered(get_response: Next) -> Next:
    """Enter each failure that a page tells an officer, in a transaction of its own, after what it ended is undone."""

    def answer(request: HttpRequest) -> HttpResponse:
        told = telling.listening()
        response = get_response(request)
        if told:
            _enter(request, told)
        return response

    return answer


def _enter(request: HttpRequest, told: list[str]) -> None:
    place = f"{request.method} {quote(request.path)}"[:PLACE]
    try:
        program = getattr(request, "program", None)
        if program is not None:  # which token it was stands with what it asked for
            whose, by = f"{place[: PLACE - 20]} · {program.bearer.token}", program.bearer
            recording.refused(told, place=whose, by=by.officer, unit=by.unit, now=clock.now())
            return
        username = "" if asproblem.asked(request) else auth.get_user(request).get_username()
        if not username:
            return
        actor = known(request)
        recording.refused(told, place=place, by=username, unit=actor.unit if actor else None, now=clock.now())
    except AWAY:  # the page says so already
        logger.warning("refusal.not_entered", codes=told)
