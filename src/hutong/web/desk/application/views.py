"""Applications: the list, and one as a case."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from hutong.control.sharing import reading, rules
from hutong.core import statuses
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, unfinished
from hutong.web.desk.application import form, shown
from hutong.web.desk.application.filing_lists import FILINGS
from hutong.web.desk.application.kind import KIND
from hutong.web.desk.application.lists import APPLICATIONS
from hutong.web.desk.application.term_lists import TERMS
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the applications the officer may read, or hand out their file."""
    applies = rules.is_applicant(request.actor, consumer=request.actor.unit)
    return pages.answer(APPLICATIONS, request, "desk/applications.html", more=lambda _: {"applies": applies})


@officers
def terms(request: PageRequest) -> HttpResponseBase:
    """Show a page of the purposes and matters that forms offer, or hand out their file."""
    return pages.answer(TERMS, request, "desk/terms.html")


@officers
def filings(request: PageRequest) -> HttpResponseBase:
    """Show a page of the register of filings, as far as the officer may read it, or hand out its file."""
    return pages.answer(FILINGS, request, "desk/filings.html")


@officers
def detail(request: PageRequest, no: str) -> HttpResponse:
    """Show one application, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, KIND, no)
    found = reading.page(no, actor=actor)
    application, typed = found.application, acts.typed(request)
    names = {raw["code"]: raw["name"] for raw in application.entry.current.items}
    change = reverse("application-edit", args=[no]) if found.editable else ""
    half = unfinished.half(application, life=KIND.procedure.life, editable=found.editable)
    lacking, kept = form.lacks(application) if half else (None, {})
    page = {
        "case": cases.show(KIND, application, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "change": change,
        "again": f"{reverse('application-new', args=[application.entry.code])}?{urlencode({'again': no})}"
        if found.again and application.state != "TAKEN_BACK" else "",
        "change_words": gettext("修改申请"),
        "anew": acts.anew("application-new", application.entry.code, again=no)
        if found.again and application.state == "TAKEN_BACK" else "",
        "no": no,
        "unfinished": half,
        "missing": unfinished.missing(lacking, items=names, form=reverse("application-edit", args=[no])),
        "facts": unfinished.facts(kept) if kept else shown.facts(application, names, withdrawn=found.withdrawn),
        "ladder": shown.ladder(found.ladder),
        "findings": shown.findings(found.findings),
        "withdrawn": found.withdrawn,
        "begun": "" if kept else shown.begun(application),
        "filed": application.state == "FILED",
        "ended": found.ended,
    }
    told = corrections.refused(
        page, problem, items=names, form=acts.form_of(request), elsewhere=change or None
    )  # fmt: skip
    return render(request, "desk/application.html", told, status=statuses.of(problem) if problem else 200)
