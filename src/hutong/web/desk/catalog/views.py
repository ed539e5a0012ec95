"""The catalogue: the list of entries, and one entry with its published version and its history."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog import reading, rules
from hutong.control.catalog.lifecycle import CHANGE
from hutong.control.units.meanwhile import DoneAlready
from hutong.core import statuses
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, outcome
from hutong.web.desk.catalog import change_lists, form, last_days
from hutong.web.desk.catalog import shown as facts
from hutong.web.desk.catalog.kind import ENTRY_KIND
from hutong.web.desk.catalog.lists import ENTRIES
from hutong.web.lists import pages
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures as wording

NEWEST = 5
"""How many of its changes stand on the page of an entry, the last begun first."""


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the entries the officer opens, or hand out their file."""
    edits = rules.is_editor(request.actor, provider=request.actor.unit)
    return pages.answer(ENTRIES, request, "desk/entries.html", more=lambda _: {"edits": edits})


@officers
def detail(request: PageRequest, code: str) -> HttpResponse:
    """Show one entry, and do what is posted."""
    actor, now, problem = request.actor, clock.now(), request.refused
    if request.method == "POST":
        try:
            if request.POST.get("act") == last_days.ACT:
                about = last_days.set_day(code, request.POST, actor=actor, now=now)
                said = {"what": gettext("确定旧版本的最后答复日"), "about": about}
                return outcome.done(request, request.get_full_path(), **said)
            return acts.posted(request, ENTRY_KIND, code)
        except DoneAlready:
            return acts.led_to(request, ENTRY_KIND, code, done=acts.AGAIN)
    page = reading.entry_page(code, actor=actor, now=now, newest=NEWEST)
    entry, under_way, formers = page.entry, page.under_way, page.formers
    shown = {
        "case": cases.show(
            ENTRY_KIND, entry, actor=actor, now=now, typed=acts.typed(request),
            done=acts.done(request),
        ),
        "name": entry.name,
        "code": code,
        "provider": entry.provider.name,
        "number": entry.current.number if entry.current else "",
        "under_way": under_way.no if under_way else "",
        "under_way_state": wording.state(CHANGE, under_way.state) if under_way else None,
        **(facts.page(entry.current) if entry.current else {}),
        "copy": form.copy_of(code) if page.may_copy else "",
        "begin": reverse("change-begin", args=[code]) if page.may_begin else "",
        "last_days": last_days.shown(formers, code=code, today=clock.today(), form=request.POST) if formers else None,
        "history": change_lists.table(page.changes, entry),
    }  # fmt: skip
    told = corrections.refused(shown, problem, form=acts.form_of(request))
    return render(request, "desk/entry.html", told, status=statuses.of(problem) if problem else 200)


@officers
def history(request: PageRequest, code: str) -> HttpResponseBase:
    """Show a page of the changes of an entry, or hand out their file; raises NoSuchEntry."""
    entry = reading.entry(code, actor=request.actor)
    told = {"name": entry.name, "code": code}
    return pages.answer(change_lists.of(entry), request, "desk/entry_history.html", more=lambda _: told)
