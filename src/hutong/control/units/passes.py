"""What time does to roles: they begin on their first day, and end when their last is over."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from hutong.audit import log
from hutong.control.recording import record
from hutong.control.units import operations
from hutong.control.units.models import Officer, RoleAssignment
from hutong.core import beijing


def roles_by_date(*, now: datetime) -> int:
    """End the roles whose last day is over and begin those whose first has come; returns how many.

    Officer by officer, each in a transaction in which the desks learn of it.
    """
    today = beijing.day(now)
    over, come = Q(until_date__lt=today), Q(begun_at__isnull=True, from_date__lte=today)
    due = RoleAssignment.objects.filter(over | come, ended_at__isnull=True)
    officers = due.order_by("officer__user__username").values_list("officer__user__username", flat=True).distinct()
    return sum(_of_officer(username, over=over, come=come, now=now) for username in list(officers))


def _of_officer(username: str, *, over: Q, come: Q, now: datetime) -> int:
    with transaction.atomic():
        officer: Officer = operations.locked(username)
        standing = officer.assignments.filter(ended_at__isnull=True).order_by("pk")
        ended = list(standing.filter(over))
        if ended:
            operations.end_roles(officer, ended, reason=operations.OVER, now=now, by=log.PLATFORM)
        begun = list(standing.filter(come))
        for assignment in begun:
            assignment.begun_at = now
            assignment.save(update_fields=["begun_at"])
            fields = {"unit": assignment.unit_id, "officer": username, "role": assignment.role, "by": log.PLATFORM}
            record("units.role_begun", fields, now=now, unit=assignment.unit_id)
        operations.reconsider(officer.unit_id, {assignment.role for assignment in begun})
    return len(ended) + len(begun)
