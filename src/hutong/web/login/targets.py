"""Where a form of ours may lead on to: nowhere else, but to an identity service where one is configured.

A browser holds to it what a form leads on to, as well (Content Security Policy 3, form-action).
"""

from django.http import HttpRequest, HttpResponse

from hutong.web.login import sessions

OURS = "form-action 'self'"
_ALLOWED = "form_targets"


def allow(response: HttpResponse, *origins: str) -> HttpResponse:
    """Let the forms of a page lead on to these origins, and return the page."""
    setattr(response, _ALLOWED, origins)
    return response


def leaving(request: HttpRequest) -> str:
    """Return the origin to which the reader of a page is led who leaves; empty where they came by no service."""
    session = getattr(request, "session", None)
    return sessions.service(request).origin if session is not None and session.accessed else ""


def policy(policy: str, response: HttpResponse, leaving: str) -> str:
    """Return the policy of a page: its forms lead to us, to what it allows, and to where its reader leaves."""
    found = filter(None, (*getattr(response, _ALLOWED, ()), leaving))
    return policy.replace(OURS, " ".join((OURS, *dict.fromkeys(found))))
