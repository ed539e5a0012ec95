"""Officers who change their name or their unit (调动) and keep account, second factor and past."""

from datetime import datetime

from django.db import transaction

from hutong.control.recording import record
from hutong.control.units import deputies, operations
from hutong.control.units.models import Officer, Posting


def rename(*, username: str, name: str, reason: str = "", now: datetime, by: str) -> bool:
    """Rename an officer, and return whether the name changed; what was done before keeps the former name.

    Raises NoSuchOfficer and NameUnfit.
    """
    operations.check_name(name)
    with transaction.atomic():
        officer = operations.locked(username)
        if officer.name == name:
            return False
        before, officer.name = officer.name, name
        officer.save(update_fields=["name"])
        fields = {
            "unit": officer.unit_id, "officer": username, "before": {"name": before}, "after": {"name": name},
            "reason": reason or None, "by": by,
        }  # fmt: skip
        record("units.officer_changed", fields, now=now, unit=officer.unit_id)
    return True


def move(*, username: str, unit: str, reason: str, now: datetime, by: str) -> bool:
    """Move an officer to another unit (调动), and return whether it was another.

    The roles of the former unit end, and what was in hand there goes back to the desk; hands given to a step stay. A
    deputyship at the new unit ends (D-24). Raises NoSuchUnit, UnitStopped and NoSuchOfficer.
    """
    with transaction.atomic():
        if Officer.objects.filter(user__username=username, unit=unit).exists():
            return False
        operations.require_active(unit)
        officer = operations.locked(username)
        before = officer.unit_id
        if before == unit:
            return False
        assignments = list(officer.assignments.filter(ended_at__isnull=True).order_by("role"))
        operations.end_roles(officer, assignments, reason=reason, now=now, by=by)
        deputies.end_there(officer, unit=unit, by=by, now=now)
        officer.postings.filter(until_at__isnull=True).update(until_at=now)
        Posting.objects.create(officer=officer, unit_id=unit, from_at=now, reason=reason)
        officer.unit_id = unit
        officer.save(update_fields=["unit"])
        fields = {
            "unit": unit, "officer": username, "before": {"unit": before}, "after": {"unit": unit}, "reason": reason,
            "by": by,
        }  # fmt: skip
        record("units.officer_changed", fields, now=now, unit=unit, counterpart=before)
        operations.reconsider(unit, (), officers=[officer])  # deputyships elsewhere depend on it
    return True
