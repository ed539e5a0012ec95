"""Enrolment on a page: the form, what a file would do with every fault in it, and what was done."""

from functools import partial

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.enrolment import desk, file
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections, plane
from hutong.web.desk import carried
from hutong.web.desk.acts import opened
from hutong.web.desk.carried import CONFIRMED, CONTENT, FILE
from hutong.web.desk.enrolment import shown
from hutong.web.forms import Field
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest
from hutong.web.wording import telling

NAME = "name"
"""The field in which the next form carries the name of the file."""


@partial(officers, forms=Rules(never=(CONTENT,)))
def enrolment(request: PageRequest) -> HttpResponse:
    """Show the form; a posted file is shown with what it would do and all that is wrong with it, then carried out."""
    actor, problem = request.actor, request.refused
    if request.method == "POST" and CONFIRMED in request.POST:
        return _carry_out(request)
    if request.method == "POST":
        judging = Judging()
        content = carried.sent(request, most=desk.MOST, judging=judging)
        judging.end()
        name = request.FILES[FILE].name or "enrolment.toml"
        with judging.of(FILE):
            found = desk.look(content, name=name, actor=actor, keyring=plane.keyring(), now=clock.now())
        judging.end()
        page = {
            "name": name,
            "faults": shown.faults(found.faults) if found.faults else None,
            "many": len(found.faults),
            "outcomes": shown.outcomes(found.outcomes, done=False),
            "changes": sum(each.what != "same" for each in found.outcomes),
            "content": carried.along(content),
            "at": opened(QueryDict()),
            "problem": None,
        }
        return render(request, "desk/enrolment/look.html", page, status=422 if found.faults else 200)
    page = {"may": desk.may(actor), "field": _field()}
    told = corrections.refused(page, problem, page="enrolment")
    return render(request, "desk/enrolment/form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def example(request: PageRequest) -> HttpResponse:
    """Hand out a commented file that can be enrolled as it stands."""
    answer = HttpResponse(file.example(), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="county.toml"'
    return answer


def _carry_out(request: PageRequest) -> HttpResponse:
    """Carry out what was confirmed; the passwords that were made are shown this once."""
    judging = Judging()
    content = carried.back(request.POST, judging)
    judging.end()
    with judging.of(FILE):
        done = desk.carry_out(
            content, name=request.POST.get(NAME, ""), actor=request.actor, keyring=plane.keyring(), now=clock.now()
        )
    judging.end()
    page = {
        "outcomes": shown.outcomes(done.outcomes, done=True),
        "passwords": any(each.password for each in done.outcomes),
        "refused": telling.said(done.refused) if done.refused else None,
        "problem": None,
    }
    return render(request, "desk/enrolment/done.html", page)


def _field() -> Field:
    hint = gettext("TOML 文件（UTF-8），各字段见样例；已有的照文件变更，没有列出的不变。")
    return Field(FILE, gettext("登记文件"), kind="file", required=True, files=".toml", hint=hint)
