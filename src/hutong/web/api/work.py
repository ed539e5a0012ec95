"""Notices of maintenance and faults for programs."""

from datetime import datetime

from django.http import QueryDict

from hutong.control.units.rules import Actor
from hutong.web.api.offered import ProgramKind
from hutong.web.desk.notices import fault_kind, fault_views, maintenance_kind, maintenance_views
from hutong.web.desk.notices.fault_lists import FAULT_LIST
from hutong.web.desk.notices.maintenance_lists import MAINTENANCE_LIST

OF_WORK = ("kind", "content", "affected", "from_at", "until_at", "reason", "again", "at")
OF_FAULT = ("unit", "kind", "symptom", "noticed_at", *fault_views.TOLD_WITH["report"], "at")


def fault(form: QueryDict, /, *, actor: Actor, now: datetime) -> str:
    """Tell of a fault of the officer's own unit, or as the operator write down one of the `unit` that is named."""
    make = fault_views.written_down if "unit" in form else fault_views.reported
    return make(form, actor=actor, now=now)


OFFERED = (
    ProgramKind(maintenance_kind.KIND, maintenance_views.notified, fields=OF_WORK, listing=MAINTENANCE_LIST),
    ProgramKind(fault_kind.KIND, fault, fields=OF_FAULT, listing=FAULT_LIST),
)
