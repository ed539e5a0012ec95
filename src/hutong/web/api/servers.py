"""Front-end servers and changes of their configuration for programs."""

from datetime import datetime

from django.http import QueryDict

from hutong.control.nodes.rules import DECLARED
from hutong.control.units.rules import Actor
from hutong.web.api.offered import ProgramKind
from hutong.web.desk.nodes import form as forms
from hutong.web.desk.nodes.kind import CHANGE_KIND, DRIFT_KIND, SERVER_KIND
from hutong.web.desk.nodes.lists import CHANGES, DRIFTS, SERVERS

OF_SERVER = ("name", "code", *DECLARED, "at")
OF_CHANGE = (
    "server", *DECLARED, "window_from_at", "window_until_at", "urgent", "password_changes", "reason", "executed_at",
    "executed_by", "done", "at",
)  # fmt: skip


def change(form: QueryDict, /, *, actor: Actor, now: datetime) -> str:
    """Write down the change of the server that `server` names."""
    return forms.change_drafted(form, form.get("server", ""), actor=actor, now=now)


OFFERED = (
    ProgramKind(SERVER_KIND, forms.drafted, forms.amended, OF_SERVER, SERVERS, ("unit_id",)),
    ProgramKind(CHANGE_KIND, change, forms.change_amended, OF_CHANGE, CHANGES, ("server_id",)),
    ProgramKind(DRIFT_KIND, listing=DRIFTS),
)
