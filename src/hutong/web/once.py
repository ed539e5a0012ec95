"""What was done, told once on the page that follows: kept in the session, never read from an address."""

from urllib.parse import unquote

from django.http import HttpRequest, HttpResponseRedirect

KEPT = "outcomes"
"""Where the session keeps what the next pages tell."""
MOST = 5
"""So many wait to be told at most, each on the page it belongs to; the oldest is forgotten."""


def led(request: HttpRequest, address: str, *, said: str, then: str = "", case: str = "") -> HttpResponseRedirect:
    """Return what leads to a page of the desk, and keep what was done for it: in words, and what happens next.

    Where the number of a `case` is given, the page also offers the next one that waits.
    """
    page = _page(address)
    others = [each for each in request.session.get(KEPT, []) if each["page"] != page]
    request.session[KEPT] = [*others, {"page": page, "said": said, "then": then, "case": case}][-MOST:]
    return HttpResponseRedirect(address)


def taken(request: HttpRequest) -> dict[str, str] | None:
    """Return what is to be told on this page, and forget it; None where nothing is."""
    kept = request.session.get(KEPT) or []
    here = next((each for each in kept if each["page"] == request.path), None)
    if here is None:
        return None
    request.session[KEPT] = [each for each in kept if each is not here]
    return {name: str(here[name]) for name in ("said", "then", "case")}


def _page(address: str) -> str:
    return unquote(address.partition("#")[0].partition("?")[0])
