"""Registrations that the operator's file brings, and what comes with the file or with a unit that is stopped.

Who may bring them was asked when the file was opened (SX-11-a); here they are written as the unit's own would be.
"""

from datetime import datetime

from hutong.control.orgs import operations as orgs
from hutong.control.orgs import queries as known
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import numbers
from hutong.control.procedures import operations as procedures
from hutong.control.registration import operations, queries
from hutong.control.registration.lifecycle import REGISTERED, REGISTRATION
from hutong.control.registration.models import Registration
from hutong.control.registration.procedure import REGISTRATIONS
from hutong.core.errors import Conflicting

BASIS = "平台运维单位登记文件"
"""What a registration rests on that the operator's file lists."""


class UnderReview(Conflicting):
    """{code} is under review as registration {no}; it is decided there, not by the file."""

    clause = "PS-09-2"


def find(kind: str, code: str) -> Registration | None:
    """Return what was ever registered with this code; raises UnderReview where that is still to be decided."""
    found = queries.standing(kind, code)
    if found is not None and found.state not in REGISTERED:
        raise UnderReview(code=code, no=found.no)
    return found


def locked(no: str) -> Registration:
    """Return a registration that nobody else moves before this transaction ends."""
    return procedures.locked(REGISTRATIONS, no)  # type: ignore[return-value]


def enrol(kind: str, *, code: str, org: str, name: str, now: datetime, by: str, **facts: object) -> Registration:
    """Write down what the file lists as registered; raises UnitStopped and NoSuchOrganisation.

    The caller writes it into the plane's registers in the same transaction.
    """
    orgs.require_active(org)
    no = numbers.following(REGISTRATIONS, operations.PREFIX, now=now)
    made = Registration.objects.create(
        no=no, kind=kind, unit_id=org, code=code, name=name, listed=True, state=REGISTRATION.start, entered_at=now,
        **facts,
    )  # fmt: skip
    carry(made, "enrol", reason=BASIS, now=now, by=by)
    return made


def carry(registration: Registration, action: str, *, reason: str, now: datetime, by: str) -> None:
    """Lock, unlock or enrol what the file says, or what comes with a unit; raises CaseCannotMove."""
    procedures.carry(
        REGISTRATIONS, registration, action, actor=_named(by, now=now), now=now,
        grounds=procedures.Grounds(reason=reason), also=operations.ALSO,
    )  # fmt: skip


def lock_systems(unit: str, *, reason: str, now: datetime, by: str) -> None:
    """Lock every system of a unit that is in use, as the unit is stopped."""
    found = Registration.objects.filter(unit=unit, kind="system", state="ACTIVE").order_by("no")
    for no in list(found.values_list("no", flat=True)):
        carry(locked(no), "lock", reason=reason, now=now, by=by)


def _named(username: str, *, now: datetime) -> Actor:
    """Return who acts as history names them; who has no account stands there by the name given."""
    try:
        return known.actor(username, now=now)
    except known.NoSuchOfficer:
        return Actor(username, username, "", "", frozenset())
