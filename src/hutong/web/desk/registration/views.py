"""Registrations: the list, and one as a case."""

from functools import partial

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.registration import pages as registrations
from hutong.control.registration import people
from hutong.control.registration.lifecycle import RENEWAL
from hutong.core import statuses
from hutong.web import clock, corrections, plane
from hutong.web.desk import acts, cases, unfinished
from hutong.web.desk.registration import form, rules_shown, shown
from hutong.web.desk.registration.kind import KIND
from hutong.web.desk.registration.lists import REGISTRATIONS
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest
from hutong.web.wording import labels
from hutong.web.wording.names import named


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the registrations the officer may read, or hand out their file."""
    offered = registrations.of_list(request.actor)
    more = {"applies": offered.applies, "releases": offered.releases}
    return pages.answer(REGISTRATIONS, request, "desk/registrations.html", more=lambda _: more)


@partial(officers, forms=Rules(keeps=False))
def number(request: PageRequest, no: str) -> HttpResponse:
    """Show a number of a person whole, once it is entered that the officer sees it; otherwise lead to the page."""
    if request.refused is not None:
        raise request.refused
    if request.method != "POST":
        return redirect("registration", no)
    fact = request.POST.get("seen_fact", "")
    whole = people.see(no, fact, actor=request.actor, now=clock.now(), keyring=plane.keyring())
    page = {"no": no, "label": labels.label(fact, page=shown.PAGE), "whole": whole}
    return render(request, "desk/registration_number.html", page)


@officers
def detail(request: PageRequest, no: str) -> HttpResponse:
    """Show one registration, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, KIND, no)
    page = registrations.of_registration(no, actor=actor)
    found, typed = page.registration, acts.typed(request)
    case = cases.show(KIND, found, actor=actor, now=clock.now(), typed=typed, done=acts.done(request))
    half = unfinished.half(found, life=KIND.procedure.life, editable=page.editable)
    lacking, kept = form.lacks(found) if half else (None, {})
    told = {
        "case": case,
        "unfinished": half,
        "missing": unfinished.missing(lacking, page=shown.PAGE, form=reverse("registration-edit", args=[no])),
        "no": no,
        "kind": named(found.kind, "registration_kind"),
        "facts": unfinished.facts(kept) if kept else shown.facts(found, rules_by=page.rules_by_name),
        "numbers": shown.numbers(found.kind, page.numbers),
        "whole": [(name, labels.label(name, page=shown.PAGE)) for name in page.whole],
        "rules": rules_shown.shown(page.rules) if page.rules and case.moves else None,
        "papers_missing": page.papers_missing,
        "renewals": [(each.no, RENEWAL.states[each.state].name) for each in page.renewals],
        "renews": page.renews,
        "change": reverse("registration-edit", args=[no]) if page.editable else "",
        "change_words": gettext("修改登记内容"),
        "anew": acts.anew("registration-new", found.kind, again=no) if page.again else "",
    }
    page_told = corrections.refused(told, problem, page=shown.PAGE, form=acts.form_of(request))
    return render(request, "desk/registration.html", page_told, status=statuses.of(problem) if problem else 200)
