"""Front-end servers and the changes of their configuration as kinds of cases: who sees one, and how a step is taken."""

from hutong.control.nodes import changing, drifting, drifts, operations, queries
from hutong.control.nodes.procedure import SERVER_CHANGES, SERVER_DRIFTS, SERVERS
from hutong.web.desk.nodes import recording
from hutong.web.desk.room import CaseKind

SERVER_KIND = CaseKind(SERVERS, "server", operations.take, find=queries.server, editable=queries.editable)
CHANGE_KIND = CaseKind(
    SERVER_CHANGES, "server-change", changing.take, find=queries.change, editable=queries.change_editable,
    forms={"execute": "server-change-execute"}, recorded={"execute": recording.record},
)  # fmt: skip
DRIFT_KIND = CaseKind(
    SERVER_DRIFTS, "server-drift", drifting.take, find=drifts.drift, editable=drifts.editable
)
