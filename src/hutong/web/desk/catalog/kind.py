"""Changes of entries, and entries, as kinds of cases: how a step is taken. Each is decided by itself."""

from datetime import datetime

from django.utils.translation import gettext

from hutong.control.catalog import operations, reading, rules
from hutong.control.catalog.models import Change, Entry
from hutong.control.catalog.procedure import CHANGES, ENTRIES
from hutong.control.procedures.operations import Grounds
from hutong.control.sharing import hit
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar
from hutong.web.desk.room import CaseKind
from hutong.web.wording import hit as words


def take(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of a change; returns its state and raises what `catalog.operations.take` raises."""
    return operations.take(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, opinion=grounds.opinion,
        agrees=grounds.agrees, meant_for=meant_for,
    )  # fmt: skip


def take_of_entry(
    number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds, meant_for: str
) -> str:
    """Take one step of an entry; returns its state and raises what `catalog.operations.take_of_entry` raises."""
    return operations.take_of_entry(
        number, action, actor=actor, now=now, calendar=calendar, reason=grounds.reason, opinion=grounds.opinion,
        agrees=grounds.agrees, meant_for=meant_for,
    )  # fmt: skip


def editable(change: Change, *, actor: Actor) -> bool:
    """Return whether the actor may alter now what a change says."""
    return rules.editable(change.state, actor=actor, provider=change.provider_id)


def never(entry: Entry, *, actor: Actor) -> bool:
    """Return that nobody alters what an entry says, but by a change of it."""
    return False


def ends(change: Change, action: str) -> list[str]:
    """Return what ends with publishing that a resource is not shared any more."""
    ending = action == "publish" and change.base is not None and change.sharing_type == rules.NOT_SHARED
    return [*words.ended(hit.of_resource(change.entry.code))] if ending else []


def ends_with(entry: Entry, action: str) -> list[str]:
    """Return what ends with a resource that is withdrawn."""
    if action != "withdraw":
        return []
    withdrawing = "撤销立即生效：目录不再列出该资源，已开通的使用权限全部终止，理由告知各使用方；在办申请须逐件终止。"
    return [*words.ended(hit.of_resource(entry.code)), gettext(withdrawing)]


CHANGE_KIND = CaseKind(CHANGES, "change", take, find=reading.change, editable=editable, consequences=ends)
ENTRY_KIND = CaseKind(
    ENTRIES, "entry", take_of_entry, find=reading.entry, editable=never, consequences=ends_with
)
