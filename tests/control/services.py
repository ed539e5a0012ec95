"""Identity services and bindings for tests: registered and confirmed without asking anybody."""

from acting import NOW, County

from hutong.control.signon import operations
from hutong.control.signon.models import IdentityService
from hutong.control.signon.rules import Described
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.plane.keys import Keyring

ISSUER = "https://id.county.example"
FACTS = {
    "name": "县统一身份认证", "code": "county", "issuer": ISSUER, "client_id": "hutong", "secret": "very-secret",
    "acr": "gold\nsilver",
}  # fmt: skip
DESCRIBED = Described(
    f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/keys", f"{ISSUER}/leave", "client_secret_basic", ("RS256",),
    '{"keys": []}',
)  # fmt: skip
STAFF = {"accounts": "system_admin", "guard": "security_admin", "second": "security_admin", "chief": "unit_admin"}


def staff(county: County, username: str) -> Actor:
    """Return an administrator of `STAFF`, added where there is none yet."""
    role = STAFF[username]
    if not members.User.objects.filter(username=username).exists():
        members.add_officer(
            username=username, password="correct horse 互通", name=username, unit=county.police, roles=[role], now=NOW,
            by="init",
        )  # fmt: skip
    return county.actor(username)


def proposed(county: County, keyring: Keyring, *, described: Described = DESCRIBED, **facts: str) -> int:
    """Return the number of a registration that waits to be confirmed."""
    told = {**FACTS, **facts}
    return operations.propose(told, described, keyring=keyring, actor=staff(county, "accounts"), now=NOW)


def in_force(county: County, keyring: Keyring, *, described: Described = DESCRIBED, **facts: str) -> IdentityService:
    """Return a registration in force."""
    number = proposed(county, keyring, described=described, **facts)
    operations.take(number, "confirm", reason="", keyring=keyring, actor=staff(county, "guard"), now=NOW)
    return IdentityService.objects.get(pk=number)


def handed(subject: str = "7001", *, issuer: str = ISSUER, called: str = "赵磊") -> str:
    """Return a code that somebody was shown who logged in there."""
    return operations.hand_out(issuer=issuer, subject=subject, called=called, now=NOW)


def bound(county: County, username: str = "editor", subject: str = "7001", *, issuer: str = ISSUER) -> None:
    """Bind an officer's account, as the unit's administrator does."""
    operations.bind(handed(subject, issuer=issuer), username=username, actor=staff(county, "chief"), now=NOW)
