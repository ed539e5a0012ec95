"""The front part of every answer: may this question be asked, by whom, under which grant?

It is answered from facts that were read, or are known to be unchanged, in the transaction that answers
(`answer.rounds`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from hutong.core import beijing, normalise
from hutong.core.errors import Missing, Problem, Refused, Unavailable, Unidentified
from hutong.db import arrays
from hutong.plane import filters, ladder, versions
from hutong.plane.answer.facts import Facts, Names, SystemFacts
from hutong.plane.definition import Mode
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.tables import Store


class RequestStale(Unidentified):
    """The request waited past its expiry and was not answered."""


class SystemChanged(Unidentified):
    """The registration of system {system} changed since the request was signed for."""


class SystemStopped(Refused):
    """System {system} has been stopped."""

    clause = "SX-10-d"


class ProtectionLapsed(Refused):
    """The evidence of MLPS level 2 of system {system} is no longer valid."""

    clause = "SX-09"


class GrantUnknown(Missing):
    """There is no grant {grant} for this caller."""


class SystemNotGranted(Refused):
    """Grant {grant} is not for system {system}."""

    clause = "SX-10-d"


class UserNotRegistered(Refused):
    """User {user} is not registered for this unit and grant {grant}."""

    clause = "SX-10-d"


class DeviceNotRegistered(Refused):
    """Device {device} is not registered for this unit and grant {grant}."""

    clause = "SX-10-d"


class DepartmentNotRegistered(Refused):
    """The department of user {user} is not registered for this unit, or is stopped."""

    clause = "SX-10-d"


class PurposeNotGranted(Refused):
    """Grant {grant} was not given for the purpose {purpose}."""

    clause = "SX-10-e"


class MatterNotGranted(Refused):
    """Grant {grant} was not given for the matter {matter}."""

    clause = "SX-10-e"


class GrantNotYetValid(Refused):
    """Grant {grant} is valid from {from_at}."""

    clause = "SX-08-d"


class GrantExpired(Refused):
    """Grant {grant} was valid until {until_at}."""

    clause = "SX-08-d"


class ServiceSuspended(Refused):
    """The service under grant {grant} is suspended ({suspended})."""

    clause = "SX-16-a"


class GrantRevoked(Refused):
    """Grant {grant} has been revoked."""

    clause = "SX-08-d"


class GrantRelinquished(Refused):
    """Grant {grant} was given back by its consumer."""

    clause = "SX-08-d"


class VersionEnded(Refused):
    """Grant {grant} names version {version} of {code}, which was answered from until {day}; a newer one is there."""

    clause = "SX-05-b"


class ModeNotGranted(Refused):
    """Grant {grant} is for {granted}, not for {mode}."""

    clause = "SX-07-a"


class ItemNotGranted(Refused):
    """Grant {grant} does not cover {items}."""

    clause = "SX-11-b"


class StoreUnusable(Unavailable):
    """The data of {code} cannot be used at this moment; the operator has to look to their keys."""


class Caller(NamedTuple):
    """A system whose signature was verified, as it was registered then (`revision`)."""

    system: str
    unit: str
    profile: str
    revision: int
    nonce: bytes
    nonce_until: datetime


class Context(NamedTuple):
    """Who uses what for which purpose, as the signing system asserts it."""

    user: str
    device: str
    purpose: str
    matter: str


class SignedQuestion(NamedTuple):
    """What every question has: caller, context, the grant it is asked under, and when it was accepted."""

    caller: Caller
    context: Context
    grant: str
    received_at: datetime


@dataclass(slots=True)
class Asking:
    """One question on its way through a list: what is known of it, and why it was refused if it was."""

    asked: SignedQuestion
    items: Sequence[str]
    count: int
    """Claims, or one."""
    grant: Grant | None = None
    store: Store | None = None
    keys: ResourceKeys | None = field(default=None, repr=False)
    problem: Problem | None = None
    department: str | None = None
    """The department of who uses, as their unit registered it."""
    entry: int | None = None
    """The id its entry will have, once it was admitted or refused."""
    like: "Asking | None" = field(default=None, repr=False)
    """The question of its list that was checked for it, where it differs in its nonce and values alone."""

    @property
    def as_of(self) -> datetime | None:
        """The moment of the last delivery that reached the version it is answered from, where none does any more."""
        return None if self.store is None else self.store.as_of


def names(asked: Sequence[SignedQuestion]) -> Names:
    """Return what questions name: systems, users, devices and grants."""
    return Names(
        frozenset([a.caller.system for a in asked]),
        frozenset([(a.caller.unit, a.context.user) for a in asked]),
        frozenset([(a.caller.unit, a.context.device) for a in asked]),
        frozenset([(a.caller.unit, a.grant) for a in asked]),
    )


def nonces(asked: Sequence[SignedQuestion]) -> dict[str, arrays.ArrayColumn]:
    """Return the nonces of questions as the statements that spend them take them, in the one order all lists keep."""
    rows = sorted([(a.caller.nonce, a.caller.system, a.caller.nonce_until) for a in asked])
    return {
        "of": arrays.texts([system for _, system, _ in rows]),
        "nonces": arrays.blobs([nonce for nonce, _, _ in rows]),
        "untils": arrays.moments([until for _, _, until in rows]),
    }


def department(asked: SignedQuestion, found: Facts) -> str | None:
    """Return the department of the user a question names, where that is a user of the unit that asks."""
    user = found.people.get((asked.caller.unit, asked.context.user))
    return None if user is None else user.department


def alike(each: Asking) -> tuple[object, ...]:
    """Return all that `check` depends on; only the nonce and its end are left out."""
    asked, caller = each.asked, each.asked.caller
    return (caller.system, caller.unit, caller.profile, caller.revision, asked.context, asked.grant, *each.items)


def check(each: Asking, found: Facts, *, mode: Mode, keyring: Keyring, now: datetime) -> None:
    """Return if the question may be asked, with its grant, held, keys and items filled in; raises a Problem."""
    asked = each.asked
    check_caller(asked.caller, found, now=now)
    granted = found.grants.get(asked.grant)
    if granted is None or granted.grant.consumer != asked.caller.unit:
        raise GrantUnknown(grant=asked.grant)
    grant, store = each.grant, each.store = granted.grant, granted.store
    _check_context(asked, grant, found)
    _check_state(grant, now)
    _check_suspended(grant, found.systems[asked.caller.system])
    _check_version(grant, store, beijing.day(now))
    items = each.items or grant.items
    if mode is not grant.mode:
        ladder.require(mode, grant.items, definition=store.definition, need=grant.need)
        raise ModeNotGranted(grant=grant.no, granted=str(grant.mode), mode=str(mode))
    if not set(items) <= set(grant.items):
        missing = ", ".join(code for code in items if code not in grant.items)
        raise ItemNotGranted(grant=grant.no, items=missing)
    ladder.require(mode, items, definition=store.definition, need=grant.need)
    each.items = items
    if grant.row_filter:
        filters.require(grant.row_filter, definition=store.definition, mode=mode)
    if store.normaliser_version not in normalise.VERSIONS:
        raise StoreUnusable(code=grant.code)
    try:
        each.keys = keyring.resource(grant.code, key_id=store.key_id, suite=store.suite)
    except Problem as problem:
        raise StoreUnusable(code=grant.code) from problem


def check_caller(caller: Caller, found: Facts, *, now: datetime) -> None:
    """Return if the caller may ask anything; raises RequestStale, or what its system is not as it signed."""
    if caller.nonce_until < now:
        raise RequestStale
    _check_system(caller, found.systems.get(caller.system), beijing.day(now), found)


def _check_system(caller: Caller, system: SystemFacts | None, today: date, found: Facts) -> None:
    if system is None:
        raise SystemChanged(system=caller.system)
    if system.state != "active":
        raise SystemStopped(system=caller.system)
    if (system.unit, system.revision) != (caller.unit, caller.revision) or caller.profile not in system.profiles:
        raise SystemChanged(system=caller.system)
    if system.mlps_level < found.level or (today - system.mlps_until).days > found.grace:
        raise ProtectionLapsed(system=caller.system)


def _check_context(asked: SignedQuestion, grant: Grant, found: Facts) -> None:
    context, unit, no = asked.context, asked.caller.unit, grant.no
    if grant.system != asked.caller.system:
        raise SystemNotGranted(grant=no, system=asked.caller.system)
    if context.user not in grant.users or (unit, context.user) not in found.people:
        raise UserNotRegistered(grant=no, user=context.user)
    if (person := found.people.get((unit, context.user))) and not person.department_stands:
        raise DepartmentNotRegistered(user=context.user)
    if context.device not in grant.devices or (unit, context.device) not in found.devices:
        raise DeviceNotRegistered(grant=no, device=context.device)
    if context.purpose != grant.purpose:
        raise PurposeNotGranted(grant=no, purpose=context.purpose)
    if context.matter not in grant.matters:
        raise MatterNotGranted(grant=no, matter=context.matter)


def _check_state(grant: Grant, now: datetime) -> None:
    if now < grant.from_at:
        raise GrantNotYetValid(grant=grant.no, from_at=_moment(grant.from_at))
    if now >= grant.until_at or grant.state == "expired":
        raise GrantExpired(grant=grant.no, until_at=_moment(grant.until_at))
    if grant.state == "revoked":
        raise GrantRevoked(grant=grant.no)
    if grant.state == "relinquished":
        raise GrantRelinquished(grant=grant.no)


def _check_suspended(grant: Grant, system: SystemFacts) -> None:
    """Refuse while a suspension stands, and say whose; its reason is shown only to those who may read it."""
    counted = {"unit": system.unit_suspended, "system": system.suspended, "grant": grant.suspended}
    if standing := [kind for kind, count in counted.items() if count]:
        raise ServiceSuspended(grant=grant.no, suspended=", ".join(standing))


def _check_version(grant: Grant, store: Store, today: date) -> None:
    if versions.over(store.ends_on, today):
        raise VersionEnded(grant=grant.no, code=grant.code, version=grant.version, day=str(store.ends_on))


def _moment(at: datetime) -> str:
    return at.astimezone(beijing.BEIJING).isoformat(timespec="minutes")


def digest(keys: ResourceKeys, parts: Iterable[bytes]) -> str:
    """Return a keyed digest of what was asked about, for the entry: it tells nothing to anybody without the key."""
    return keys.suite.mac(keys.record, _ASKED + b"".join(parts)).hex()


_ASKED = b"\xff\xff\xff\xffasked"
"""No record key is made over anything that begins so: those begin with a length."""
