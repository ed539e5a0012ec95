"""The language a reader gets: what they chose, else what their browser asks for; an address may name another."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, translate_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe

LANGUAGES = dict(settings.LANGUAGES)
_ENGLISH = re.compile(r"\ben\b", re.I)


@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """Lead to the first page in the reader's language."""
    answer = redirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(answer, ("Accept-Language", "Cookie"))
    return answer


@require_safe
def chosen(request: HttpRequest, language: str) -> HttpResponse:
    """Remember for a year which language a reader chose, and lead to the page they were at, in that language.

    Raises Http404 for any other language.
    """
    if language not in LANGUAGES:
        raise Http404
    wanted = request.GET.get("next", "")
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        wanted = "/"
    with override(language):
        there = reverse("home")
    led = translate_url(wanted, language)
    answer = redirect(led if led.startswith(there) else there)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE, httponly=True, samesite="Lax"
    )  # fmt: skip
    return answer


def switch(request: HttpRequest, language: str, *, there: str) -> str:
    """Return the address that leads to `there` in another language, and has that remembered."""
    return f"{reverse('language', args=[language])}?{urlencode({'next': there})}"


def would_read_english(request: HttpRequest) -> bool:
    """Return whether the browser would have English rather than Chinese, and its reader has chosen neither."""
    asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or not _ENGLISH.search(asked):
        return False
    return get_language_from_request(request) == "en"
