"""Identity services: the list, the form, and one registration with what is done about it."""

from functools import partial

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from hutong.control.signon import operations, queries, rules
from hutong.control.units.meanwhile import DoneAlready
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections, plane
from hutong.web.desk import fields, outcome
from hutong.web.desk.acts import AGAIN, AT, DONE, opened
from hutong.web.desk.signon import shown
from hutong.web.desk.signon.lists import SERVICES
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest
from hutong.web.signon import flow
from hutong.web.signon.views import address_back


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the registrations of identity services, or hand out their file; raises NotYourRole."""
    proposes = queries.may_propose(request.actor)
    return pages.answer(SERVICES, request, "desk/signon/services.html", more=lambda _: {"proposes": proposes})


@partial(officers, forms=Rules(never=("secret",)))
@sensitive_post_parameters("secret")
def new(request: PageRequest) -> HttpResponse:
    """Show the form of a registration; posted, ask the service what it says of itself, and register it."""
    problem = request.refused
    if request.method == "POST":
        facts = _read(request.POST)
        number = flow.register(facts, actor=request.actor, now=clock.now(), meant_for=request.POST.get(AT, ""))
        said = gettext("已登记认证服务%(name)s，待平台安全管理员核准。") % {"name": facts["name"]}
        return outcome.led(request, reverse("service", args=[number]), said=said)
    page = {
        "at": opened(request.POST),
        "may": queries.may_propose(request.actor),
        "back": address_back(request, "code"),
        "fields": shown.service_fields(request.POST.dict() if request.typed else {}),
    }
    told = corrections.refused(page, problem, page=shown.PAGE)
    return render(request, "desk/signon/service_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def service(request: PageRequest, number: int) -> HttpResponse:
    """Show a registration, and do what is posted about it."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return _take(request, number)
    found = queries.service(number, actor=actor, now=clock.now())
    typed = request.POST if request.typed else QueryDict()
    page = {
        "name": found.service.name,
        "state": shown.state(found.service.state),
        "tone": shown.TONES[found.service.state],
        "facts": list(shown.service_facts(found, back=address_back(request, found.service.code))),
        "forms": shown.service_forms(found, typed.dict()),
        "waits": found.service.state == "PROPOSED",
        "at": found.at,
        "again": request.GET.get(DONE) == AGAIN,
    }
    told = corrections.refused(page, problem, page=shown.PAGE, form=typed.get("act", ""))
    return render(request, "desk/signon/service.html", told, status=statuses.of(problem) if problem else 200)


def _take(request: PageRequest, number: int) -> HttpResponse:
    form, judging = request.POST, Judging()
    act, address = form.get("act", ""), reverse("service", args=[number])
    if act not in rules.TAKEN_IN:
        raise fields.unreadable("act", act)
    if act in rules.SAYING_WHY:
        fields.judged(judging, fields.said, form, "reason", "")
    fields.judge(form, judging)
    judging.end()
    try:
        about = operations.take(
            number, act, reason=form.get("reason", ""), keyring=plane.keyring(), actor=request.actor, now=clock.now(),
            meant_for=form.get(AT, ""),
        )  # fmt: skip
    except DoneAlready:
        return redirect(f"{address}?{DONE}={AGAIN}")
    return outcome.done(request, address, what=gettext(shown.ACTS[act][0]), about=about)


def _read(form: QueryDict) -> dict[str, str]:
    """Return what was typed of a registration; raises all that is wrong with it at once."""
    judging = Judging()
    facts = {name: form.get(name, "").strip() for name in rules.FACTS}
    fields.judge(form, judging)
    rules.check(facts, judging=judging)
    judging.end()
    return facts
