"""The systems, users and devices that may appear in a question; nothing not registered here is answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Cursor

from hutong.audit import log
from hutong.core import beijing, defaults
from hutong.core.errors import Conflicting, Invalid, Missing, Problem, Refused, Unavailable
from hutong.db import rows, sql
from hutong.plane import grants, rulebook
from hutong.plane.keys import Keyring

statements = sql.load(__package__, "registers.sql")

PROFILES = ("rfc9421", "gjgxjhpt", "gjgxjhpt-bare")


class ProtectionTooLow(Refused):
    """The system {system} has protection level {level}; a connected system needs level {lowest} or higher."""

    clause = "SX-09"


class ProtectionExpired(Refused):
    """The evidence of the protection level of system {system} expired on {until}."""

    clause = "SX-09"


class SystemKeyEnding(Unavailable):
    """The old key of system {system} is good to {day}; after that only what the new one signs is answered."""


class IdentityTaken(Conflicting):
    """The {kind} {id} is registered already; of users and devices, in the same unit."""


class NotRegistered(Missing):
    """There is no registered {kind} {id}."""


class CredentialsFaulty(Invalid):
    """The system {system} cannot be registered: {fault}."""


@dataclass(frozen=True, slots=True)
class System:
    """A registered system; `secret` is encrypted, `revision` counts what was taken away of key, secret and profiles.

    What it had before, `former_key` and `former_secret`, is good beside that until `former_until_at`.
    """

    id: str
    unit: str
    name: str
    public_key: bytes | None
    secret: bytes | None
    profiles: list[str]
    revision: int
    mlps_level: int
    mlps_until: date
    state: str
    former_key: bytes | None = None
    former_secret: bytes | None = None
    former_until_at: datetime | None = None

    @property
    def former_day(self) -> date | None:
        """The last day of what it had before, in Beijing."""
        return beijing.last_day(self.former_until_at) if self.former_until_at else None


@dataclass(frozen=True, slots=True)
class User:
    """A registered user; `department` is the department of their unit that each of their uses names."""

    unit: str
    name: str
    state: str
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A registered device."""

    unit: str
    name: str
    state: str


def register_system(
    cur: Cursor,
    *,
    id: str,
    unit: str,
    name: str,
    mlps_level: int,
    mlps_until: date,
    now: datetime,
    by: str,
    public_key: bytes | None = None,
    secret: bytes | None = None,
    keyring: Keyring | None = None,
    profiles: Sequence[str] = ("rfc9421",),
) -> None:
    """Register a system of `unit`; `public_key` is its Ed25519 key, `secret` that of the national profile.

    SX-09: raises ProtectionTooLow under the level of the rulebook and ProtectionExpired where the evidence ended before
    today in Beijing. Raises CredentialsFaulty and IdentityTaken.
    """
    _check_protection(cur, id, level=mlps_level, until=mlps_until, now=now)
    _check_credentials(id, public_key=public_key, secret=secret, profiles=profiles)
    values = {
        "id": id,
        "unit": unit,
        "name": name,
        "public_key": public_key,
        "secret": _encrypted(id, secret, keyring),
        "profiles": list(profiles),
        "mlps_level": mlps_level,
        "mlps_until": mlps_until,
    }
    cur.execute(statements.lock_registering, {"unit": unit})  # so that each suspension of the unit counts for it
    if cur.execute(statements.register_system, values).fetchone() is None:
        raise IdentityTaken(kind="system", id=id)
    record = {"system": id, "unit": unit, "name": name, "profiles": list(profiles), "mlps_level": mlps_level,
              "mlps_until": mlps_until.isoformat(), "by": by}  # fmt: skip
    _enter(cur, "plane.system_registered", record, unit=unit, now=now)


def change_system(
    cur: Cursor,
    *,
    id: str,
    now: datetime,
    by: str,
    public_key: bytes | None = None,
    secret: bytes | None = None,
    keyring: Keyring | None = None,
    profiles: Sequence[str] | None = None,
    mlps_level: int | None = None,
    mlps_until: date | None = None,
    state: str | None = None,
    former_day: date | None = None,
) -> None:
    """Change the facts of a system that are given and leave the others.

    A new key or secret takes the place of the old one, which is good beside it to the end of `former_day`, without that
    no more; alone, that day ends what stands from before sooner or later. What is taken away raises the revision, so
    that no answer to it is given any more (IS-4.1-b).

    SX-09 holds for a system that is or becomes active. Raises NotRegistered, else as `register_system`.
    """
    before = system(cur, id=id)
    after = replace(
        before,
        public_key=public_key or before.public_key,
        secret=_encrypted(id, secret, keyring) if secret else before.secret,
        profiles=before.profiles if profiles is None else list(profiles),
        mlps_level=before.mlps_level if mlps_level is None else mlps_level,
        mlps_until=mlps_until or before.mlps_until,
        state=state or before.state,
    )
    if after.state == "active":
        _check_protection(cur, id, level=after.mlps_level, until=after.mlps_until, now=now)
    _check_credentials(id, public_key=after.public_key, secret=after.secret, profiles=after.profiles)
    after = _with_former(before, after, last_day=former_day, now=now)
    taken_away = not _good(before, now) <= _good(after, now) or before.profiles != after.profiles
    if taken_away:
        after = replace(after, revision=before.revision + 1)
    if after.state != "active" or taken_away:
        grants.lock_out_answers(cur)  # no answer to it commits after this has (architecture 3.7)
    cur.execute(statements.change_system, {field: getattr(after, field) for field in System.__slots__})
    record = {"system": id, "unit": before.unit, "before": _said(before), "after": _said(after), "by": by}
    _enter(cur, "plane.system_changed", record, unit=before.unit, now=now)


def system(cur: Cursor, *, id: str) -> System:
    """Return a registered system and lock its row; raises NotRegistered."""
    row = cur.execute(statements.system, {"id": id}).fetchone()
    if row is None:
        raise NotRegistered(kind="system", id=id)
    return System(*row)


def ending(cur: Cursor, *, now: datetime, days: int) -> list[Problem]:
    """Return of which systems the old key or secret will be good no more within so many days."""
    found = rows.named(cur.execute(statements.ending, {"now": now, "until": now + timedelta(days=days)}))
    return [SystemKeyEnding(system=row["id"], day=str(beijing.last_day(row["former_until_at"]))) for row in found]


def open_secret(keyring: Keyring, *, system: str, secret: bytes) -> bytes:
    """Return, deciphered, the secret of a system's national profile that this module enciphered."""
    return keyring.unlock(secret, use="system-secret", place=system)


def register_user(
    cur: Cursor, *, id: str, unit: str, name: str, now: datetime, by: str, department: str | None = None
) -> None:
    """Register a user who may be named; raises IdentityTaken.

    Who names a department that does not stand is answered from when it does; who names none uses for the unit itself.
    """
    values = {"id": id, "unit": unit, "name": name, **_department(cur, unit, department)}
    if cur.execute(statements.register_user, values).fetchone() is None:
        raise IdentityTaken(kind="user", id=id)
    fields = {"user": id, "unit": unit, "department": department, "by": by}
    _enter(cur, "plane.user_registered", fields, unit=unit, now=now)


def register_device(cur: Cursor, *, id: str, unit: str, name: str, now: datetime, by: str) -> None:
    """Register a device that may be named; raises IdentityTaken."""
    if cur.execute(statements.register_device, {"id": id, "unit": unit, "name": name}).fetchone() is None:
        raise IdentityTaken(kind="device", id=id)
    _enter(cur, "plane.device_registered", {"device": id, "unit": unit, "by": by}, unit=unit, now=now)


def user(cur: Cursor, *, id: str, unit: str) -> User:
    """Return a registered user of a unit and lock the row; raises NotRegistered."""
    row = cur.execute(statements.user, {"id": id, "unit": unit}).fetchone()
    if row is None:
        raise NotRegistered(kind="user", id=id)
    return User(*row)


def device(cur: Cursor, *, id: str, unit: str) -> Device:
    """Return a registered device of a unit and lock its row; raises NotRegistered."""
    row = cur.execute(statements.device, {"id": id, "unit": unit}).fetchone()
    if row is None:
        raise NotRegistered(kind="device", id=id)
    return Device(*row)


def in_use(cur: Cursor, *, unit: str, kind: str) -> list[tuple[str, str]]:
    """Return code and name of what a unit has registered and not stopped, by name.

    `kind` is `systems`, `users`, `devices` or `departments`; of users those whose department stands.
    """
    found = rows.named(cur.execute(statements.in_use, {"unit": unit, "kind": kind}))
    return [(row["id"], row["name"]) for row in found]


def names(
    cur: Cursor, *, units: Collection[str], systems: Collection[str] = (), users: Collection[str] = (),
    devices: Collection[str] = (),
) -> dict[tuple[str, str, str], str]:  # fmt: skip
    """Return what these codes are called, by kind (`systems`, `users`, `devices`), unit and code.

    Of what is stopped too: whoever used it is still to be read. A code of another unit is not told.
    """
    asked = {"units": units, "systems": systems, "users": users, "devices": devices}
    found = rows.named(cur.execute(statements.names, {name: list(values) for name, values in asked.items()}))
    return {(row["kind"], row["unit"], row["id"]): row["name"] for row in found}


def set_user_state(cur: Cursor, *, id: str, unit: str, state: str, now: datetime, by: str) -> None:
    """Stop a user (`stopped`) or let them go on (`active`); raises NotRegistered."""
    before = user(cur, id=id, unit=unit)
    if state != "active":
        grants.lock_out_answers(cur)
    cur.execute(statements.change_user, {"id": id, "unit": unit, "state": state})
    changed = {"before": {"state": before.state}, "after": {"state": state}}
    _enter(cur, "plane.user_changed", {"user": id, "unit": unit, **changed, "by": by}, unit=unit, now=now)


def set_department(cur: Cursor, *, id: str, unit: str, department: str | None, now: datetime, by: str) -> None:
    """Note that a user belongs to another department of their unit, or to none; raises NotRegistered."""
    belongs = _department(cur, unit, department)  # before the person: whoever stops a department goes that way, too
    before = user(cur, id=id, unit=unit)
    if not belongs["department_stands"]:
        grants.lock_out_answers(cur)
    cur.execute(statements.move_user, {"id": id, "unit": unit, **belongs})
    changed = {"before": {"department": before.department}, "after": {"department": department}}
    _enter(cur, "plane.user_changed", {"user": id, "unit": unit, **changed, "by": by}, unit=unit, now=now)


def rename(cur: Cursor, *, kind: str, id: str, unit: str, name: str) -> None:
    """Note what a `user` or `device` is called now, as a part of a change that the caller enters; raises NotRegistered.

    No name of a person is in the log: the entry says that it changed.
    """
    rename = {"user": statements.rename_user, "device": statements.rename_device}[kind]
    if cur.execute(rename, {"id": id, "unit": unit, "name": name}).fetchone() is None:
        raise NotRegistered(kind=kind, id=id)


def set_device_state(cur: Cursor, *, id: str, unit: str, state: str, now: datetime, by: str) -> None:
    """Stop a device (`stopped`) or let it go on (`active`); raises NotRegistered."""
    before = device(cur, id=id, unit=unit)
    if state != "active":
        grants.lock_out_answers(cur)
    cur.execute(statements.change_device, {"id": id, "unit": unit, "state": state})
    changed = {"before": {"state": before.state}, "after": {"state": state}}
    _enter(cur, "plane.device_changed", {"device": id, "unit": unit, **changed, "by": by}, unit=unit, now=now)


def _department(cur: Cursor, unit: str, name: str | None) -> dict[str, object]:
    """Return the department of a user as its columns have it, and whether it stands."""
    if name is None:
        return {"department": None, "department_stands": True}
    found = cur.execute(statements.department_stands, {"id": name, "unit": unit}).fetchone()
    return {"department": name, "department_stands": found is not None and found[0]}


def _check_protection(cur: Cursor, id: str, *, level: int, until: date, now: datetime) -> None:
    lowest = rulebook.number(cur, "system.protection_level", day=beijing.day(now))
    if level < lowest:
        raise ProtectionTooLow(system=id, level=level, lowest=lowest)
    if until < beijing.day(now):
        raise ProtectionExpired(system=id, until=until.isoformat())


def _check_credentials(
    id: str, *, public_key: bytes | None, secret: bytes | None, profiles: Sequence[str]
) -> None:
    if not profiles or any(profile not in PROFILES for profile in profiles):
        raise CredentialsFaulty(system=id, fault=f"profiles are {', '.join(PROFILES)}")
    if public_key is not None and len(public_key) != 32:
        raise CredentialsFaulty(system=id, fault="an Ed25519 public key has 32 bytes")
    if "rfc9421" in profiles and public_key is None:
        raise CredentialsFaulty(system=id, fault="the profile rfc9421 needs a public key")
    if any(profile != "rfc9421" for profile in profiles) and secret is None:
        raise CredentialsFaulty(system=id, fault="the national profile needs a secret")


def _encrypted(id: str, secret: bytes | None, keyring: Keyring | None) -> bytes | None:
    """Return the secret enciphered, bound to the system."""
    if secret is None:
        return None
    if keyring is None:
        raise CredentialsFaulty(system=id, fault="a secret is kept under the platform's keys only")
    return keyring.lock(secret, use="system-secret", place=id)


def _with_former(before: System, after: System, *, last_day: date | None, now: datetime) -> System:
    """Return a system with what it had before, and until when that is good; raises CredentialsFaulty."""
    until = now
    if last_day is not None:
        longest = defaults.limit("keys.overlap_days").most
        if (last_day - beijing.day(now)).days > longest:
            raise CredentialsFaulty(system=after.id, fault=f"old and new are good together for {longest} days at most")
        until = max(beijing.over(last_day), now)
    key = before.public_key if after.public_key != before.public_key else None
    secret = before.secret if after.secret != before.secret else None
    if key is not None or secret is not None:
        return replace(after, former_key=key, former_secret=secret, former_until_at=until)
    stands = before.former_until_at is not None and now < before.former_until_at  # what has ended stays so
    return replace(after, former_until_at=until) if last_day is not None and stands else after


def _good(system: System, now: datetime) -> set[bytes]:
    """Return the keys and secrets by which a system is known at a moment."""
    former = system.former_until_at is not None and now < system.former_until_at
    found = [system.public_key, system.secret, *([system.former_key, system.former_secret] if former else [])]
    return {each for each in found if each is not None}


def _said(system: System) -> dict[str, object]:
    """Return what the log may say of a system: its key public, its secret only as there or not."""
    return {
        "public_key": system.public_key.hex() if system.public_key else None,
        "secret": system.secret is not None,
        "profiles": system.profiles,
        "former_key": system.former_key.hex() if system.former_key else None,
        "former_until_at": system.former_until_at.isoformat() if system.former_until_at else None,
        "revision": system.revision,
        "mlps_level": system.mlps_level,
        "mlps_until": system.mlps_until.isoformat(),
        "state": system.state,
    }


def _enter(cur: Cursor, event: str, record: dict[str, Any], *, unit: str, now: datetime) -> None:
    log.append(cur, [log.LogEntry(event=event, at=now, record=record, unit=unit)])
