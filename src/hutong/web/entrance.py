"""Coming in and leaving."""

from collections.abc import Callable
from functools import wraps

from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hutong.control.orgs import operations, queries
from hutong.core.errors import Invalid, Problem, Unidentified
from hutong.web import clock, middleware, telling

View = Callable[..., HttpResponse]


class LoginRefused(Unidentified):
    """Account or password is wrong."""


class PasswordsDiffer(Invalid):
    """The new password was typed differently the second time."""


def officers(view: View) -> View:
    """Let only officers in; `request.actor` is who they are."""

    @wraps(view)
    def inside(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.actor = queries.actor(request.user.get_username())  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return inside


@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Show the form; with account and password right, go on to where the officer wanted."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if request.method != "POST":
        return render(request, "login.html", {"next": wanted})
    username = request.POST.get("username", "").strip()
    try:
        _enter(request, username=username, password=request.POST.get("password", ""))
    except Problem as problem:
        shown = {"next": wanted, "username": username, "problem": telling.said(problem)}
        return render(request, "login.html", shown, status=middleware.status(problem))
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if safe else "desk")


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Leave."""
    if request.user.is_authenticated:
        operations.note_logout(username=request.user.get_username(), org=None, now=clock.now())
    auth.logout(request)
    return redirect("home")


@officers
@sensitive_post_parameters("present", "password", "again")
def account(request: HttpRequest) -> HttpResponse:
    """Show an officer what is registered of them, and let them choose another password."""
    shown: dict[str, object] = {"roles": sorted(request.actor.roles)}  # type: ignore[attr-defined]
    if request.method != "POST":
        return render(request, "account.html", shown | {"changed": "changed" in request.GET})
    try:
        _change_password(request)
    except Problem as problem:
        shown["problem"] = telling.said(problem)
        return render(request, "account.html", shown, status=middleware.status(problem))
    return redirect(f"{reverse('account')}?changed")


def _change_password(request: HttpRequest) -> None:
    username, password = request.user.get_username(), request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise PasswordsDiffer
    operations.change_password(
        username=username,
        present=request.POST.get("present", ""),
        password=password,
        source=request.META.get("REMOTE_ADDR", ""),
        now=clock.now(),
    )
    request.user.refresh_from_db()
    auth.update_session_auth_hash(request, request.user)


def _enter(request: HttpRequest, *, username: str, password: str) -> None:
    source, now = request.META.get("REMOTE_ADDR", ""), clock.now()
    operations.claim_attempt(username=username, source=source, now=now)
    user = auth.authenticate(request, username=username, password=password)
    if user is None:
        operations.note_failure(username=username, source=source, reason="LOGIN_REFUSED", now=now)
        raise LoginRefused()
    try:
        actor = queries.actor(username)
    except queries.NoSuchOfficer:
        operations.note_failure(username=username, source=source, reason="NO_SUCH_OFFICER", now=now)
        raise
    operations.note_login(username=username, org=actor.org, source=source, now=now)
    auth.login(request, user)
