"""Applications as a kind of case: how a step is taken, and which of them are alike."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.procedures.operations import Grounds
from hutong.control.sharing import operations, queries, verifying
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.workdays import Calendar
from hutong.web import clock
from hutong.web.desk.room import CaseKind
from hutong.web.forms import Field
from hutong.web.wording.filters import day
from hutong.web.wording.names import named


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of an application; returns its state and raises what `sharing.operations.take` raises."""
    return operations.take(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, basis=grounds.basis,
        opinion=grounds.opinion, agrees=grounds.agrees, finding=verifying.read(grounds.more), meant_for=meant_for,
    )  # fmt: skip


def consequences(application: Application, action: str) -> list[str]:
    """Return what filing an application opens and from which day, today at the earliest; nothing of other steps."""
    if action != "file":
        return []
    said = gettext(
        "开通使用权限 1 项：%(unit)s的应用系统 %(system)s，%(mode)s，信息项 %(items)s 项，"
        "自 %(first)s 起，%(until)s 前有效。"
    )
    return [
        said % {
            "unit": application.consumer.name, "system": application.system, "mode": named(application.mode, "mode"),
            "items": len(application.items), "until": day(application.until_at),
            "first": day(max(beijing.day(application.from_at), clock.today())),
        }
    ]  # fmt: skip


def asks(application: Application, action: str, typed: Mapping[str, str]) -> Sequence[Field]:
    """Return the fields for what was found, of a step that ends the verification of a purpose (SX-08-f)."""
    if not verifying.concludes(application.state, action):
        return ()
    found = verifying.last(application.no, action) if not typed else None
    kept = {
        "looked_at": found.looked_at, "conclusion": found.conclusion,
        "basis_found": verifying.FOUND if found.basis_found else verifying.NOT_FOUND,
    } if found else typed  # fmt: skip
    basis = (("", gettext("请选择")), *((code, gettext(words)) for code, words in BASIS.items()))
    return (
        Field(
            "looked_at", gettext("核实了什么（必填，各方会看到）"), kept.get("looked_at", ""), "long", required=True,
            form=action, hint=gettext("查阅的法规条款、职责文件或者事项清单，向谁核对过什么。"),
        ),
        Field(
            "basis_found", gettext("是否查到用途的依据（必填）"), kept.get("basis_found", ""), "choice", required=True,
            form=action, options=basis,
        ),
        Field(
            "conclusion", gettext("核实意见"), kept.get("conclusion", ""), "long", lines=2, form=action,
            hint=gettext("没有查到依据的，必须填写。"),
        ),
    )  # fmt: skip


BASIS = {verifying.FOUND: "查到依据", verifying.NOT_FOUND: "没有查到依据"}
"""What is found of the basis of a purpose → its words (Chinese)."""
KIND = CaseKind(
    APPLICATIONS, "application", take, find=queries.application, editable=queries.editable, alike=queries.alike,
    consequences=consequences, asks=asks, asking=verifying.CONCLUDING,
)  # fmt: skip
