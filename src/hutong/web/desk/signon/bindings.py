"""Bindings: the list, the form of an administrator, one binding, and those of the own account."""

from functools import partial

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from hutong.control.signon import operations, queries
from hutong.control.units.meanwhile import DoneAlready
from hutong.core import statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import fields, outcome
from hutong.web.desk.acts import AGAIN, AT, DONE, opened
from hutong.web.desk.signon import shown
from hutong.web.desk.signon.lists import BINDINGS
from hutong.web.lists import pages
from hutong.web.login import sessions
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the bindings of accounts the reader administers, or hand out their file; raises NotYourRole."""
    reader = queries.reader(request.actor)
    return pages.answer(BINDINGS, request, "desk/signon/bindings.html", more=lambda _: {"reader": reader})


@partial(officers, forms=Rules(never=("code",)))
def new(request: PageRequest) -> HttpResponse:
    """Show the form by which an administrator binds an account; posted, it is bound."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        judging, form = Judging(), request.POST
        username = fields.judged(judging, fields.said, form, "officer", "")
        code = fields.judged(judging, fields.said, form, "code", "")
        fields.judge(form, judging)
        operations.bind(
            code, username=username, actor=actor, now=clock.now(), judging=judging, meant_for=form.get(AT, "")
        )
        said = gettext("已将账号%(account)s与认证服务中的身份绑定。") % {"account": username}
        return outcome.led(request, reverse("bindings"), said=said)
    typed = request.POST.dict() if request.typed else {}
    form_of = queries.new_binding(actor)
    page = {
        "at": opened(request.POST), "may": form_of.may, "fields": shown.binding_fields(typed, form_of.officers)
    }  # fmt: skip
    told = corrections.refused(page, problem, page="bindings")
    return render(request, "desk/signon/binding_form.html", told, status=statuses.of(problem) if problem else 200)


@officers
def binding(request: PageRequest, number: int) -> HttpResponse:
    """Show a binding to who administers its account; posted, it ends."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return _unbind(request, number, reverse("binding", args=[number]))
    found = queries.binding(number, actor=actor, now=clock.now())
    typed = request.POST if request.typed else QueryDict()
    page = {
        "name": found.binding.officer.name,
        "facts": list(shown.binding_facts(found.binding)),
        "fields": [shown.ending(typed.dict())] if found.ends else [],
        "at": found.at,
        "again": request.GET.get(DONE) == AGAIN,
    }
    told = corrections.refused(page, problem, page="bindings")
    return render(request, "desk/signon/binding.html", told, status=statuses.of(problem) if problem else 200)


@partial(officers, forms=Rules(never=("code", "present")))
@sensitive_post_parameters("code", "present")
def own(request: PageRequest) -> HttpResponse:
    """Show an officer whom the own account is bound to; bind it by a code that was handed out, or end a binding."""
    actor, problem, address = request.actor, request.refused, reverse("own-bindings")
    if request.method == "POST":
        if "binding" in request.POST:
            return _unbind(request, fields.number(request.POST, "binding"), address)
        return _bind_own(request, address)
    typed = request.POST if request.typed else QueryDict()
    page = {
        "at": opened(request.POST),
        "bindings": [
            {"number": each.binding.pk, "facts": list(shown.binding_facts(each.binding)), "at": each.at,
             "field": shown.ending(typed.dict(), form=str(each.binding.pk))}
            for each in queries.own(actor, now=clock.now())
        ],
        "fields": shown.own_fields(),
        "again": request.GET.get(DONE) == AGAIN,
    }  # fmt: skip
    told = corrections.refused(page, problem, page="bindings", form=typed.get("binding", ""))
    return render(request, "desk/signon/own.html", told, status=statuses.of(problem) if problem else 200)


def _bind_own(request: PageRequest, address: str) -> HttpResponse:
    judging, form = Judging(), request.POST
    code = fields.judged(judging, fields.said, form, "code", "")
    present = fields.judged(judging, fields.said, form, "present", "")
    fields.judge(form, judging)
    judging.end()
    operations.bind_own(
        code, present=present, source=sessions.source(request), actor=request.actor, now=clock.now(),
        meant_for=form.get(AT, ""),
    )  # fmt: skip
    return outcome.led(request, address, said=gettext("已绑定：以后可以用认证服务登录。"))


def _unbind(request: PageRequest, number: int, address: str) -> HttpResponse:
    judging, form = Judging(), request.POST
    reason = fields.judged(judging, fields.said, form, "reason", "")
    fields.judge(form, judging)
    judging.end()
    try:
        operations.unbind(number, reason=reason, actor=request.actor, now=clock.now(), meant_for=form.get(AT, ""))
    except DoneAlready:
        return redirect(f"{address}?{DONE}={AGAIN}")
    return outcome.led(request, address, said=gettext("已解除绑定，不能再凭这一身份登录；密码登录不受影响。"))
