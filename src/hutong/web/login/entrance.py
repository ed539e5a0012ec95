"""Coming in and leaving."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial, wraps
from typing import Concatenate, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hutong.control.signon import queries as signon
from hutong.control.units import kept_forms, logins, operations, queries
from hutong.control.units import sessions as standing
from hutong.control.units.queries import Factor
from hutong.core import statuses
from hutong.core.errors import Invalid, Judging, Problem, Refused
from hutong.web import clock, corrections, once
from hutong.web.forms import Field, FieldEmpty
from hutong.web.login import devices, ended, kept_pages, sessions, targets
from hutong.web.login.kept_pages import OF_PAGE, Rules
from hutong.web.login.request import PageRequest
from hutong.web.login.sessions import ServiceNote
from hutong.web.wording import names, telling

View = Callable[Concatenate[PageRequest, ...], HttpResponse]
"""A page of the desk."""
WHY = {
    ended.OVER: "登录已结束。请重新登录，登录后回到刚才的页面。",
    ended.KEPT: "登录已结束，您刚才提交的内容没有办理，已加密保存，最长 %(hours)s 小时。"
    "只有您本人重新登录后可以看到，请核对后自行提交。",
    ended.LOST: "登录已结束，您刚才提交的内容没有办理，也没有保存下来。请重新登录后再填写。",
    ended.KEPT_FILE: "登录已结束，您刚才提交的内容没有办理。填写的内容已加密保存，最长 %(hours)s 小时，"
    "只有您本人重新登录后可以看到；文件没有保存。登录后请重新选择文件，核对后自行提交。",
    ended.LOST_FILE: "登录已结束，您刚才提交的内容没有办理，也没有保存下来。请重新登录后再填写，并重新选择文件。",
}
"""What the form of the login says of why one logs in anew."""


class PasswordsDiffer(Invalid):
    """The new password was typed differently the second time."""


class AccountStopped(Refused):
    """Your account or your unit was stopped; you have been logged out."""


def officers(
    view: View, *, without_factor: bool = False, with_given_password: bool = False, forms: Rules = OF_PAGE
) -> View:
    """Let only officers in; `request.actor` is who they are. What refuses a form leads to its page (`kept_pages`).

    Who was stopped meanwhile is logged out and told so. Who must have a second factor and has none comes no further
    than where it is set, the view `without_factor`; whose password another made, no further than where it is changed,
    the view `with_given_password`. `forms` is what is so of the forms of the view.
    """

    @wraps(view)
    def inside(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ended.led_to_login(request, forms)
        username, factor_roles = request.user.get_username(), settings.FACTOR_ROLES
        try:
            entrant = logins.entrant(username, now=clock.now(), factor_roles=factor_roles)
        except queries.NoSuchOfficer:
            auth.logout(request)
            told = urlencode({"stopped": 1, "next": sessions.onward(request.get_full_path())})
            return redirect(f"{reverse('login')}?{told}")
        if not sessions.still_valid(request, entrant.factor):
            auth.logout(request)
            return ended.led_to_login(request, forms)
        theirs = cast(PageRequest, request)
        theirs.actor = entrant.actor
        if sessions.must_change_password(request) and not with_given_password:
            told = urlencode({"next": sessions.onward(request.get_full_path())})
            return redirect(f"{reverse('new_password')}?{told}")
        vouched = sessions.service(request).two_factors
        if entrant.must_set_factor and not (vouched or without_factor or with_given_password):
            return redirect("second_factor")
        return kept_pages.answered(theirs, lambda: view(theirs, *args, **kwargs), forms)

    setattr(inside, "forms", forms)  # noqa: B010 - read by `kept_pages.rules`
    return cast(View, inside)


@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Show the form; with account and password right, go on to where the officer wanted, or first to the code."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if request.method != "POST":
        told = telling.said(AccountStopped()) if "stopped" in request.GET else None
        shown = {"next": wanted, "fields": _who(), "problem": told, "why": _why(request.GET.get("why", ""))}
        return _form(request, shown)
    username = request.POST.get("username", "").strip()
    try:
        check_filled(request.POST, "username", "password")
        entered = logins.enter(
            username=username,
            password=request.POST.get("password", ""),
            source=sessions.source(request),
            device=devices.known(request, username),
            now=clock.now(),
        )
    except Problem as problem:
        return refused(request, problem, wanted=wanted, username=username)
    if entered.halfway:
        sessions.begin(request, entered.user)
        return redirect(f"{reverse('login_code')}?{urlencode({'next': sessions.onward(wanted)})}")
    return come_in(request, entered.user, factor=None, wanted=wanted)


def refused(request: HttpRequest, problem: Problem, *, wanted: str, username: str = "") -> HttpResponse:
    """Show the form of the login to who was not let in, and why."""
    shown = corrections.refused({"next": wanted, "fields": _who(username)}, problem, page="login")
    return _form(request, shown, status=statuses.of(problem))


def _form(request: HttpRequest, shown: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """Return the form of the login, which leads to identity services, too, where any is in force."""
    services = signon.offered()
    response = render(request, "login.html", {**shown, "services": services}, status=status)
    return targets.allow(response, *(each.origin for each in services))


def come_in(
    request: HttpRequest, user: AbstractBaseUser, *, factor: Factor | None, wanted: str,
    note: ServiceNote | None = None,
) -> HttpResponse:  # fmt: skip
    """Let an officer in, and lead to where they wanted; their browser is given what says whose login it is.

    `note` says by which identity service they came, where they did.
    """
    username = user.get_username()
    before = ended.earlier(request, username)
    sessions.enter(request, user, factor=factor)
    sessions.note_service(request, note or ServiceNote())
    request.session[ended.EARLIER] = before
    response = devices.remember(request, HttpResponseRedirect(sessions.onward(wanted)), username)
    return ended.remember(request, response)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Leave, and lead to where one leaves the identity service by which one came, so that nobody comes in after."""
    ending = sessions.service(request).ending
    sessions.leave(request)
    return HttpResponseRedirect(ending) if ending else redirect("home")


@partial(officers, forms=Rules(never=("present", "password", "again")))
@sensitive_post_parameters("present", "password", "again")
def account(request: PageRequest) -> HttpResponse:
    """Show an officer what is registered of them and where they are logged in; another password, or one login less."""
    actor = request.actor
    if request.method == "POST":
        if "end" in request.POST:
            standing.end(request.POST["end"], username=actor.officer, now=clock.now())
            return redirect("account")
        _change_password(request)
        return redirect(f"{reverse('account')}?changed")
    problem = request.refused
    shown = {
        "roles": [names.named(role, "role") for role in sorted(actor.roles)],
        "account": standing.account(actor.officer, now=clock.now(), own=sessions.number(request)),
        "fields": _passwords(),
        "changed": "changed" in request.GET and problem is None,
    }
    told = corrections.refused(shown, problem, page="account")
    return render(request, "account.html", told, status=statuses.of(problem) if problem else 200)


@partial(officers, with_given_password=True, forms=Rules(never=("password", "again")))
@sensitive_post_parameters("password", "again")
def new_password(request: PageRequest) -> HttpResponse:
    """Have an officer whose password another made choose one, and go on to where they wanted."""
    wanted, problem = request.POST.get("next") or request.GET.get("next") or "", request.refused
    if not sessions.must_change_password(request):
        return redirect("account")
    if request.method == "POST":
        _choose_password(request)
        return once.led(request, sessions.onward(wanted), said=gettext("密码已修改，以后用新密码登录。"))
    told = corrections.refused({"next": wanted, "fields": _passwords()[1:]}, problem, page="new_password")
    return render(request, "new_password.html", told, status=statuses.of(problem) if problem else 200)


def _why(code: str) -> str:
    hours = kept_forms.bounds(clock.now()).ended.total_seconds() / 3600
    return gettext(WHY[code]) % {"hours": round(hours)} if code in WHY else ""


def _who(username: str = "") -> list[Field]:
    return [
        Field("username", gettext("账号"), username, completed="username", required=True, focus=True),
        Field("password", gettext("密码"), kind="password", completed="current-password", required=True),
    ]


def _passwords() -> list[Field]:
    new = Field("password", gettext("新密码"), kind="password", completed="new-password", shortest=10, required=True)
    return [
        Field("present", gettext("当前密码"), kind="password", completed="current-password", required=True),
        new,
        replace(new, name="again", label=gettext("再次输入新密码")),
    ]


def check_filled(form: QueryDict, *names: str) -> None:
    """Refuse a form with nothing in one of these fields; raises FieldEmpty, or Faults of several."""
    judging = Judging()
    for name in names:
        if not form.get(name, ""):
            judging.add(FieldEmpty(field=name))
    judging.end()


def _change_password(request: PageRequest) -> None:
    check_filled(request.POST, "present", "password", "again")
    operations.change_password(
        username=request.user.get_username(),
        present=request.POST.get("present", ""),
        password=_typed_twice(request),
        source=sessions.source(request),
        own_session=sessions.number(request),
        now=clock.now(),
    )
    _go_on(request)


def _choose_password(request: PageRequest) -> None:
    operations.choose_password(
        username=request.user.get_username(),
        password=_typed_twice(request),
        own_session=sessions.number(request),
        now=clock.now(),
    )
    _go_on(request)


def _typed_twice(request: PageRequest) -> str:
    check_filled(request.POST, "password", "again")
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise PasswordsDiffer
    return password


def _go_on(request: PageRequest) -> None:
    """Let the session go on under the new password."""
    sessions.note_changed_password(request)
    request.user.refresh_from_db()
    auth.update_session_auth_hash(request, request.user)
