"""Devices on which an account was used: their cookie lets its holder try, whatever others guess (SX-11-a)."""

import secrets
from hashlib import sha256

from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "device"
KEPT_SECONDS = 180 * 24 * 3600


def known(request: HttpRequest, username: str) -> str:
    """Return the device that a request comes from, where this account was used on it; empty where it was not."""
    try:
        told = signing.loads(request.COOKIES.get(_name(username), ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return ""
    return str(told["device"]) if isinstance(told, dict) and told.get("account") == username else ""


def remember(request: HttpRequest, response: HttpResponse, username: str) -> HttpResponse:
    """Give the browser in which an account came in the cookie that says so, and return the response with it."""
    device = known(request, username) or secrets.token_hex(16)
    value = signing.dumps({"account": username, "device": device}, salt=SALT)
    response.set_cookie(_name(username), value, max_age=KEPT_SECONDS, httponly=True, samesite="Lax")
    return response


def _name(username: str) -> str:
    """Return what the cookie is called: one for each account, of those who share a device."""
    return f"device-{sha256(username.encode()).hexdigest()[:12]}"
