"""Applications as a kind of case: how a step is taken, and which of them are alike."""

from datetime import datetime

from django.utils.translation import gettext

from hutong.control.procedures.operations import Grounds
from hutong.control.sharing import operations, queries
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar
from hutong.web.desk.room import CaseKind
from hutong.web.wording.filters import day
from hutong.web.wording.names import named


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of an application; returns its state and raises what `sharing.operations.take` raises."""
    return operations.take(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, basis=grounds.basis,
        opinion=grounds.opinion, agrees=grounds.agrees, meant_for=meant_for,
    )  # fmt: skip


def consequences(application: Application, action: str) -> list[str]:
    """Return what filing an application opens; nothing of other steps."""
    if action != "file":
        return []
    said = gettext(
        "开通使用权限 1 项：%(unit)s的应用系统 %(system)s，%(mode)s，信息项 %(items)s 项，%(until)s 前有效。"
    )
    return [
        said % {
            "unit": application.consumer.name, "system": application.system, "mode": named(application.mode, "mode"),
            "items": len(application.items), "until": day(application.until_at),
        }
    ]  # fmt: skip


KIND = CaseKind(
    APPLICATIONS, "application", take, find=queries.application, editable=queries.editable, alike=queries.alike,
    consequences=consequences,
)  # fmt: skip
