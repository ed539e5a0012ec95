"""A message in the reader's words: what happened, to what, and where that stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from hutong.audit.log import PLATFORM
from hutong.control.procedures import message_names
from hutong.control.procedures.message_names import Named
from hutong.control.procedures.messages import ADDRESSED, ANNOUNCED, DISAGREED, GIVEN, STEPS, STOPPING, Message
from hutong.control.procedures.messages import KINDS as OF_KIND
from hutong.control.units import queries as members
from hutong.core import defaults
from hutong.plane.suspensions import Suspendable
from hutong.web.desk.rooms import KINDS, page_of
from hutong.web.lists.asking import address
from hutong.web.shown import Shown
from hutong.web.wording import limits, procedures
from hutong.web.wording.filters import day
from hutong.web.wording.names import named
from hutong.web.wording.procedures import StateShown

KIND_NAMES: dict[str, str] = {
    "cases": gettext_noop("事项办理"),
    "corrections": gettext_noop("退回补正"),
    "grants": gettext_noop("使用权限"),
    "resources": gettext_noop("信息资源"),
    "deliveries": gettext_noop("数据交付"),
    "deadlines": gettext_noop("办理期限"),
    "limits": gettext_noop("使用上限"),
    "notices": gettext_noop("通知"),
    "protection": gettext_noop("等级保护"),
}
"""Kind of message → what it is called (Chinese)."""
_MOMENT = timedelta(microseconds=1)
_MOMENTS = ("deadline.near", "deadline.passed", "delivery.near", "delivery.overdue", "delivery.missed")
"""What no act is: all there is to say of it stands in its words."""


@dataclass(frozen=True, slots=True)
class MessageShown(Shown):
    """A message as a page shows it; what is empty is not shown."""

    at: datetime
    kind: str
    said: str
    """What happened."""
    about: str
    """The number of what it happened to."""
    name: str
    """What that is about, in words; empty where it is gone."""
    address: str
    state: StateShown | None
    """Of a step: what the case is since."""
    by: str
    reason: str
    new: bool


def shown(found: Sequence[Message]) -> list[MessageShown]:
    """Return messages in the reader's words; who did what, and to what, is looked up once for all."""
    given_on = {each.about for each in found if each.event in GIVEN}
    people = members.people(({each.by for each in found} | given_on) - {""})
    names = message_names.names(found)
    return [_shown(each, people=people, names=names) for each in found]


def _shown(each: Message, *, people: Mapping[str, str], names: Named) -> MessageShown:
    told = _CASES.get(each.event, _step) if each.lifecycle else _OTHERS.get(each.event, _grant)
    said, about, where = _given(each, people) if each.event in GIVEN else told(each)
    name = names.get(message_names.about(each), "")
    if each.event in STOPPING and name and each.action != Suspendable.GRANT:
        where = _grants_with(name)
    life = KINDS[each.lifecycle].procedure.life if each.lifecycle else None
    return MessageShown(
        at=each.at,
        kind=gettext(KIND_NAMES[_kind(each)]),
        said=said,
        about=about,
        name=name,
        address=where,
        state=procedures.state(life, each.to_state) if life and each.to_state in life.states else None,
        by=gettext("平台自动办理") if each.by == PLATFORM else people.get(each.by, each.by),
        reason="" if each.event in _MOMENTS else each.reason,
        new=each.new,
    )


def _kind(each: Message) -> str:
    return next((kind for kind, events in OF_KIND.items() if each.event in events), STEPS[0])


def _step(each: Message) -> tuple[str, str, str]:
    life = KINDS[each.lifecycle].procedure.life
    step = procedures.step(life, each.action, before=each.from_state)
    said = gettext("%(kind)s：%(step)s") % {"kind": procedures.title_of(each.lifecycle), "step": step}
    return said, each.case, page_of(each.lifecycle, each.case)


def _handled(each: Message) -> tuple[str, str, str]:
    said = gettext("%(kind)s：%(step)s")
    told = {"kind": procedures.title_of(each.lifecycle), "step": gettext(procedures.HANDLINGS[each.action])}
    return said % told, each.case, page_of(each.lifecycle, each.case)


def _given(each: Message, people: Mapping[str, str]) -> tuple[str, str, str]:
    told = {"kind": procedures.title_of(each.lifecycle), "name": people.get(each.about, each.about)}
    return gettext(_GIVEN[each.event]) % told, each.case, page_of(each.lifecycle, each.case)


_GIVEN: Mapping[str, str] = {
    "case.given": gettext_noop("%(kind)s：交给您办理"),
    "case.given_on": gettext_noop("%(kind)s：原由您办理，已改交 %(name)s 办理"),
    "case.taken": gettext_noop("%(kind)s：原由您办理，已由同事接手办理"),
    "case.given_back": gettext_noop("%(kind)s：由您交办的，已退回本处"),
}
"""What became of who has a case → its words."""


def _disagreed(each: Message) -> tuple[str, str, str]:
    life = KINDS[each.lifecycle].procedure.life
    told = {
        "kind": procedures.title_of(each.lifecycle), "hand": gettext(procedures.HANDS[each.detail]),
        "step": procedures.step(life, each.action, before=each.from_state),
    }  # fmt: skip
    said = gettext("%(kind)s：%(hand)s不同意“%(step)s”，退回重新拟办") % told
    return said, each.case, page_of(each.lifecycle, each.case)


def _deadline(words: str) -> Callable[[Message], tuple[str, str, str]]:
    def told(each: Message) -> tuple[str, str, str]:
        last = day(datetime.fromisoformat(each.reason) - _MOMENT)
        said = gettext(words) % {"title": each.detail, "day": last}
        return said, each.case, page_of(each.lifecycle, each.case)

    return told


def _grant(each: Message) -> tuple[str, str, str]:
    return named(each.event, "event"), each.about, _grants_with(each.about)


def _grants_with(words: str) -> str:
    return f"{reverse('grants')}?{address({'q': words})}"


def _ending(each: Message) -> tuple[str, str, str]:
    said = gettext("使用权限将于 %(day)s 到期；仍需使用的，请提前另行申请") % {"day": each.detail}
    return said, each.about, _grant(each)[2]


def _delivery(each: Message) -> tuple[str, str, str]:
    where = reverse("delivered", args=[each.about, each.detail])
    return named(each.event, "event"), f"{each.about} {each.detail}", where


def _due(words: str, page: Callable[[str], str]) -> Callable[[Message], tuple[str, str, str]]:
    def told(each: Message) -> tuple[str, str, str]:
        return gettext(words) % {"name": each.detail, "day": each.reason}, each.about, page(each.about)

    return told


def _handing_in(code: str) -> str:
    return f"{reverse('deliveries')}?{address({'q': code})}"


def _published(code: str) -> str:
    return reverse("resource", args=[code])


def _resource(each: Message) -> tuple[str, str, str]:
    return named(each.event, "event"), each.about, reverse("entry", args=[each.about])


def _limit(each: Message) -> tuple[str, str, str]:
    limit = defaults.limit(each.detail)
    said = gettext("%(what)s：%(limit)s") % {"what": named(each.event, "event"), "limit": limits.about(limit)}
    return said, each.about, reverse("limits")


def _told(each: Message) -> tuple[str, str, str]:
    return named(each.event, "event"), each.case, page_of(each.lifecycle, each.case)


def _announced(each: Message) -> tuple[str, str, str]:
    """Return what a unit tells those that use its resources: of a step its name, else what kind of notice it is."""
    if each.from_state:
        return _step(each)
    return procedures.title_of(each.lifecycle), each.case, page_of(each.lifecycle, each.case)


_CASES: Mapping[str, Callable[[Message], tuple[str, str, str]]] = {
    **dict.fromkeys(ADDRESSED, _handled),
    DISAGREED: _disagreed,
    **dict.fromkeys((*OF_KIND["notices"], *OF_KIND["protection"]), _told),
    **dict.fromkeys(ANNOUNCED, _announced),
    "deadline.near": _deadline(gettext_noop("“%(title)s”的本步办理期限将于 %(day)s 届满")),
    "deadline.passed": _deadline(gettext_noop("“%(title)s”的本步办理期限已于 %(day)s 届满，请立即办理")),
}
"""Event about a case that is no step → its words, the number, the address."""
_OTHERS: Mapping[str, Callable[[Message], tuple[str, str, str]]] = {
    "grant.ending": _ending,
    **dict.fromkeys(OF_KIND["deliveries"], _delivery),
    "delivery.near": _due(gettext_noop("“%(name)s”最迟应于 %(day)s 交付，请按时交付"), _handing_in),
    "delivery.overdue": _due(gettext_noop("“%(name)s”最迟应于 %(day)s 交付，已逾期，请立即交付"), _handing_in),
    "delivery.missed": _due(
        gettext_noop("“%(name)s”最迟应于 %(day)s 更新，提供方尚未交付，数据可能已不是最新"), _published
    ),
    **dict.fromkeys(OF_KIND["resources"], _resource),
    **dict.fromkeys(OF_KIND["limits"], _limit),
}
"""Event about no case → the same; any other is about a grant."""
