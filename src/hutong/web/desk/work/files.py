"""The addresses at which files are added to cases, taken away and handed out, whatever the kind of case."""

from django.http import Http404, HttpRequest, HttpResponse

from hutong.control.procedures import operations
from hutong.control.procedures.attachments import CaseReference, held_still
from hutong.web import clock
from hutong.web.desk import attaching, attachments
from hutong.web.desk.attachments import Allowed
from hutong.web.desk.rooms import KINDS
from hutong.web.login.entrance import officers


@officers
def posted(request: HttpRequest, lifecycle: str, number: str) -> HttpResponse:
    """Add the file that was sent to a case, or take the one named away; meanwhile no step is taken with it."""
    if lifecycle not in KINDS:
        raise Http404
    with held_still(CaseReference(lifecycle, number)):
        return attachments.posted(request, _allowed(request, lifecycle, number))


@officers
def handed_out(request: HttpRequest, lifecycle: str, number: str, attachment: str) -> HttpResponse:
    """Return a file of a case."""
    return attachments.handed_out(request, _allowed(request, lifecycle, number), attachment)


def _allowed(request: HttpRequest, lifecycle: str, number: str) -> Allowed:
    kind, actor = KINDS.get(lifecycle), request.actor  # type: ignore[attr-defined]
    if kind is None:
        raise Http404
    case = kind.find(number, actor=actor)
    steps = operations.open_to(kind.procedure, case, actor=actor, now=clock.now())
    return attaching.allowed(kind, case, actor=actor, steps=steps)
