"""The second factor: asked for at the login, set, renewed and removed under an officer's account."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from functools import partial

import qrcode
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from qrcode.image.svg import SvgPathImage

from hutong.control.units import factors, logins
from hutong.core import statuses, totp
from hutong.core.errors import Gone, Problem
from hutong.web import clock, corrections, plane
from hutong.web.forms import Field
from hutong.web.login import devices, sessions
from hutong.web.login.entrance import check_filled, come_in, officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest

OFFER_SECONDS = 3600
"""How long the page with a new secret may stay open."""


class OfferExpired(Gone):
    """The key on the page has expired."""


@sensitive_post_parameters("code")
def login(request: HttpRequest) -> HttpResponse:
    """Ask who gave the right password for a code; with it, go on to where the officer wanted."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    user = sessions.halfway(request)
    if user is None:
        return redirect(f"{reverse('login')}?{urlencode({'next': sessions.onward(wanted)})}")
    shown: dict[str, object] = {"next": wanted, "fields": [_code(focus=True)]}
    if request.method != "POST":
        return render(request, "login_code.html", shown)
    by = sessions.halfway_by(request)
    try:
        factor = factors.enter(_shown(request, user.get_username()), after=by.method or "password")
    except Problem as problem:
        told = corrections.refused(shown, problem, page="login_code")
        return render(request, "login_code.html", told, status=statuses.of(problem))
    return come_in(request, user, factor=factor, wanted=wanted, note=by)


@partial(officers, without_factor=True, forms=Rules(keeps=False))
@sensitive_post_parameters("present", "code", "offer")
def manage(request: PageRequest) -> HttpResponse:
    """Show an officer their second factor or offer one; set it, renew its recovery codes or remove it."""
    username = request.actor.officer
    if request.method == "POST":
        return _act(request, username)
    problem = request.refused
    entrant = logins.entrant(username, now=clock.now(), factor_roles=settings.FACTOR_ROLES)
    factor = entrant.factor
    shown: dict[str, object] = {"factor": factor}
    shown["fields"] = _asked() if factor is None else [_code()]
    if factor is None:
        secret = _offered(request, username, problem)
        shown["secret"], shown["offer"] = totp.written(secret), _sign(secret, username)
        shown["picture"] = _picture(secret, username)
        shown["required"] = entrant.must_set_factor
    told = corrections.refused(shown, problem, page="second_factor")
    return render(request, "second_factor.html", told, status=statuses.of(problem) if problem else 200)


def _code(*, focus: bool = False) -> Field:
    return Field("code", gettext("动态口令或恢复码"), completed="one-time-code", required=True, focus=focus)


def _asked() -> list[Field]:
    return [
        Field("present", gettext("当前密码"), kind="password", completed="current-password", required=True),
        Field("code", gettext("动态口令"), completed="one-time-code", digits=True, required=True),
    ]


def _act(request: PageRequest, username: str) -> HttpResponse:
    """Carry out what the form asks; new recovery codes are shown at once, for they are nowhere else."""
    return ACTS.get(request.POST.get("action", ""), _put)(request, _shown(request, username))


def _put(request: HttpRequest, shown: factors.ShownCode) -> HttpResponse:
    check_filled(request.POST, "present", "code")
    secret = _read(request.POST.get("offer", ""), shown.username)
    codes = factors.put(shown, present=request.POST.get("present", ""), secret=secret)
    sessions.keep(request, shown.now)
    return _once(request, codes)


def _renew(request: HttpRequest, shown: factors.ShownCode) -> HttpResponse:
    return _once(request, factors.renew_recovery(shown))


def _remove(request: HttpRequest, shown: factors.ShownCode) -> HttpResponse:
    factors.remove(shown)
    sessions.keep(request, None)
    return redirect("second_factor")


ACTS: Mapping[str, Callable[[HttpRequest, factors.ShownCode], HttpResponse]] = {"renew": _renew, "remove": _remove}
"""What the form asks for as `action` → what is done; anything else sets the factor that was offered."""


def _shown(request: HttpRequest, username: str) -> factors.ShownCode:
    return factors.ShownCode(
        username=username,
        code=request.POST.get("code", ""),
        source=sessions.source(request),
        device=devices.known(request, username),
        keyring=plane.keyring(),
        at=clock.real(),
        now=clock.now(),
    )


def _once(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "recovery_codes.html", {"codes": "\n".join(codes)})


def _offered(request: PageRequest, username: str, problem: Problem | None) -> bytes:
    """Return the secret that the app has read already, where a refusal shows the form again; else a new one."""
    if problem is None or isinstance(problem, OfferExpired) or "offer" not in request.POST:
        return totp.new_secret()
    return _read(request.POST["offer"], username)


def _sign(secret: bytes, username: str) -> str:
    return signing.dumps(b64encode(secret).decode(), salt=f"second-factor/{username}")


def _read(offer: str, username: str) -> bytes:
    """Return the secret that we offered to this officer; raises OfferExpired."""
    try:
        return b64decode(signing.loads(offer, salt=f"second-factor/{username}", max_age=OFFER_SECONDS))
    except signing.BadSignature:
        raise OfferExpired from None


def _picture(secret: bytes, username: str) -> str:
    """Return the QR code that an app reads, as the address of an image."""
    address = totp.address(secret, account=username, issuer=f"{settings.COUNTY}{settings.PLATFORM.zh}")
    drawn = qrcode.make(address, image_factory=SvgPathImage, error_correction=qrcode.ERROR_CORRECT_L).to_string()
    return f"data:image/svg+xml;base64,{b64encode(drawn).decode()}"
