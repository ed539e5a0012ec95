"""Hand-overs and transfers for programs."""

from hutong.web.api.offered import ProgramKind
from hutong.web.desk.handing_over import views
from hutong.web.desk.handing_over.lists import HANDOVERS
from hutong.web.desk.handovers.kind import KIND
from hutong.web.desk.officers import transfers

OF_HANDOVER = ("officer", "to", "phone", "effective_date", "reason", "at")
"""A part that goes to somebody else than `to`, or stays, has a field of its own: `to|` and what the part is."""
OF_TRANSFER = ("officer", "unit", "reason", "at")

OFFERED = (
    ProgramKind(KIND, views.handed_over, fields=OF_HANDOVER, listing=HANDOVERS),
    ProgramKind(transfers.KIND, transfers.asked, fields=OF_TRANSFER, listing=transfers.LIST),
)
