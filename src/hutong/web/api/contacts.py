"""Notices of a change of contact for programs."""

from hutong.web.api.offered import ProgramKind
from hutong.web.desk.notices import views
from hutong.web.desk.notices.kind import KIND
from hutong.web.desk.notices.lists import CHANGES

FIELDS = ("officer", "phone", "effective_date", "reason", "emergency", "at")

OFFERED = (ProgramKind(KIND, views.notified, fields=FIELDS, listing=CHANGES, columns=("unit_id", "told_at")),)
