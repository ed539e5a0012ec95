"""Registrations that the operator's file brings, and what comes with the file or with a unit that is stopped.

Who may bring them was asked when the file was opened (SX-11-a); here they are written as the unit's own would be.
"""

import base64
from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection

from hutong.control.procedures import numbers
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.procedure import Also
from hutong.control.registration import operations, queries, rules
from hutong.control.registration.lifecycle import REGISTERED, REGISTRATION
from hutong.control.registration.models import Registration
from hutong.control.registration.procedure import REGISTRATIONS
from hutong.control.units import operations as members
from hutong.control.units import queries as known
from hutong.control.units.rules import Actor
from hutong.core.errors import Conflicting
from hutong.core.lifecycle import Seat
from hutong.db import database
from hutong.plane import registers
from hutong.plane.keys import Keyring

BASIS = "平台运维单位登记文件"
"""What a registration rests on that the operator's file lists."""
FILED_BY = ("operator", "system_admin")
"""Roles in which a file is brought, as history names them."""
CREDENTIALS = frozenset({"public_key", "secret", "profiles", "former_day"})
"""By what a system proves who it is."""
_MOVED = {"stopped": ("lock", "登记文件列为停用"), "active": ("unlock", "登记文件列为在用")}
"""State that the file says → the step it takes, and its reason."""


class UnderReview(Conflicting):
    """{code} is under review as registration {no}; it is decided there, not by the file."""

    clause = "PS-09-2"


def find(kind: str, code: str, *, unit: str) -> Registration | None:
    """Return what was ever registered with this code (of the unit), locked for a change; None where nothing was.

    To be called in a transaction. Raises UnderReview where it is still to be decided.
    """
    found = queries.standing(kind, code, unit=unit)
    if found is None:
        return None
    if found.state not in REGISTERED:
        raise UnderReview(code=code, no=found.no)
    return procedures.locked(REGISTRATIONS, found.no)  # type: ignore[return-value]


def enrol(
    kind: str, *, code: str, unit: str, name: str, state: str | None = None, now: datetime, by: str, **given: object
) -> None:
    """Register what the file lists, in the caller's transaction, and lock it where the file lists it as `stopped`.

    `given` is what the plane's register takes besides. Raises UnitStopped, NoSuchUnit and what the plane does,
    and UnderReview or IdentifierTaken where another wrote it down since `find` looked.
    """
    members.require_active(unit)
    no = numbers.following(REGISTRATIONS, operations.PREFIX, now=now)  # nobody else writes one down until this ends
    if (other := queries.standing(kind, code, unit=unit)) is not None:
        raise rules.IdentifierTaken(code=code) if other.state in REGISTERED else UnderReview(code=code, no=other.no)
    made = Registration.objects.create(
        no=no, kind=kind, unit_id=unit, code=code, name=name, enrolled=True, state=REGISTRATION.start, entered_at=now,
        **_columns(given),
    )  # fmt: skip
    also: Also = {"enrol": lambda found, step: operations.write(found, now=now, by=by, **given)}
    _carry(made, "enrol", reason=BASIS, now=now, by=by, also=also)
    follow_state(made, state, now=now, by=by)


def have_department(name: str | None, *, unit: str, now: datetime, by: str) -> None:
    """Register the department that the file writes beside a person, where the unit has none of that name.

    In the caller's transaction. Raises UnitStopped, NoSuchUnit and UnderReview.
    """
    if name is not None and find("department", name, unit=unit) is None:
        enrol("department", code=name, unit=unit, name=name, now=now, by=by)


def change(registration: Registration, *, keyring: Keyring | None, now: datetime, by: str, **given: object) -> None:
    """Change what answers read of a registration: credentials and protection of a system, department of a user.

    In the caller's transaction, with an entry that names the facts that changed; raises what the plane raises.
    """
    id, who = registration.code, {"now": now, "by": by}
    with database.joined(connection) as cur:
        if registration.kind == "system":
            registers.change_system(cur, id=id, keyring=keyring, **who, **given)  # type: ignore[arg-type]
        else:
            registers.set_department(cur, id=id, unit=registration.unit_id, **who, **given)  # type: ignore[arg-type]
    operations.rewrite(registration, _columns(given), changed=given, now=now, by=by)


def follow_state(registration: Registration, state: str | None, *, now: datetime, by: str) -> bool:
    """Lock or unlock a registration where the file says `stopped` or `active`, and return whether it was not so before.

    In the caller's transaction. Raises UnitStopped, and CaseCannotMove for what was cancelled.
    """
    if state is None or (state == "active") == (registration.state == "ACTIVE"):
        return False
    action, reason = _MOVED[state]
    if action in operations.BEGINS:
        members.require_active(registration.unit_id)
    _carry(registration, action, reason=reason, now=now, by=by, also=operations.ALSO)
    return True


def in_use(unit: str) -> list[Registration]:
    """Return the systems of a unit that are in use, locked for a change; before the turns are held."""
    found = Registration.objects.select_for_update().filter(unit=unit, kind="system", state="ACTIVE")
    return list(found.order_by("no"))


def lock(systems: Iterable[Registration], *, reason: str, now: datetime, by: str) -> None:
    """Lock systems that `in_use` returned, as their unit is stopped; in the caller's transaction."""
    for system in systems:
        _carry(system, "lock", reason=reason, now=now, by=by, also=operations.ALSO)


def _carry(registration: Registration, action: str, *, reason: str, now: datetime, by: str, also: Also) -> None:
    actor = _named(by, now=now)
    procedures.carry(
        REGISTRATIONS, registration, action, actor=actor, seat=_seat(actor), now=now,
        grounds=procedures.Grounds(reason=reason), also=also, more=operations.told_of(registration),
    )  # fmt: skip


def _named(username: str, *, now: datetime) -> Actor:
    """Return the actor as history names one: an officer, or without an account the name given."""
    try:
        return known.actor(username, now=now)
    except known.NoSuchOfficer:
        return Actor(username, username, "", "", frozenset())


def _seat(actor: Actor) -> Seat:
    """Return the seat in which the actor brings a file; one without a role for an actor who has none of the roles."""
    order = {role: place for place, role in enumerate(FILED_BY)}
    seats = sorted((order[seat.role], seat) for seat in actor.seats if seat.role in order)
    return seats[0][1] if seats else Seat("", actor.unit)


def _columns(given: dict[str, object]) -> dict[str, object]:
    """Return the facts given to the plane that the registration keeps as well."""
    kept: dict[str, object] = {}
    for name, value in given.items():
        if isinstance(value, bytes) and name == "public_key":
            kept[name] = base64.b64encode(value).decode()
        elif name in ("mlps_level", "mlps_until", "department") and isinstance(value, int | date | str):
            kept[name] = value
        elif name == "department":
            kept[name] = ""
    return kept
