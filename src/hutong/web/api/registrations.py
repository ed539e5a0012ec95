"""Registrations of systems, users and devices for programs."""

from datetime import datetime

from django.http import QueryDict

from hutong.control.registration import rules
from hutong.control.units.rules import Actor
from hutong.web.api.offered import Offered
from hutong.web.desk import fields
from hutong.web.desk.registration import form as forms
from hutong.web.desk.registration.kind import KIND
from hutong.web.desk.registration.lists import REGISTRATIONS

FIELDS = ("kind", *dict.fromkeys(name for names in rules.ASKED.values() for name in names), "draft", "at")


def make(form: QueryDict, /, *, actor: Actor, now: datetime) -> str:
    """Apply for the registration of a `kind`: system, user or device; raises FieldEmpty and FieldUnreadable."""
    return forms.applied(form, fields.chosen(form, "kind", rules.ASKED), actor=actor, now=now)


OFFERED = (Offered(KIND, make, forms.amended, FIELDS, REGISTRATIONS, ("unit_id", "rules_version")),)
