"""The style sheet of the pages: a file a component, sent as one.

A person reviews the files, a browser asks once. They are joined when the first page asks, and kept for the process.
"""

from functools import cache
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition

SHEETS = (
    "tokens", "elements", "frame", "card", "list", "badge", "case", "table", "chart", "button", "form", "print",
)  # fmt: skip
"""Files of `static/css` in the order in which they are sent: of two rules that weigh the same, the later one holds."""


@cache
def joined() -> bytes:
    """Return the whole style sheet."""
    folder = settings.STATIC_FOLDER / "css"
    return b"\n".join((folder / f"{name}.css").read_bytes() for name in SHEETS)


def _digest(request: HttpRequest) -> str:
    return f'"{sha256(joined()).hexdigest()[:32]}"'


@condition(etag_func=_digest)
def sheet(request: HttpRequest) -> HttpResponse:
    """Return the style sheet, or that it is the one the browser has."""
    return HttpResponse(joined(), content_type="text/css", headers={"Cache-Control": "public, max-age=3600"})
