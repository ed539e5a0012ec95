"""Systems, users and devices of an enrolment: registered, changed, locked and unlocked as the file lists them.

Other credentials and the end of a lock come from the operator alone (SX-11-a), whoever brings the rest of the file.
"""

from datetime import datetime

from django.db import connection, transaction

from hutong.control.enrolment.enrolled import EnrolledDevice, EnrolledSystem, EnrolledUser, Outcome
from hutong.control.enrolment.giving import Carrier
from hutong.control.registration import listing
from hutong.control.registration.models import Registration
from hutong.control.units import queries
from hutong.db import database
from hutong.plane import registers
from hutong.plane.keys import Keyring

SIGNING = frozenset({"public_key", "secret"})
"""What a system signs with, of which the old one may stay good beside the new one for a time."""


def system(system: EnrolledSystem, *, keyring: Keyring, now: datetime, by: str, carrier: Carrier) -> Outcome:
    """Register or change a system as it is listed; raises NotYourRole and what `registration.listing` raises."""
    unit, who = queries.code_of(system.unit), {"now": now, "by": by}
    given: dict[str, object] = {
        "public_key": system.public_key,
        "secret": system.secret,
        "profiles": list(system.profiles),
        "mlps_level": system.mlps_level,
        "mlps_until": system.mlps_until,
    }
    with transaction.atomic():
        found = listing.find("system", system.id, unit=unit)
        if found is None:
            named = {"code": system.id, "unit": unit, "name": system.name, "state": system.state}
            listing.enrol("system", **named, **who, keyring=keyring, **given)  # type: ignore[arg-type]
            return Outcome("systems", system.id, system.name, "new")
        with database.joined(connection) as cur:
            known = registers.system(cur, id=system.id)
        secret = known.secret and registers.open_secret(keyring, system=system.id, secret=known.secret)
        before = {name: secret if name == "secret" else getattr(known, name) for name in given}
        former = system.old_key_until
        changes = {name: value for name, value in given.items() if value is not None and value != before[name]}
        stands = known.former_until_at is not None and now < known.former_until_at
        if former is not None and ((stands and former != known.former_day) or not SIGNING.isdisjoint(changes)):
            changes["former_day"] = former
        if not listing.CREDENTIALS.isdisjoint(changes):
            carrier.runs()
        if changes:
            listing.change(found, keyring=keyring, **who, **changes)  # type: ignore[arg-type]
        changed = [*changes, *["state"] * _moved(found, system.state, now=now, by=by, carrier=carrier)]
    kept = _differing({"name": (known.name, system.name), "unit": (known.unit, unit)})
    return Outcome("systems", system.id, system.name, "changed" if changed else "same", tuple(changed), kept)


def user(user: EnrolledUser, *, now: datetime, by: str, carrier: Carrier) -> Outcome:
    """Register or change a user as listed; raises NotYourRole and what `registration.listing` raises."""
    unit, department, who = queries.code_of(user.unit), user.department or None, {"now": now, "by": by}
    with transaction.atomic():
        found = listing.find("user", user.id, unit=unit)
        listing.have_department(department, unit=unit, now=now, by=by)
        if found is None:
            named = {"code": user.id, "unit": unit, "name": user.name, "state": user.state}
            listing.enrol("user", **named, **who, department=department)  # type: ignore[arg-type]
            return Outcome("users", user.id, user.name, "new")
        with database.joined(connection) as cur:
            known = registers.user(cur, id=user.id, unit=unit)
        changed = ["state"] * _moved(found, user.state, now=now, by=by, carrier=carrier)
        if user.department is not None and department != known.department:
            listing.change(found, keyring=None, now=now, by=by, department=department)
            changed.append("department")
    kept = _differing({"name": (known.name, user.name)})
    return Outcome("users", user.id, user.name, "changed" if changed else "same", tuple(changed), kept)


def device(device: EnrolledDevice, *, now: datetime, by: str, carrier: Carrier) -> Outcome:
    """Register a device as it is listed, or stop it, or let it go on.

    Raises NotYourRole and what `registration.listing` raises.
    """
    unit = queries.code_of(device.unit)
    with transaction.atomic():
        found = listing.find("device", device.id, unit=unit)
        if found is None:
            listing.enrol("device", code=device.id, unit=unit, name=device.name, state=device.state, now=now, by=by)
            return Outcome("devices", device.id, device.name, "new")
        changed = ("state",) * _moved(found, device.state, now=now, by=by, carrier=carrier)
    kept = _differing({"name": (found.name, device.name)})
    return Outcome("devices", device.id, device.name, "changed" if changed else "same", changed, kept)


def _moved(
    found: Registration, state: str | None, *, now: datetime, by: str, carrier: Carrier
) -> bool:
    """Lock or unlock a registration as the file says, and return whether it was not so before; raises NotYourRole."""
    if state == "active" and found.state == "LOCKED":
        carrier.runs()
    return listing.follow_state(found, state, now=now, by=by)


def _differing(pairs: dict[str, tuple[object, object]]) -> tuple[str, ...]:
    return tuple(name for name, (known, wanted) in pairs.items() if known != wanted)
