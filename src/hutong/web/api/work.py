"""Notices of maintenance and faults for programs."""

from hutong.web.api.offered import Offered
from hutong.web.desk.notices import fault_kind, fault_views, maintenance_kind, maintenance_views
from hutong.web.desk.notices.fault_lists import FAULT_LIST
from hutong.web.desk.notices.maintenance_lists import MAINTENANCE_LIST

OF_WORK = ("kind", "content", "affected", "from_at", "until_at", "reason", "again", "at")
OF_FAULT = ("kind", "symptom", "noticed_at", *fault_views.TOLD_WITH["report"], "at")

OFFERED = (
    Offered(maintenance_kind.KIND, maintenance_views.notified, fields=OF_WORK, listing=MAINTENANCE_LIST),
    Offered(fault_kind.KIND, fault_views.reported, fields=OF_FAULT, listing=FAULT_LIST),
)
