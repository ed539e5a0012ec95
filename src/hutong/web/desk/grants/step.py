"""A step about a grant on a page of its own: whom it reaches, in numbers, and the form that takes it."""

from collections.abc import Iterator

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from hutong.control.sharing import reading
from hutong.control.sharing.reading import GrantStepPage
from hutong.control.units.meanwhile import ChangedMeanwhile, DoneAlready, DoneMeanwhile, ShownStateMissing
from hutong.core import statuses
from hutong.plane.suspensions import Suspendable
from hutong.web import clock, corrections
from hutong.web.desk import acts, outcome
from hutong.web.desk.grants import steps
from hutong.web.desk.grants.steps import Asks, GrantStep
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import filters, hit


@officers
def step(request: PageRequest, no: str, action: str) -> HttpResponse:
    """Show what a step about a grant would do; posted, take it. One that is not open leads to the grants."""
    actor, now, problem = request.actor, clock.now(), request.refused
    if request.method == "POST":
        try:
            steps.take(no, action, request.POST, actor=actor, now=now)
            told = steps.taken(no, action, request.POST, actor=actor, now=now)
            return outcome.done(request, steps.found_at(no), **told)
        except DoneAlready:
            return redirect(f"{steps.found_at(no)}&{acts.DONE}={acts.AGAIN}")
    page = reading.grant_step(no, actor=actor, now=now)
    form = request.POST if request.typed else QueryDict()
    asks = Asks(actor, page.details.offices[no], form)
    asked = _step(page, action, id=request.GET.get("id", "") or form.get("id", ""), asks=asks)
    if asked is None and problem is None:
        return redirect(steps.found_at(no))
    anew = isinstance(problem, DoneMeanwhile | ChangedMeanwhile | ShownStateMissing)
    shown = {
        "grant": page.grant,
        "step": asked,
        "at": page.at if anew or not request.typed else form.get(acts.AT, ""),
        "reached": list(_reached(page, action)) if asked else [],
        "back": steps.found_at(no),
    }
    page_of = corrections.refused(shown, problem, page="grants")
    return render(request, "desk/grant_step.html", page_of, status=statuses.of(problem) if problem else 200)


def _step(page: GrantStepPage, action: str, *, id: str, asks: Asks) -> GrantStep | None:
    """Return a step that is open to the reader; None where it is not."""
    stopped, service = page.details.suspensions[page.grant.no], page.details.services[page.grant.no]
    lifts = (each for one in stopped for each in steps.of_suspension(one, page.grant, asks=asks, service=service))
    found = [*steps.of_grant(page.grant, asks=asks, service=service), *lifts]
    return next((each for each in found if each.action == action and dict(each.sent).get("id", id) == id), None)


def _reached(page: GrantStepPage, action: str) -> Iterator[str]:
    """Yield whom a step reaches, in numbers: what is suspended is chosen on the page."""
    grant, words = page.grant, {
        Suspendable.GRANT: gettext("只停止这一项授权"), Suspendable.SYSTEM: gettext("停止应用系统“%(name)s”"),
        Suspendable.UNIT: gettext("停止使用单位“%(name)s”"),
    }  # fmt: skip
    names = {Suspendable.SYSTEM: grant.system, Suspendable.UNIT: grant.consumer}
    if action == "suspend":
        for kind, found in page.hits.items():
            yield hit.unserved(words[kind] % {"name": names.get(kind, "")}, found)
    if action in ("revoke", "relinquish"):
        yield from hit.ended_for(grant.consumer, grant.resource, page.hits[Suspendable.GRANT])
    if action == "relinquish":
        told = {"day": filters.day(grant.until_at), "system": grant.system, "provider": grant.provider}
        yield gettext("自提交时起生效，不等到原定的 %(day)s；“%(system)s”此后凭此授权的请求一律不予答复。") % told
        yield gettext("提供方“%(provider)s”和电子政务主管部门会从“消息”中得知，并看到您写的理由。") % told
