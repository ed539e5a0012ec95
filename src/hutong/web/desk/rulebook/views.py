"""The rulebook: the values in force, every version, the calendars beside it, and the form of the authority."""

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.rulebook import operations, reading
from hutong.control.rulebook.queries import NoSuchRulebookVersion
from hutong.control.rulebook.rules import RulebookChanged, RulebookChangedAlready
from hutong.core import defaults, statuses
from hutong.core.errors import Judging
from hutong.core.limits import Value
from hutong.web import clock, corrections
from hutong.web.desk import fields, outcome
from hutong.web.desk.rulebook import shown
from hutong.web.desk.rulebook.lists import VERSIONS
from hutong.web.forms import Field
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import limits
from hutong.web.wording.filters import day

NEWEST = 3
"""How many of the versions stand beside the values, the last made first."""


@officers
def listed(request: PageRequest) -> HttpResponse:
    """Show the values in force in a region, the versions, and the years whose calendar is known."""
    region = request.GET.get("region", "").strip()
    today = clock.today()
    page = reading.page(region, day=today, actor=request.actor, known=clock.calendar(), newest=NEWEST)
    years, earlier = shown.years(page.years)
    told = {
        "version": shown.called(page.book.version),
        "region": region,
        "regions": page.regions,
        "tables": shown.values(page.book),
        "versions": shown.versions(page.newest, today=today),
        "years": years,
        "earlier": earlier,
        "may": page.may,
    }
    return render(request, "desk/rulebook/values.html", told)


@officers
def versions(request: PageRequest) -> HttpResponseBase:
    """Show a page of the versions, or hand out their file."""
    return pages.answer(VERSIONS, request, "desk/rulebook/versions.html")


@officers
def version(request: PageRequest, number: int) -> HttpResponse:
    """Show one version: what it changed and why, and every value as it was then."""
    found = reading.version(number)
    made = found.made
    told = {
        "made": made,
        "called": shown.called(number),
        "region": shown.region(made.region),
        "differences": shown.differences(found.differences),
        "tables": shown.values(found.book),
        "earlier": number - 1,
        "waits": made.from_date > clock.today(),
    }
    return render(request, "desk/rulebook/version.html", told)


_LOOKED_ANEW = (RulebookChanged, NoSuchRulebookVersion, fields.FieldUnreadable)
"""Refusals after which what is sent again is meant for the values that hold now."""


@officers
def change(request: PageRequest) -> HttpResponse:
    """Show the form of the authority; what is posted is made a version."""
    actor, problem = request.actor, request.refused
    form = request.POST if request.typed or request.method == "POST" else request.GET
    region = form.get("region", "").strip()
    if request.method == "POST":
        judging = Judging()
        from_date = fields.judged(judging, fields.day, form, "from_date", clock.today())
        fields.judge(form, judging)
        try:
            number = operations.change(
                _typed(form), seen=_seen(form), from_date=from_date, reason=form.get("reason", ""),
                actor=actor, now=clock.now(), region=region, judging=judging,
            )  # fmt: skip
        except RulebookChangedAlready as already:
            number = already.facts["version"]
        said = gettext("已制定 %(version)s，自 %(day)s 起施行；此前开始的期限仍按原版本计算。")
        told = {"version": shown.called(number), "day": day(from_date)}
        return outcome.led(request, reverse("rulebook-version", args=[number]), said=said % told)
    problem = shown.worded(problem) if problem else None
    page = reading.form(region, day=clock.today(), actor=actor)
    book, problem = page.book, page.refusal or problem
    page_shown = {
        "may": page.refusal is None,
        "region": region,
        "asked": Field(
            "region", gettext("行政区划代码"), region, form="asked", digits=True, longest=6, pattern="[0-9]{6}",
            hint=gettext("为某一区划另行规定的，先填写六位代码并显示其数值；适用于全部区划的，留空。"),
        ),
        "seen": form.get("seen", "") if request.typed and not isinstance(problem, _LOOKED_ANEW) else book.version,
        "groups": shown.fields(book, typed=request.POST),
        "from_date": Field(
            "from_date", gettext("施行日期"), form.get("from_date", f"{clock.today()}"), kind="date", required=True,
            hint=gettext("今天或以后的日期"),
        ),
        "reason": Field(
            "reason", gettext("理由"), form.get("reason", ""), kind="long", required=True,
            hint=gettext("依据的决定及文号"),
        ),
    }  # fmt: skip
    told = corrections.refused(page_shown, problem, page="rulebook")
    return render(request, "desk/rulebook/change.html", told, status=statuses.of(problem) if problem else 200)


def _typed(form: QueryDict) -> dict[str, Value]:
    return {name: limits.read(limit, form[name]) for name, limit in defaults.LIMITS.items() if name in form}


def _seen(form: QueryDict) -> int:
    """Return the version whose values the form had shown."""
    return 0 if form.get("seen") == "0" else fields.number(form, "seen")
