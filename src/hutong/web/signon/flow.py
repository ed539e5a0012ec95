"""The way to an identity service and back: what begins it, and who somebody is who comes back (SX-11-a)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hutong.control.signon import letting_in, operations, queries, rules, sealing
from hutong.control.signon.letting_in import ServiceLogin, Vouched
from hutong.control.signon.models import IdentityService
from hutong.control.signon.rules import LoginNotBegun, NotBound, NotLetIn, ServiceAway
from hutong.control.units import logins
from hutong.control.units.rules import Actor
from hutong.core.errors import Problem
from hutong.web import clock, plane
from hutong.web.login.sessions import ServiceNote
from hutong.web.signon import began, provider
from hutong.web.signon.began import Began

LONGEST_CODE = 2000
KEYS_STAND = timedelta(hours=24)
"""After so long the keys of a service are read anew, also where they verify still."""


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back: whose login it is, or the code that is handed out to who is bound to no account."""

    note: ServiceNote
    login: ServiceLogin | None = None
    handed: str = ""
    called: str = ""
    service: str = ""


def begin(code: str, *, back: str, wanted: str, language: str) -> tuple[Began, str]:
    """Return a login that begins at a service, and the address to which the browser is led.

    Raises ServiceOff, and RegistrationAltered before anybody is led where nobody registered.
    """
    service = queries.in_force(code)
    sealing.secret(service, keyring=plane.keyring())
    login = began.new(service, wanted=wanted, language=language)
    address = provider.authorization_address(
        service, back=back, state=login.state, nonce=login.nonce, verifier=login.verifier
    )
    return login, address


def come_back(
    login: Began | None, code: str, said: Mapping[str, str], *, back: str, source: str, device: Callable[[str], str]
) -> Came:
    """Judge what a browser came back with, and let in whose account is bound to who logged in there.

    Each attempt counts as a failed one of its place until it succeeds. Raises LoginNotBegun, ServiceOff, LoginBlocked,
    NotLetIn, TokenUnfit, ServiceAway, CodesFull, and what `letting_in.enter` does, except NotBound.
    """
    now = clock.now()
    login = began.come_back(login, state=said.get("state", ""))
    service = queries.by_number(login.service)
    if service.code != code or said.get("iss", service.issuer) != service.issuer:  # RFC 9207
        raise LoginNotBegun
    method = letting_in.method(service)
    claim = logins.claim_place(called=f"@{service.code}", source=source, now=now, method=method)
    try:
        known = _who(service, login, said, back=back)
    except ServiceAway as problem:
        logins.forgive(claim)
        letting_in.note_failure(service, source=source, reason=problem.code, now=now)
        raise
    except Problem as problem:
        letting_in.note_failure(service, source=source, reason=problem.code, now=now)
        raise
    logins.forgive(claim)
    username = queries.bound(service.issuer, known.subject)
    try:
        entered = letting_in.enter(
            service, known, source=source, device=device(username) if username else "", now=now
        )
    except NotBound:
        handed = operations.hand_out(issuer=service.issuer, subject=known.subject, called=known.called, now=now)
        return Came(ServiceNote(), handed=handed, called=known.called, service=service.name)
    note = ServiceNote(
        method=entered.method, origin=rules.origin(service.leaving_address),
        ending=provider.ending_address(service), two_factors=entered.two_factors,
    )  # fmt: skip
    return Came(note, entered)


def _who(service: IdentityService, login: Began, said: Mapping[str, str], *, back: str) -> Vouched:
    code = said.get("code", "")
    if "error" in said or not 0 < len(code) <= LONGEST_CODE:
        raise NotLetIn(service_fault="ERROR")
    secret = sealing.secret(service, keyring=plane.keyring())
    token, access = provider.exchanged(service, secret=secret, code=code, back=back, verifier=login.verifier)
    found = _keys(service, token)
    return provider.read(token, service=service, found=found, nonce=login.nonce, access=access, now=clock.real())


def _keys(service: IdentityService, token: str) -> str:
    """Return the keys of a service, read anew where they are old, or the token was signed by one that is not there.

    Not again within a minute, whatever tokens say.
    """
    now, keyring = clock.now(), plane.keyring()
    found, read_at = queries.kept_keys(service, keyring=keyring)
    age = abs(now - read_at) if read_at else KEYS_STAND  # a training clock ends, and the moment lies ahead
    if age < KEYS_STAND and (age < operations.KEYS_PAUSE or provider.knows_key(token, found)):
        return found
    anew = provider.keys(service.keys_address, issuer=service.issuer)
    operations.keep_keys(service.pk, anew, keyring=keyring, now=now)
    return anew


def register(facts: Mapping[str, str], *, actor: Actor, now: datetime, meant_for: str) -> int:
    """Ask a service what it says of itself and register it; raises what both do."""
    rules.check_done("propose", actor=actor)
    found = provider.described(facts["issuer"])
    return operations.propose(facts, found, keyring=plane.keyring(), actor=actor, now=now, meant_for=meant_for)
