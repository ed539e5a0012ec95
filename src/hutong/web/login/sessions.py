"""What a session knows of a login: the officer whose password was right, and the second factor that was shown."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from hutong.control.units import logins
from hutong.control.units import sessions as standing
from hutong.control.units.queries import Factor, NoSuchOfficer
from hutong.web import clock

HALFWAY_SECONDS = 300
"""How long after the password the code may be shown."""
LONGEST_PATH = 1500
"""Letters, as they are sent, of a path that is gone on to; Django sends nobody to an address of more than 2048."""
_HALFWAY, _FACTOR, _NUMBER, _GIVEN, _SERVICE = "halfway", "factor", "number", "given", "service"


@dataclass(frozen=True, slots=True)
class ServiceNote:
    """By which identity service an officer came in; nothing of it where they came in by the password."""

    method: str = ""
    """As the entry of the login has it."""
    origin: str = ""
    """Scheme, host and port to which a form of ours may lead on: that of where one leaves the service, too."""
    ending: str = ""
    """The address at which one does; empty where the service has none."""
    two_factors: bool = False
    """Whether the service vouched for two factors, so that ours need not be set."""


def begin(request: HttpRequest, user: AbstractBaseUser, *, note: ServiceNote | None = None) -> None:
    """Remember that the password of `user`, or what a service said, was right, under a new key; they are not in yet."""
    request.session.cycle_key()
    until = clock.now().timestamp() + HALFWAY_SECONDS
    told = {"user": user.pk, "password": user.get_session_auth_hash(), "until": until}
    request.session[_HALFWAY] = {**told, "service": asdict(note or ServiceNote())}


def halfway_by(request: HttpRequest) -> ServiceNote:
    """Return by which service somebody is halfway in."""
    return ServiceNote(**(request.session.get(_HALFWAY) or {}).get("service", {}))


def note_service(request: HttpRequest, note: ServiceNote) -> None:
    """Remember by which service the officer of a session came in, where they did."""
    if note.method:
        request.session[_SERVICE] = asdict(note)


def service(request: HttpRequest) -> ServiceNote:
    """Return by which service the officer of a session came in."""
    return ServiceNote(**request.session.get(_SERVICE, {}))


def halfway(request: HttpRequest) -> AbstractBaseUser | None:
    """Return whose password was right a short while ago and is the same still."""
    told = request.session.get(_HALFWAY)
    if not told or clock.now().timestamp() > told["until"]:
        return None
    user = ModelBackend().get_user(told["user"])
    same = user is not None and constant_time_compare(told["password"], user.get_session_auth_hash())
    return user if same else None


def enter(request: HttpRequest, user: AbstractBaseUser, *, factor: Factor | None) -> None:
    """Let `user` in: the session is theirs from now on, under a new key; a login that stood in this browser ends."""
    leave(request)
    auth.login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    begun = standing.enter(
        username=user.get_username(),
        source=source(request),
        browser=request.META.get("HTTP_USER_AGENT", ""),
        now=clock.now(),
    )
    request.session[_NUMBER] = begun.number
    request.session[_GIVEN] = begun.given_password
    keep(request, factor.set_at if factor else None)


def leave(request: HttpRequest) -> None:
    """End the session, and enter that whose it was left."""
    if request.user.is_authenticated:
        username = request.user.get_username()
        logins.note_logout(username=username, unit=None, session=number(request), now=clock.now())
    auth.logout(request)


def keep(request: HttpRequest, set_at: datetime | None) -> None:
    """Remember under which second factor the session goes on, by the moment it was set; None without one."""
    request.session[_FACTOR] = _written(set_at)


def must_change_password(request: HttpRequest) -> bool:
    """Return whether the session's officer came in by a password that another made: one given later ends sessions."""
    return bool(request.session.get(_GIVEN))


def note_changed_password(request: HttpRequest) -> None:
    """Remember that the session's officer has a password of their own choice now."""
    request.session[_GIVEN] = False


def number(request: HttpRequest) -> str:
    """Return the number of the login that the session keeps; empty where it keeps none."""
    return str(request.session.get(_NUMBER, ""))


def source(request: HttpRequest) -> str:
    """Return the address of who asks."""
    return str(request.META.get("REMOTE_ADDR", ""))


def still_valid(request: HttpRequest, factor: Factor | None) -> bool:
    """Whether the session goes on: under the second factor its officer has now, and as long as its login stands."""
    same = request.session.get(_FACTOR) == _written(factor.set_at if factor else None)
    return same and standing.use(number(request), username=request.user.get_username(), now=clock.now())


def reader(request: HttpRequest) -> None:
    """Note who reads a public page, where an officer does: nobody who has a password or a factor to set first."""
    if not request.user.is_authenticated or must_change_password(request):
        return
    try:
        entrant = logins.entrant(request.user.get_username(), now=clock.now(), factor_roles=settings.FACTOR_ROLES)
    except NoSuchOfficer:
        return
    vouched = not entrant.must_set_factor or service(request).two_factors
    if still_valid(request, entrant.factor) and vouched:
        request.actor = entrant.actor


def onward(wanted: str) -> str:
    """Return the path to which who has come in goes: where they wanted to, if that is one of this host, else the desk.

    A path alone, from its first slash: no other host's address, no name, and none too long to be sent.
    """
    local = wanted.startswith("/") and len(quote(wanted)) <= LONGEST_PATH
    local = local and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if local else reverse("desk")


def _written(set_at: datetime | None) -> str | None:
    return set_at.astimezone(UTC).isoformat() if set_at else None
