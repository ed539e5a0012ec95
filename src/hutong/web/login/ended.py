"""Forms that come after their login has ended: kept for the officer of that login, and for nobody else.

Who that was, a signed cookie of the login says, and whether it ended a short while ago the platform knows. Whether the
form is one of ours, Django has seen before: the token in it belongs to the login, and changes with the next.
"""

from copy import copy
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.urls import reverse

from hutong.control.units import kept_forms
from hutong.control.units import sessions as standing
from hutong.core.errors import Problem
from hutong.web import clock
from hutong.web.login import devices, sessions
from hutong.web.login import kept_forms as forms
from hutong.web.login import kept_pages as pages
from hutong.web.login.kept_pages import Rules

COOKIE, SALT = "last-login", "last-login"
OVER, KEPT, LOST, KEPT_FILE, LOST_FILE = "over", "kept", "lost", "kept_file", "lost_file"
"""Why one logs in anew, in the address of the form for it: the login is over; and what became of a form."""
LONGEST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
EARLIER, MOST_EARLIER = "earlier", 3
"""Secrets of this browser's earlier forms of the same officer, as its session keeps them."""


class _Check(CsrfViewMiddleware):
    """Django's check of a form, which says no without a page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponseForbidden(reason)


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give the browser the cookie that says whose login it is, and return the response with it."""
    told = {"account": request.user.get_username(), "login": sessions.number(request)}
    kept = LONGEST + kept_forms.bounds(clock.now()).ended
    response.set_cookie(
        COOKIE, signing.dumps(told, salt=SALT), max_age=int(kept.total_seconds()), httponly=True, samesite="Lax"
    )
    return response


def led_to_login(request: HttpRequest, of: Rules, *, unread: bool = False) -> HttpResponse:
    """Return what leads to the form of the login, with a form that was posted kept for its officer.

    Of a form that is `unread` nothing is kept. Files never are: that one has to be chosen again is said.
    """
    officer, login = _last(request)
    token = ""
    if request.method == "POST" and not unread and of.keeps and officer:
        token = _kept(request, of, officer=officer, login=login)
    if request.method == "POST":
        file = request.content_type == "multipart/form-data" if unread else bool(request.FILES)
        why = (KEPT_FILE if token else LOST_FILE) if file else (KEPT if token else LOST)
        wanted = pages.address(request, of, token)
    else:
        why, wanted = OVER if officer else "", request.get_full_path()
    told = QueryDict(mutable=True)
    told.update({"next": sessions.onward(wanted), **({"why": why} if why else {})})
    return redirect(f"{reverse('login')}?{told.urlencode(safe='/')}")


def of_earlier_login(request: HttpRequest) -> HttpResponse | None:
    """Return what shows a form again that was made before the same officer logged in anew in the same browser.

    Nothing of it is carried out. None where the token in it is none that this officer's forms had here.
    """
    of = pages.rules(request)
    username = request.user.get_username()
    if of is None or not of.keeps or request.method != "POST" or not username or not _ours(request):
        return None
    token = _keep(request, of, officer=username, ended=clock.now())
    return pages.SeeOther(pages.address(request, of, token)) if token else None


def earlier(request: HttpRequest, username: str) -> list[str]:
    """Return the secrets of the forms that this officer was shown in this browser so far, the newest last."""
    officer, _ = _last(request)
    if officer != username:
        return []
    before = request.session.get(EARLIER, []) if request.user.get_username() == username else []
    now = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    return [*before, *([now] if now else [])][-MOST_EARLIER:]


def _last(request: HttpRequest) -> tuple[str, str]:
    """Return account and number of the browser's last login; nothing where it does not say."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
        return str(told["account"]), str(told["login"])
    except (signing.BadSignature, KeyError, TypeError):
        return "", ""


def _kept(request: HttpRequest, of: Rules, *, officer: str, login: str) -> str:
    now = clock.now()
    ended = standing.ended_at(login, username=officer, longest=LONGEST, now=now)
    return _keep(request, of, officer=officer, ended=ended) if ended else ""


def _keep(request: HttpRequest, of: Rules, *, officer: str, ended: datetime) -> str:
    """Keep a form for its officer on this device, and return its token; nothing where it is not kept."""
    now, device = clock.now(), devices.known(request, officer)
    until_at = ended + kept_forms.bounds(now).ended
    if until_at <= now or not device:
        return ""
    kept = forms.of(request, why=forms.ENDED, never=of.never, at=now, device=device)
    try:
        return forms.keep(kept, page=pages.page_of(request, of), officer=officer, until_at=until_at)
    except Problem:
        return ""


def _ours(request: HttpRequest) -> bool:
    """Whether a form has the token of an earlier login of this officer, and came from a page of ours."""
    return any(_fits(request, secret) for secret in request.session.get(EARLIER, []))


def _fits(request: HttpRequest, secret: str) -> bool:
    asked = copy(request)
    asked.META, asked.COOKIES = dict(request.META), {**request.COOKIES, settings.CSRF_COOKIE_NAME: secret}
    check = _Check(lambda _: HttpResponse())
    check.process_request(asked)
    return check.process_view(asked, lambda _: HttpResponse(), (), {}) is None
