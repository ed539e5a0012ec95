"""The one door of an examiner: the log, read only. Every other page of officers is refused unasked."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hutong.audit.events import RecordClass
from hutong.control.units import examining
from hutong.core.errors import Refused
from hutong.web.front import middleware

OWN = frozenset({"account", "new_password", "second_factor"})
"""Addresses at which an examiner looks after the own account."""
READ = frozenset({"records", "records_class", "record"})
"""Addresses that an examiner reads."""
READING = ("GET", "HEAD")
_EXAMINES = "examines"


class ExaminerReadsAlone(Refused):
    """An examiner's account reads the records of its scope; it does nothing, and reads no other page."""

    clause = "SX-11-a"


class Gate:
    """Refuses an examiner every page of officers but the log, and every act; asked once for each login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Return the refusal, or what leads an examiner from the desk to the log; None where the page is asked."""
        if getattr(view, "forms", None) is None or not request.user.is_authenticated:
            return None
        if not (classes := _examined(request)):
            return None
        match, reads = request.resolver_match, request.method in READING
        name = match.url_name if match else ""
        if reads and name == "desk":
            return redirect("records")
        if reads and name == "records" and RecordClass.USAGE not in classes:
            return redirect("records_class", classes[0])
        if name in OWN or (reads and name in READ):
            return None
        return middleware.page(request, ExaminerReadsAlone())


def _examined(request: HttpRequest) -> list[str]:
    """Return the classes of records that a login examines; none where it is no examiner's.

    Kept for the login: whoever becomes an examiner is logged out by that.
    """
    found = request.session.get(_EXAMINES)
    if found is None:
        found = examining.classes_of(request.user.get_username()) or []
        request.session[_EXAMINES] = found
    return list(found)
