"""Going to an identity service, and coming back from it."""

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from hutong.core.errors import Problem
from hutong.web.login import devices, entrance, sessions
from hutong.web.signon import began, flow


@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Lead a browser to an identity service, with what it needs to come back."""
    wanted = sessions.onward(request.POST.get("next", ""))
    try:
        login, address = flow.begin(
            code, back=address_back(request, code), wanted=wanted, language=translation.get_language() or "zh"
        )
    except Problem as problem:
        return entrance.refused(request, problem, wanted=wanted)
    return began.remember(HttpResponseRedirect(address), login)


@require_GET
def back(request: HttpRequest, code: str) -> HttpResponse:
    """Let in who comes back from an identity service, or lead on to the code of their second factor.

    Who is bound to no account is shown a code to hand in. The address is the same in every language: the page speaks
    the one in which the login was begun.
    """
    login = began.kept(request)
    if login is not None:
        translation.activate(login.language)
    wanted = login.wanted if login else ""
    try:
        came = flow.come_back(
            login, code, request.GET.dict(), back=address_back(request, code), source=sessions.source(request),
            device=partial(devices.known, request),
        )  # fmt: skip
    except Problem as problem:
        return began.forget(entrance.refused(request, problem, wanted=wanted))
    if came.login is None:
        page = render(request, "signon/unknown.html", {"came": came}, status=403)
        page.headers["Cache-Control"] = "no-store"
        return began.forget(page)
    if came.login.halfway:
        sessions.begin(request, came.login.user, note=came.note)
        return began.forget(redirect(f"{reverse('login_code')}?{urlencode({'next': wanted})}"))
    entered = entrance.come_in(request, came.login.user, factor=came.login.factor, wanted=wanted, note=came.note)
    return began.forget(entered)


def address_back(request: HttpRequest, code: str) -> str:
    """Return the address to which a service leads back: one for each service, so that no other can answer for it."""
    return request.build_absolute_uri(reverse("signon_back", args=[code]))
