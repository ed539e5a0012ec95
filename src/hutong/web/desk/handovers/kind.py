"""Hand-overs as a kind of case: who sees one, and how a step is taken."""

from hutong.control.handovers import operations, queries
from hutong.control.handovers.procedure import HANDOVERS
from hutong.web.desk.room import CaseKind

KIND = CaseKind(HANDOVERS, "handover", operations.take, find=queries.handover, editable=queries.editable)
