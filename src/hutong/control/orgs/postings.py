"""Officers who change their name or their unit (调动) and keep account, second factor and past."""

from datetime import datetime

from django.db import transaction

from hutong.control.orgs import deputies, operations
from hutong.control.orgs.models import Officer, Posting
from hutong.control.recording import record


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
            "org": officer.org_id, "officer": username, "before": {"name": before}, "after": {"name": name},
            "reason": reason or None, "by": by,
        }  # fmt: skip
        record("orgs.officer_changed", fields, now=now, org=officer.org_id)
    return True


def move(*, username: str, org: str, reason: str, now: datetime, by: str) -> bool:
    """Move an officer to another unit (调动), and return whether it was another.

    The roles of the former unit end, and what was in hand there goes back to the desk; hands given to a step stay. A
    deputyship at the new unit ends (D-24). Raises NoSuchOrganisation, UnitStopped and NoSuchOfficer.
    """
    with transaction.atomic():
        if Officer.objects.filter(user__username=username, org=org).exists():
            return False
        operations.require_active(org)
        officer = operations.locked(username)
        before = officer.org_id
        if before == org:
            return False
        assignments = list(officer.assignments.filter(ended_at__isnull=True).order_by("role"))
        operations.end_roles(officer, assignments, reason=reason, now=now, by=by)
        deputies.end_there(officer, unit=org, by=by, now=now)
        officer.postings.filter(until_at__isnull=True).update(until_at=now)
        Posting.objects.create(officer=officer, unit_id=org, from_at=now, reason=reason)
        officer.org_id = org
        officer.save(update_fields=["org"])
        fields = {
            "org": org, "officer": username, "before": {"org": before}, "after": {"org": org}, "reason": reason,
            "by": by,
        }  # fmt: skip
        record("orgs.officer_changed", fields, now=now, org=org, counterpart=before)
        operations.reconsider(org, (), officers=[officer])  # deputyships elsewhere depend on it
    return True
