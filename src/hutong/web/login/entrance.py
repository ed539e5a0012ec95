"""Coming in and leaving."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Concatenate, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hutong.control.units import logins, operations, queries
from hutong.control.units import sessions as standing
from hutong.core import statuses
from hutong.core.errors import Invalid, Judging, Problem, Refused
from hutong.web import clock, corrections
from hutong.web.forms import Field, FieldEmpty
from hutong.web.login import devices, sessions
from hutong.web.login.request import PageRequest
from hutong.web.wording import names, telling

View = Callable[Concatenate[PageRequest, ...], HttpResponse]
"""A page of the desk."""


class PasswordsDiffer(Invalid):
    """The new password was typed differently the second time."""


class AccountStopped(Refused):
    """Your account or your unit was stopped; you have been logged out."""


def officers(view: View, *, without_factor: bool = False, with_given_password: bool = False) -> View:
    """Let only officers in; `request.actor` is who they are.

    Who was stopped meanwhile is logged out and told so. Who must have a second factor and has none comes no further
    than where it is set, the view `without_factor`; whose password another made, no further than where it is changed,
    the view `with_given_password`.
    """

    @wraps(view)
    def inside(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(sessions.onward(request.get_full_path()))
        username, factor_roles = request.user.get_username(), settings.FACTOR_ROLES
        try:
            entrant = logins.entrant(username, now=clock.now(), factor_roles=factor_roles)
        except queries.NoSuchOfficer:
            auth.logout(request)
            told = urlencode({"stopped": 1, "next": sessions.onward(request.get_full_path())})
            return redirect(f"{reverse('login')}?{told}")
        if not sessions.still_valid(request, entrant.factor):
            auth.logout(request)
            return redirect_to_login(sessions.onward(request.get_full_path()))
        theirs = cast(PageRequest, request)
        theirs.actor = entrant.actor
        if sessions.must_change_password(request) and not with_given_password:
            told = urlencode({"next": sessions.onward(request.get_full_path())})
            return redirect(f"{reverse('new_password')}?{told}")
        if entrant.must_set_factor and not (without_factor or with_given_password):
            return redirect("second_factor")
        return view(theirs, *args, **kwargs)

    return inside


@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Show the form; with account and password right, go on to where the officer wanted, or first to the code."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if request.method != "POST":
        told = telling.said(AccountStopped()) if "stopped" in request.GET else None
        return render(request, "login.html", {"next": wanted, "fields": _who(), "problem": told})
    username = request.POST.get("username", "").strip()
    try:
        _check_filled(request.POST, "username", "password")
        entered = logins.enter(
            username=username,
            password=request.POST.get("password", ""),
            source=sessions.source(request),
            device=devices.known(request, username),
            now=clock.now(),
        )
    except Problem as problem:
        shown = corrections.refused({"next": wanted, "fields": _who(username)}, problem, page="login")
        return render(request, "login.html", shown, status=statuses.of(problem))
    if entered.halfway:
        sessions.begin(request, entered.user)
        return redirect(f"{reverse('login_code')}?{urlencode({'next': sessions.onward(wanted)})}")
    sessions.enter(request, entered.user, factor=None)
    return devices.remember(request, HttpResponseRedirect(sessions.onward(wanted)), username)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Leave."""
    sessions.leave(request)
    return redirect("home")


@officers
@sensitive_post_parameters("present", "password", "again")
def account(request: PageRequest) -> HttpResponse:
    """Show an officer what is registered of them and where they are logged in; another password, or one login less."""
    actor, problem = request.actor, None
    if request.method == "POST":
        try:
            if "end" in request.POST:
                standing.end(request.POST["end"], username=actor.officer, now=clock.now())
                return redirect("account")
            _change_password(request)
            return redirect(f"{reverse('account')}?changed")
        except Problem as raised:
            problem = raised
    shown = {
        "roles": [names.named(role, "role") for role in sorted(actor.roles)],
        "account": standing.account(actor.officer, now=clock.now(), own=sessions.number(request)),
        "fields": _passwords(),
        "changed": "changed" in request.GET and problem is None,
    }
    told = corrections.refused(shown, problem, page="account")
    return render(request, "account.html", told, status=statuses.of(problem) if problem else 200)


@partial(officers, with_given_password=True)
@sensitive_post_parameters("password", "again")
def new_password(request: PageRequest) -> HttpResponse:
    """Have an officer whose password another made choose one, and go on to where they wanted."""
    wanted, problem = request.POST.get("next") or request.GET.get("next") or "", None
    if not sessions.must_change_password(request):
        return redirect("account")
    if request.method == "POST":
        try:
            _choose_password(request)
            return HttpResponseRedirect(sessions.onward(wanted))
        except Problem as raised:
            problem = raised
    told = corrections.refused({"next": wanted, "fields": _passwords()[1:]}, problem, page="new_password")
    return render(request, "new_password.html", told, status=statuses.of(problem) if problem else 200)


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


def _check_filled(form: QueryDict, *names: str) -> None:
    """Refuse a form with nothing in one of these fields; raises FieldEmpty, or Faults of several."""
    judging = Judging()
    for name in names:
        if not form.get(name, ""):
            judging.add(FieldEmpty(field=name))
    judging.end()


def _change_password(request: PageRequest) -> None:
    _check_filled(request.POST, "present", "password", "again")
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
    _check_filled(request.POST, "password", "again")
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise PasswordsDiffer
    return password


def _go_on(request: PageRequest) -> None:
    """Let the session go on under the new password."""
    sessions.note_changed_password(request)
    request.user.refresh_from_db()
    auth.update_session_auth_hash(request, request.user)
