"""Personal tokens: the list, the form that makes one and shows it once, and one token with what ends it."""

from functools import partial

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from hutong.control.units import factors, token_list, tokens
from hutong.control.units.tokens import TokenFacts
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections, plane
from hutong.web.desk import acts, fields, outcome
from hutong.web.desk.rooms import ROOMS
from hutong.web.desk.tokens import shown
from hutong.web.desk.tokens.lists import TOKENS
from hutong.web.forms import Field
from hutong.web.lists import pages
from hutong.web.login import devices, sessions
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest

SCOPED = tuple(room for room in ROOMS if room.kinds)
"""The rooms in which a token may read or act: those with cases."""


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the officer's tokens and of those the officer administers, or hand out their file."""
    return pages.answer(TOKENS, request, "desk/tokens/list.html")


@partial(officers, forms=Rules(keeps=False))
@sensitive_post_parameters("present", "code")
def new(request: PageRequest) -> HttpResponse:
    """Show the form of a new token; posted, make it and show it this once."""
    problem = request.refused
    if request.method == "POST":
        judging = Judging()
        made = tokens.make(
            _read(request.POST, judging), rooms={room.start for room in SCOPED}, actor=request.actor,
            present=request.POST.get("present", ""), shown=_shown(request), judging=judging,
        )  # fmt: skip
        return render(request, "desk/tokens/made.html", {"made": made, "host": request.get_host()})
    form = token_list.new_form(actor=request.actor, now=clock.now())
    page = {
        "at": acts.opened(request.POST),
        "factor": form.factor,
        "fields": shown.fields(form, request.POST.dict() if request.typed else {}, rooms=SCOPED),
    }
    places = {"scope": f"{shown.SCOPE}{SCOPED[0].start}"}
    told = corrections.refused(page, problem, page=shown.PAGE, places=places)
    return render(request, "desk/tokens/form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def token(request: PageRequest, number: str) -> HttpResponse:
    """Show one token; posted, end it."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        judging = Judging()
        fields.judge(request.POST, judging)
        judging.end()
        reason = request.POST.get("reason", "").strip()
        name = tokens.end(number, actor=actor, reason=reason, now=clock.now())
        return outcome.done(request, reverse("token", args=[number]), what=gettext("终止个人令牌"), about=name)
    found = token_list.token(number, actor=actor, now=clock.now())
    typed = request.POST.get("reason", "") if request.typed else ""
    page = {
        "token": found,
        "at": acts.opened(request.POST),
        "state": shown.state(found.state),
        "tone": shown.STATES[found.state][1],
        "facts": list(shown.facts(found, ROOMS)),
        "field": Field("reason", gettext("理由"), typed, "long"),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/tokens/token.html", told, status=statuses.of(problem) if problem else 200)


def _read(form: QueryDict, judging: Judging) -> TokenFacts:
    """Return what was typed; what cannot be read is kept in `judging`."""
    scopes = {room.start: form.get(f"{shown.SCOPE}{room.start}", "") for room in SCOPED}
    name = fields.judged(judging, fields.said, form, "name", "")
    days = fields.judged(judging, fields.number, form, "days", 1)
    for needed in ("present", "code"):
        fields.judged(judging, fields.said, form, needed, "")
    fields.judge(form, judging)
    return TokenFacts(name, {room: may for room, may in scopes.items() if may}, days)


def _shown(request: PageRequest) -> factors.ShownCode:
    username = request.actor.officer
    return factors.ShownCode(
        username=username, code=request.POST.get("code", ""), source=sessions.source(request),
        device=devices.known(request, username), keyring=plane.keyring(), at=clock.real(), now=clock.now(),
    )  # fmt: skip
