"""One way for every form of the desk: what is refused is answered by the address of a page that shows it again.

A view raises what refuses a form. Here the form is kept with it, and the browser is led (303) to the page where the
form stands, by GET: going back, reloading and a second tab show the same. The view then reads `request.refused`, and
finds in `request.POST` what was typed, as `request.typed` says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import resolve

from hutong.control.units import kept_forms
from hutong.core.errors import Problem
from hutong.web import clock
from hutong.web.login import devices
from hutong.web.login import kept_forms as forms
from hutong.web.login.failures import NotWritable
from hutong.web.login.request import PageRequest
from hutong.web.wording import telling

KEPT = "kept"
"""The parameter of an address that names what was kept for its page."""
UNTAKEN = "untaken"
"""What of a request says why its file was not read: its page refuses the form with it."""
_PASSING = (KEPT, "done", "file", "changed")
"""Parameters of an address that are not gone on with: what they say was of another moment."""


class SeeOther(HttpResponseRedirect):
    """Leads to a page that is read, whatever was sent (RFC 9110, 15.4.4)."""

    status_code = 303


@dataclass(frozen=True, slots=True)
class Rules:
    """What is so of the forms of a view: the address of the page they stand on, and what is kept of them."""

    page: Callable[..., str] | None = None
    """Returns the address where a form stands, from what stands in the view's; None where it is the same."""
    keeps: bool = True
    """Whether what was typed is kept; else a refused form is shown at once, and kept nowhere."""
    never: Sequence[str] = ()
    """Fields that are not kept."""


OF_PAGE = Rules()
"""Of a view whose forms stand on its own page."""


def rules(request: HttpRequest) -> Rules | None:
    """Return what is so of the forms of the view that a request is for; None where it is no page of an officer."""
    found: Rules | None = getattr(resolve(request.path_info).func, "forms", None)
    return found


def answered(request: PageRequest, view: Callable[[], HttpResponseBase], of: Rules) -> HttpResponseBase:
    """Return what a view answers; where it refuses a form, what leads to the page that shows it again."""
    request.refused, request.typed, request.kept = None, False, None
    if request.method != "POST":
        _take_up(request)
        return view()
    try:
        if (untaken := getattr(request, UNTAKEN, None)) is not None:
            raise untaken
        response = view()
    except Problem as problem:
        return _refused(request, view, of, problem)
    if (token := request.GET.get(KEPT)) and response.status_code < 400:
        kept_forms.forget(token, username=request.actor.officer)
    return response


def page_of(request: HttpRequest, of: Rules) -> str:
    """Return the path of the page on which the forms of a view stand, as the address of a request names it."""
    return of.page(**resolve(request.path_info).kwargs) if of.page else request.path


def address(request: HttpRequest, of: Rules = OF_PAGE, token: str = "") -> str:
    """Return the address of the page of a form, with what the address of the request narrows it by."""
    page, query = page_of(request, of), request.GET.copy()
    if page != request.path:
        query.clear()
    for name in _PASSING:
        query.pop(name, None)
    if token:
        query[KEPT] = token
    return f"{page}?{query.urlencode()}" if query else page


def _refused(
    request: PageRequest, view: Callable[[], HttpResponseBase], of: Rules, problem: Problem
) -> HttpResponseBase:
    now = clock.now()
    try:
        if not of.keeps:
            raise NotWritable
        kept = forms.of(request, why=forms.REFUSED, never=of.never, at=now, problem=problem)
        until_at = now + kept_forms.bounds(now).refused
        token = forms.keep(kept, page=page_of(request, of), officer=request.actor.officer, until_at=until_at)
    except (NotWritable, kept_forms.FormTooLarge):
        return _at_once(request, view, of, problem)
    telling.note(problem.code)
    return SeeOther(address(request, of, token))


def _at_once(
    request: PageRequest, view: Callable[[], HttpResponseBase], of: Rules, problem: Problem
) -> HttpResponseBase:
    """Return the page with what was typed as the answer to the form itself, where it is kept nowhere."""
    if of.page:
        raise problem
    request.method, request.refused, request.typed = "GET", problem, True
    return view()


def _take_up(request: PageRequest) -> None:
    """Find what was kept for the page that is asked for; what is there no more is told by the page."""
    if not (token := request.GET.get(KEPT)):
        return
    username, now = request.actor.officer, clock.now()
    try:
        kept = forms.read(
            token, page=request.path, officer=username, device=devices.known(request, username), now=now
        )
    except kept_forms.KeptFormGone:
        request.kept = "gone"
        return
    request.POST, request.refused, request.typed, request.kept = kept.form, kept.problem, True, kept
    if kept.problem:
        telling.told_before(kept.problem.code)


def handed_over(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of the desk says of a form that was kept for it."""
    kept = getattr(request, "kept", None)
    if kept == "gone":
        return {"kept_gone": True}
    return {"kept_form": kept} if isinstance(kept, forms.ShownAgain) else {}
