"""What a registration of an identity service has to say, and who may do what about it and about bindings (SX-11-a)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from hutong.control.procedures.rules import NotYourRole
from hutong.control.units.rules import Actor
from hutong.core.blanks import is_blank
from hutong.core.errors import (
    Conflicting,
    Gone,
    Invalid,
    Judging,
    Missing,
    Refused,
    Unavailable,
    Unidentified,
)

DONE_BY: Mapping[str, tuple[str, ...]] = {
    "propose": ("system_admin",),
    "confirm": ("security_admin",),
    "refuse": ("security_admin",),
    "switch_off": ("security_admin", "system_admin"),
    "switch_on": ("security_admin",),
    "end": ("security_admin", "system_admin"),
    "bind": ("unit_admin", "system_admin"),
    "unbind": ("unit_admin", "system_admin"),
}
"""What is done about services and bindings → whose it is; a unit's administrator does it in the own unit alone."""
SEES_SERVICES = ("system_admin", "security_admin", "auditor")
SEES_BINDINGS = ("unit_admin", "system_admin", "security_admin", "auditor")

TAKEN_IN: Mapping[str, tuple[str, ...]] = {
    "confirm": ("PROPOSED",),
    "refuse": ("PROPOSED",),
    "switch_off": ("IN_FORCE",),
    "switch_on": ("OFF",),
    "end": ("IN_FORCE", "OFF"),
}
"""What is done about a registration → the states it is done in."""
LEADS_TO: Mapping[str, str] = {
    "confirm": "IN_FORCE", "refuse": "ENDED", "switch_off": "OFF", "switch_on": "IN_FORCE", "end": "ENDED",
}  # fmt: skip
SAYING_WHY = frozenset({"refuse", "switch_off", "end"})
"""What is done with a reason alone."""

FACTS = ("name", "code", "issuer", "client_id", "secret", "acr")
LONGEST = {"client_id": 200, "secret": 500}
MOST_ACR = 10
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""By which a token may be signed: the service alone can make what these verify. None and shared secrets are not."""


@dataclass(frozen=True, slots=True)
class Described:
    """What an identity service says of itself, as far as it is used here (OpenID Connect Discovery 1.0)."""

    login_address: str
    token_address: str
    keys_address: str
    leaving_address: str
    """Empty where it has none."""
    authentication: str
    algorithms: tuple[str, ...]
    keys: str
    """Its keys (RFC 7517), as they were read."""


class NoSuchService(Missing):
    """There is no registration {number} of an identity service that you may see."""


class ServiceOff(Refused):
    """This identity service is not in use here."""

    clause = "SX-11-a"


class IssuerUnfit(Invalid):
    """{value} is no issuer: https, a host and perhaps a path, without question mark, account or fragment."""


class ServiceCodeUnfit(Invalid):
    """{value} cannot stand in an address: two to thirty small letters, digits and hyphens, a letter first."""


class NotPrintable(Invalid):
    """{field} has 1 to {most} characters of ASCII that can be read, without blanks."""


class AcrUnfit(Invalid):
    """Up to {most} values of acr are listed, one a line, each of 1 to 200 characters without blanks; {value} is not."""


class ServiceFieldEmpty(Invalid):
    """{field} is not filled in."""


class ServiceTaken(Conflicting):
    """A registration of {issuer}, or one called {called}, is there already and waits or stands."""


class OwnProposal(Refused):
    """{officer} registered this identity service, and another confirms it."""

    clause = "SX-11-a"


class RegistrationElsewhere(Conflicting):
    """The registration is {service_state} by now; this is not done about it."""


class ReasonMissing(Invalid):
    """This is not done without a reason."""


class ServiceAway(Unavailable):
    """The identity service at {host} gave no answer that can be used: {service_fault}."""


class ServiceUnfit(Invalid):
    """What the identity service says of itself cannot be used: {service_fault}."""


class LoginNotBegun(Gone):
    """This login was not begun in this browser, or too long ago."""


class NotLetIn(Unidentified):
    """The identity service let nobody in: {service_fault}."""


class TokenUnfit(Unidentified):
    """What the identity service says of who logged in is not accepted: {service_fault}."""

    clause = "SX-11-a"


class NotBound(Unidentified):
    """Who logged in at the identity service is bound to no account here."""


class HandedCodeWrong(Invalid):
    """There is no such code, or it was used or is over."""


class BoundAlready(Conflicting):
    """Whom this code is about is bound to an account already."""


class OfficerBoundAlready(Conflicting):
    """{officer} is bound to somebody else at this identity service already."""


class NoSuchBinding(Missing):
    """There is no such binding that you may end."""


class CodesFull(Unavailable):
    """Too many codes wait to be handed in."""


def check(facts: Mapping[str, str], *, judging: Judging) -> None:
    """Judge what a registration says, the facts of `FACTS`; what is wrong is kept in `judging`."""
    for field in ("name", "code", "issuer", "client_id", "secret"):
        if judging.spared(field) and is_blank(facts[field]):
            judging.add(ServiceFieldEmpty(field=field), field)
    if judging.spared("code") and not re.fullmatch(r"[a-z][a-z0-9-]{1,29}", facts["code"]):
        judging.add(ServiceCodeUnfit(value=facts["code"][:40]), "code")
    if judging.spared("issuer"):
        with judging.of("issuer"):
            check_issuer(facts["issuer"])
    for field in ("client_id", "secret"):
        if judging.spared(field) and not _readable(facts[field], most=LONGEST[field]):
            judging.add(NotPrintable(field=field, most=LONGEST[field]), field)
    values = acr(facts["acr"])
    unfit = next((each for each in values if not _readable(each, most=200)), None)
    if judging.spared("acr") and (unfit is not None or len(values) > MOST_ACR):
        judging.add(AcrUnfit(most=MOST_ACR, value=(unfit or str(len(values)))[:40]), "acr")


def check_issuer(value: str) -> None:
    """Refuse what is no issuer (OpenID Connect Core 1.0, section 2); raises IssuerUnfit.

    Without TLS an issuer is taken on this machine alone.
    """
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise IssuerUnfit(value=value[:60]) from None
    host = parts.hostname or ""
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost"))
    clean = value.isascii() and value.isprintable() and not re.search(r'[\s?#@\\"<>;,]', value)
    if not (safe and clean and host and len(value) <= 500) or port == 0:
        raise IssuerUnfit(value=value[:60])


def origin(address: str) -> str:
    """Return scheme, host and port of an address; empty where it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{port}" if parts.hostname and port and parts.username is None else ""


def acr(given: str) -> list[str]:
    """Return the values that are listed, one a line."""
    return [*dict.fromkeys(filter(None, (line.strip() for line in given.splitlines())))]


def check_done(act: str, *, actor: Actor, unit: str | None = None) -> None:
    """Refuse what is not the actor's to do; raises NotYourRole. `unit` is that of the account it is about."""
    if not may(act, actor=actor, unit=unit):
        raise NotYourRole(role=", ".join(DONE_BY[act]), officer=actor.name)


def may(act: str, *, actor: Actor, unit: str | None = None) -> bool:
    """Whether the actor does this: a unit's administrator about the accounts of the own unit."""
    return any(actor.has_role(role) and (role != "unit_admin" or unit in (None, actor.unit)) for role in DONE_BY[act])


def sees_services(actor: Actor) -> bool:
    """Whether the actor reads the registrations of identity services."""
    return any(actor.has_role(role) for role in SEES_SERVICES)


def sees(actor: Actor) -> str | None:
    """Return the code of the unit whose bindings the actor reads; empty for all units, None for none."""
    if any(actor.has_role(role) for role in SEES_BINDINGS if role != "unit_admin"):
        return ""
    return actor.unit if actor.has_role("unit_admin") else None


def _readable(given: str, *, most: int) -> bool:
    return 0 < len(given) <= most and given.isascii() and given.isprintable() and " " not in given
