"""What every answer tells a browser not to do."""

from collections.abc import Callable, MutableMapping

from django.http import HttpRequest, HttpResponse

CONTENT_POLICY = (
    "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class ContentPolicy:
    """Allow a page nothing that does not come from here, and no script at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        return response


def on_files(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """Add to the headers of a static file what pages have."""
    headers["Content-Security-Policy"] = CONTENT_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
