"""A login that was begun at an identity service: kept in the browser alone, signed, for a few minutes.

Strangers leave nothing with us. The cookie says for which service it is, and only its browser may come back with it.
"""

import secrets
from dataclasses import asdict, dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from hutong.control.signon.models import IdentityService
from hutong.control.signon.rules import LoginNotBegun

COOKIE = "signon"
SALT = "signon"
KEPT_SECONDS = 600
"""How long somebody may take at the service."""


@dataclass(frozen=True, slots=True)
class Began:
    """What was asked of a service, and where the officer wanted to go."""

    service: int
    """The registration, by its number: one that took its place meanwhile is another."""
    state: str
    nonce: str
    verifier: str
    wanted: str
    language: str


def new(service: IdentityService, *, wanted: str, language: str) -> Began:
    """Return a login that begins now."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Began(service.pk, state=state, nonce=nonce, verifier=verifier, wanted=wanted, language=language)


def remember(response: HttpResponse, began: Began) -> HttpResponse:
    """Give the browser what it comes back with, and return the response with it."""
    value = signing.dumps(asdict(began), salt=SALT, compress=True)
    response.set_cookie(COOKIE, value, max_age=KEPT_SECONDS, httponly=True, samesite="Lax")
    return response


def forget(response: HttpResponse) -> HttpResponse:
    """Take that back, and return the response without it."""
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def kept(request: HttpRequest) -> Began | None:
    """Return what the browser has; None where it has nothing that is ours, or had it for too long."""
    try:
        return Began(**signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_SECONDS))
    except (signing.BadSignature, TypeError):
        return None


def come_back(began: Began | None, *, state: str) -> Began:
    """Return the login that somebody comes back with, which is the one that began here; raises LoginNotBegun."""
    if began is None or not constant_time_compare(began.state, state):
        raise LoginNotBegun
    return began
