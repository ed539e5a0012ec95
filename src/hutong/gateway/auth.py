"""From a request to a caller: which registered system signed it, and for whom it says it asks.

Nothing here answers anything. What is known of a system may be some seconds old, so its `revision` goes along
and the plane looks again in the answering transaction.
"""

import threading
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import psycopg

from hutong.audit import clock
from hutong.core import beijing, national, signatures
from hutong.core.errors import Malformed, Problem, Refused, Unavailable, Unidentified
from hutong.core.signatures import Request
from hutong.db import sql
from hutong.db.database import Database
from hutong.plane import registers
from hutong.plane.answer.asking import Caller, Context
from hutong.plane.keys import Keyring

statements = sql.load(__package__, "auth.sql")

RFC9421, BOUND, BARE = "rfc9421", "gjgxjhpt", "gjgxjhpt-bare"
"""The profiles a system may have switched on, as `plane.system.profiles` names them."""

_ONCE = frozenset(
    {
        *("content-digest", "content-length"),
        *signatures.CONTEXT,
        *(national.SID, national.RID, national.RTIME, national.SIGN, national.NONCE, national.SIGN2),
    }
)
"""Header fields that say who asks or for what: each comes once or not at all."""


class NotSigned(Unidentified):
    """The request is not signed."""


class HostUnclear(Malformed):
    """The request has to name its host once, in a header Host that agrees with its target."""


class HeaderTwice(Unidentified):
    """The header {header} comes more than once."""


class CallerUnknown(Unidentified):
    """No active system is registered for the key this request was signed with."""


class KeyEnded(Unidentified):
    """The request was signed with a key that system {system} had until {until}; it has another one now."""


class ProfileNotEnabled(Refused):
    """The signature profile {profile} is not switched on for this system."""


class AuthorityNotOurs(Unidentified):
    """The request is meant for {authority}, which is not this gateway."""


class ClockSetBack(Unavailable):
    """The platform's clock was set back; whether this request was answered before can be told no more."""


@dataclass(frozen=True, slots=True)
class SystemKeys:
    """What is needed of a registered system to check its signature."""

    id: str
    unit: str
    public_key: bytes | None
    secret: bytes | None = field(repr=False)
    profiles: frozenset[str]
    revision: int
    former_key: bytes | None = None
    former_secret: bytes | None = field(default=None, repr=False)
    former_until_at: datetime | None = None
    """Until when it may sign with what it had before."""


class KnownSystems(NamedTuple):
    """Every registered system, and the end of the latest requests whose nonces may have been swept."""

    systems: Sequence[SystemKeys]
    swept_at: datetime | None


class Systems:
    """Every registered system, read at most every `life` seconds, sooner for a name not seen yet.

    The whole list is read at once (a county has hundreds), so asking for made-up names costs the database
    nothing. Threads that find it too old wait for the first of them to read it, and where it cannot they fail with it:
    one after another they would wait for PostgreSQL as many times.
    """

    def __init__(self, read: Callable[[], KnownSystems], *, life: float = 2.0, unknown_life: float = 0.25) -> None:
        self._read = read
        self._life = life
        self._unknown_life = unknown_life
        self._known: dict[str, SystemKeys] = {}
        self._swept_at: datetime | None = None
        self._read_at = float("-inf")
        self._failed_at = float("-inf")
        self._reading = threading.Lock()

    def get(self, system_id: str) -> SystemKeys:
        """Return the system called `system_id`; raises CallerUnknown."""
        system = self._known.get(system_id)
        life = self._life if system else self._unknown_life
        if self._age() > life:
            asked = time.monotonic()
            with self._reading:
                if self._age() > life:
                    self._reread(asked)
            system = self._known.get(system_id)
        if system is None:
            raise CallerUnknown
        return system

    def check_answerable(self, nonce_until: datetime) -> None:
        """Return if it can be told whether a request that ends then was answered; raises ClockSetBack.

        To be asked after `get`, which reads it.
        """
        if self._swept_at is not None and nonce_until < self._swept_at:
            raise ClockSetBack

    def _age(self) -> float:
        return time.monotonic() - self._read_at

    def _reread(self, asked: float) -> None:
        if asked < self._failed_at:
            raise psycopg.OperationalError("the registered systems could not be read")
        started = time.monotonic()
        try:
            found = self._read()
            self._known, self._swept_at = {system.id: system for system in found.systems}, found.swept_at
        except psycopg.OperationalError:
            self._failed_at = time.monotonic()
            raise
        self._read_at = started


def read_systems(db: Database, *, keyring: Keyring) -> KnownSystems:
    """Return every registered system, the secrets of the national profile in the clear."""
    with db.transaction() as cur:
        rows = cur.execute(statements.systems).fetchall()
        swept_at = clock.swept(cur)
    systems = [
        SystemKeys(
            id_, unit, public, _secret(keyring, id_, secret), frozenset(profiles), revision,
            former, _secret(keyring, id_, former_secret), until,
        )
        for id_, unit, public, secret, profiles, revision, former, former_secret, until in rows
    ]
    return KnownSystems(systems, swept_at)


def _secret(keyring: Keyring, system: str, secret: bytes | None) -> bytes | None:
    return None if secret is None else registers.open_secret(keyring, system=system, secret=secret)


class Call(NamedTuple):
    """A request whose caller is known."""

    request: Request
    caller: Caller
    context: Context
    signature: bytes
    """What the reply binds in."""
    received_at: datetime
    label: str = "sig1"
    """What the request calls its signature."""


def headers_of(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return header fields as a mapping: one that comes in several lines has their values after commas (RFC 9110).

    Raises HostUnclear, and HeaderTwice for another that says who asks or for what.
    """
    found = dict(given)
    if len(found) < len(given):
        found = {}
        for name, value in given:
            if name in found and name == "host":
                raise HostUnclear
            if name in found and name in _ONCE:
                raise HeaderTwice(header=name)
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def signed(headers: Container[str]) -> bool:
    """Return whether a request says at all who made it."""
    return "signature-input" in headers or "signature" in headers or national.SID in headers


def unsigned(authority: str, *, authorities: tuple[str, ...]) -> Problem:
    """Return why a request that is not signed is refused: as a signed one is, first of all that it came elsewhere."""
    if authority and authorities and authority.lower() not in authorities:
        return AuthorityNotOurs(authority=authority[:100])
    return NotSigned()


def identify(request: Request, *, systems: Systems, authorities: tuple[str, ...], now: datetime) -> Call:
    """Return the call that `request` is; raises a Problem where its caller cannot be established.

    The signature is over the Content-Digest, so all of this can be known before the first byte of the body is taken:
    `check_body` tells whether the body is the signed one. The nonce is spent in the answering transaction.
    """
    if authorities and request.authority.lower() not in authorities:
        raise AuthorityNotOurs(authority=request.authority[:100])
    headers = request.headers
    if "signature-input" in headers or "signature" in headers:
        return _by_signature(request, systems, now)
    if national.SID in headers:
        return _by_national(request, systems, now)
    raise NotSigned


def check_body(call: Call) -> None:
    """Return if the call's body is the signed one; raises DigestMismatch."""
    # The bare national form signs no digest; where one came along it has to fit all the same.
    if call.caller.profile != BARE or "content-digest" in call.request.headers:
        signatures.check_digest(call.request)


def _by_signature(request: Request, systems: Systems, now: datetime) -> Call:
    parsed = signatures.parse(request.headers)
    signatures.check_window(parsed, now=now)
    system = systems.get(parsed.keyid)
    if system.public_key is None:
        raise CallerUnknown
    try:
        told = signatures.verify_headers(request, parsed, public_key=system.public_key)
    except signatures.SignatureInvalid as fault:
        if system.former_key is None:
            raise
        with _former(system, fault, now=now):
            told = signatures.verify_headers(request, parsed, public_key=system.former_key)
    context = Context(*told)
    systems.check_answerable(parsed.nonce_until)
    _enabled(system, RFC9421)
    caller = Caller(system.id, system.unit, RFC9421, system.revision, parsed.nonce, parsed.nonce_until)
    return Call(request, caller, context, parsed.signature, now, parsed.label)


def _by_national(request: Request, systems: Systems, now: datetime) -> Call:
    parsed = national.parse(request.headers)
    national.check_window(parsed, now=now)
    system = systems.get(parsed.sid)
    if system.secret is None:
        raise CallerUnknown
    bare_allowed = BARE in system.profiles
    try:
        told = national.verify_headers(request, parsed, secret=system.secret, bare_allowed=bare_allowed)
    except signatures.SignatureInvalid as fault:
        if system.former_secret is None:
            raise
        with _former(system, fault, now=now):
            told = national.verify_headers(request, parsed, secret=system.former_secret, bare_allowed=bare_allowed)
    context = Context(*told)
    systems.check_answerable(parsed.nonce_until)
    profile = BOUND if parsed.bound else BARE
    _enabled(system, profile)
    caller = Caller(system.id, system.unit, profile, system.revision, parsed.nonce, parsed.nonce_until)
    return Call(request, caller, context, parsed.mac, now)


@contextmanager
def _former(system: SystemKeys, fault: signatures.SignatureInvalid, *, now: datetime) -> Iterator[None]:
    """Yield to see whether what a system had before fits; raises `fault` where not, KeyEnded where it is too late."""
    try:
        yield
    except signatures.SignatureInvalid:
        raise fault from None
    if system.former_until_at is None or now >= system.former_until_at:
        until = system.former_until_at and f"{system.former_until_at.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M}"
        raise KeyEnded(system=system.id, until=until)


def _enabled(system: SystemKeys, profile: str) -> None:
    if profile not in system.profiles:
        raise ProfileNotEnabled(profile=profile)
