"""What time does to registrations: it is told before the evidence of a protection level lapses, and when it has."""

from datetime import date, datetime, timedelta

from django.db import transaction

from hutong.audit import log
from hutong.control.recording import record
from hutong.control.registration.lifecycle import REGISTRATION
from hutong.control.registration.models import Registration
from hutong.control.rulebook import queries as rulebooks
from hutong.control.units import offices
from hutong.core import beijing

REMINDERS = ("protection.first_reminder_days", "protection.last_reminder_days")
"""Names in the rulebook of how many days ahead it is told, the earliest first."""
GRACE = "protection.grace_days"


def remind_of_protection(*, now: datetime) -> int:
    """Tell unit and operator of each system in use whose evidence lapses soon, or has; returns how often that was told.

    Each is told once for each reminder and once when the evidence has lapsed: then no new grant opens and answers go on
    for the grace; that this may be a case of article 16 (五) is a fact for people, who decide (P-12).
    """
    today = beijing.day(now)
    rulebook = rulebooks.in_force(today)
    ahead = [rulebook.number(name) for name in REMINDERS]
    near = Registration.objects.filter(
        kind="system", state="ACTIVE", mlps_until__lte=today + timedelta(days=max(ahead)),
        protection_reminders__lte=len(ahead),
    )  # fmt: skip
    told = 0
    for no in near.order_by("mlps_until", "id").values_list("no", flat=True):
        told += _remind(no, ahead, grace=rulebook.number(GRACE), today=today, now=now)
    return told


def _remind(no: str, ahead: list[int], *, grace: int, today: date, now: datetime) -> bool:
    with transaction.atomic():
        found = Registration.objects.select_for_update(of=("self",)).select_related("unit").get(no=no)
        if found.state != "ACTIVE" or found.mlps_until is None:
            return False
        left = (found.mlps_until - today).days
        due = sum(left <= days for days in ahead) + (left < 0)
        if due <= found.protection_reminders:
            return False
        found.protection_reminders = due
        found.save(update_fields=["protection_reminders"])
        said: dict[str, object] = {
            "lifecycle": REGISTRATION.name, "case": no, "system": found.code, "unit": found.unit_id,
            "mlps_until": found.mlps_until.isoformat(), "by": log.PLATFORM,
        }  # fmt: skip
        operator = offices.current().unit_of("operator", region=found.unit.region_code)
        if left < 0:
            said |= {"last_day": (found.mlps_until + timedelta(days=grace)).isoformat(), "clause": "SX-16-(五)"}
            record("registration.protection_lapsed", said, now=now, unit=found.unit_id, counterpart=operator)
        else:
            said |= {"days": left}
            record("registration.protection_ending", said, now=now, unit=found.unit_id, counterpart=operator)
    return True
