"""Registrations of systems, departments, users and devices, and new evidence of a system, for programs."""

from datetime import datetime

from django.http import QueryDict

from hutong.control.registration import people, rules
from hutong.control.units.rules import Actor
from hutong.web.api.offered import ProgramKind
from hutong.web.desk import fields
from hutong.web.desk.registration import form as forms
from hutong.web.desk.registration import renewals
from hutong.web.desk.registration.kind import KIND
from hutong.web.desk.registration.lists import REGISTRATIONS

ASKED = dict.fromkeys(name for names in rules.ASKED.values() for name in names)
FIELDS = ("kind", *ASKED, *people.NUMBERS, "draft", "at")
OF_RENEWAL = ("registration", "mlps_level", "mlps_no", "mlps_until", "at")


def make(form: QueryDict, /, *, actor: Actor, now: datetime) -> str:
    """Apply for the registration of a `kind`, one of `rules.ASKED`; raises FieldEmpty and FieldUnreadable."""
    return forms.applied(form, fields.chosen(form, "kind", rules.ASKED), actor=actor, now=now)


def renew(form: QueryDict, /, *, actor: Actor, now: datetime) -> str:
    """Write down new evidence of the system whose `registration` is named."""
    return renewals.handed_in(form, form.get("registration", ""), actor=actor, now=now)


OFFERED = (
    ProgramKind(KIND, make, forms.amended, FIELDS, REGISTRATIONS, ("unit_id", "rules_version")),
    ProgramKind(renewals.KIND, renew, fields=OF_RENEWAL),
)
