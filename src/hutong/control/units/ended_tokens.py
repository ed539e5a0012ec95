"""Personal tokens that end before their day: with what they rest on, or because somebody asks for it (SX-11-a)."""

from collections.abc import Iterable
from datetime import datetime

from hutong.control.recording import record
from hutong.control.units.models import PersonalToken

FACTOR, ROLE, LOGINS, HANDED = "factor", "role", "logins", "handed"
"""Why tokens of an officer end by themselves: the second factor was removed, a role ended, or all logins did, as with
another password or a stopped account, or what is open in the name of the officer was handed over."""


def end_all(*, username: str, reason: str, now: datetime, by: str) -> int:
    """End the tokens of an officer that have not ended, in the caller's transaction; returns how many."""
    rows = PersonalToken.objects.filter(officer__user__username=username, ended_at__isnull=True, until_at__gt=now)
    found = list(rows.select_for_update(of=("self",)).select_related("officer__user").order_by("pk"))
    end(found, reason=reason, now=now, by=by)
    return len(found)


def end(found: Iterable[PersonalToken], *, reason: str, now: datetime, by: str) -> None:
    """End these tokens, which are locked, each with its entry."""
    for each in found:
        each.ended_at, each.ended_by, each.reason = now, by, reason
        each.save(update_fields=["ended_at", "ended_by", "reason"])
        fields = {"officer": each.officer.user.username, "unit": each.unit_id, "token": each.pk}
        record("auth.token_ended", {**fields, "reason": reason, "by": by}, now=now, unit=each.unit_id)
