"""Changes of entries, and entries, as kinds of cases: how a step is taken. Each is decided by itself."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.catalog import last_days, operations, reading, rules
from hutong.control.catalog.models import Change, Entry
from hutong.control.catalog.procedure import CHANGES, ENTRIES
from hutong.control.procedures.operations import Grounds
from hutong.control.sharing import hit
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar
from hutong.plane.definition import Form
from hutong.web import clock
from hutong.web.desk.room import CaseKind
from hutong.web.wording import hit as words
from hutong.web.wording.filters import day


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
    """Return what publishing a change does: what ends where nothing is shared any more, else who goes on with what."""
    if action != "publish" or change.base is None:
        return []
    if change.sharing_type == rules.NOT_SHARED:
        return [*words.ended(hit.of_resource(change.entry.code))]
    return [*_succeeds(change)]


def _succeeds(change: Change) -> Iterator[str]:
    """Yield which grants go on with the versions there are, until when, and what has to be delivered next."""
    found = last_days.going_on(change, now=clock.now(), calendar=clock.calendar())
    for each in found:
        said = gettext("继续由第 %(version)s 版答复的使用权限：%(grants)s 项，涉及 %(units)s 个单位，答复到 %(day)s。")
        if each.until is None:
            said = gettext("继续由第 %(version)s 版答复：%(grants)s 项使用权限、%(units)s 个单位；期限由主管部门定。")
        yield said % {
            "version": each.version, "grants": each.grants, "units": each.units, "day": each.until and day(each.until),
        }  # fmt: skip
    if not found:
        yield gettext("没有使用权限需要改用新版本。")
    else:
        yield gettext("在新版本有数据以前，旧版本一直答复；最后答复日可由主管部门在该目录页另行确定。")
    if rules.FORM_OF_METHOD[change.method] is not Form.INTERFACE:
        yield gettext("新版本没有数据：提供方的下一次交付须为全量，列按新版本；在此之前不接收增量。")


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
