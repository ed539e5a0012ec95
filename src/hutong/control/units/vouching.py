"""Acting without a password, when no administrator has one that works: whoever sits at the server says who, and why."""

from datetime import datetime

from django.db import transaction

from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.units import powers, queries
from hutong.control.units.rules import Actor
from hutong.core.blanks import is_blank
from hutong.core.errors import Invalid

WHOSE = powers.DONE_BY["second_factor"]
"""Roles that may be vouched for: those that help whoever lost a second factor."""


class VouchedWithoutReason(Invalid):
    """Acting at the server without a password needs a reason; none is given."""

    clause = "SX-11-a"


def vouch(username: str, *, reason: str, source: str, now: datetime) -> Actor:
    """Return the administrator who acts from the server's terminal without a password, and enter that, with the reason.

    It is in the log for the auditor. Raises VouchedWithoutReason, NoSuchOfficer and NotYourRole.
    """
    if is_blank(reason):
        raise VouchedWithoutReason
    actor = queries.actor(username, now=now)
    if not any(actor.has_role(role) for role in WHOSE):
        raise NotYourRole(role=", ".join(WHOSE), officer=actor.name)
    with transaction.atomic():
        fields = {"officer": username, "unit": actor.unit, "source": source, "reason": reason.strip(), "by": username}
        record("auth.vouched", fields, now=now, unit=actor.unit)
    return actor
