"""The addresses at which files are added to cases, taken away and handed out, whatever the kind of case."""

from functools import partial

from django.http import Http404, HttpResponse

from hutong.control.procedures import operations, since
from hutong.control.procedures.attachments import CaseReference, unchanging
from hutong.control.units.rules import Actor
from hutong.web import clock
from hutong.web.desk import acts, attaching, attachments
from hutong.web.desk.attachments import Allowed
from hutong.web.desk.room import CaseKind
from hutong.web.desk.rooms import KINDS
from hutong.web.front.admission import before_body
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest


def _taken(*, actor: Actor, lifecycle: str, number: str) -> None:
    """Refuse a file for a case that is not there, or to which the officer adds none; raises MayNotAttach."""
    if not _allowed(actor, _kind(lifecycle), number).may_add:
        raise attachments.MayNotAttach


@before_body(_taken)
@partial(officers, forms=Rules(page=lambda lifecycle, number: _kind(lifecycle).page(number)))
def posted(request: PageRequest, lifecycle: str, number: str) -> HttpResponse:
    """Add the file that was sent to a case, or take the one named away; meanwhile no step is taken with it."""
    kind = _kind(lifecycle)
    try:
        with unchanging(CaseReference(lifecycle, number)):
            allowed = _allowed(request.actor, kind, number)
            return attachments.posted(request, allowed, meant_for=request.POST.get(acts.AT, ""))
    except since.AlreadyDone:
        return acts.led_to(request, kind, number, done=acts.AGAIN)


@officers
def handed_out(request: PageRequest, lifecycle: str, number: str, attachment: str) -> HttpResponse:
    """Return a file of a case."""
    return attachments.handed_out(request, _allowed(request.actor, _kind(lifecycle), number), attachment)


def _kind(lifecycle: str) -> CaseKind:
    kind = KINDS.get(lifecycle)
    if kind is None:
        raise Http404
    return kind


def _allowed(actor: Actor, kind: CaseKind, number: str) -> Allowed:
    case = kind.find(number, actor=actor)
    steps = operations.open_to(kind.procedure, case, actor=actor, now=clock.now())
    return attaching.allowed(kind, case, actor=actor, steps=steps)
