"""Whether a grant is answered now, in words, and what stops it where it is not."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext

from hutong.control.sharing.queries import GrantShown
from hutong.control.sharing.reading import ServiceNow
from hutong.core.lifecycle import Tone
from hutong.plane.obstacles import Obstacle, Service
from hutong.plane.suspensions import Suspendable
from hutong.web.shown import Shown
from hutong.web.wording import filters
from hutong.web.wording.names import named

_MOMENT = timedelta(microseconds=1)
"""A period ends before its end: its last day has the moment before."""


@dataclass(frozen=True, slots=True)
class ServiceShown(Shown):
    """How a grant is served now: in a word with its tone, and what stops it."""

    name: str
    tone: str
    why: str


def shown(grant: GrantShown, service: Service) -> ServiceShown:
    """Return how a grant is served now."""
    if service.answered:
        return ServiceShown(gettext("现在予以答复"), Tone.GOOD, "")
    return ServiceShown(gettext("现在不予答复"), Tone.WARN, _why(grant, service))


def said(grant: GrantShown, service: Service) -> str:
    """Return as a sentence whether a grant is answered now, and else all that stops it."""
    told = {"no": grant.no, "why": _why(grant, service)}
    if service.answered:
        return gettext("授权 %(no)s 现在予以答复。") % told
    return gettext("授权 %(no)s 现在不予答复：%(why)s。") % told


def once_lifted(grant: GrantShown, service: Service, id: int) -> str:
    """Return whether a grant is answered once one suspension of it is lifted, and else what stops it then."""
    after = service.without(id)
    if after.answered:
        return gettext("自恢复之时起予以答复，没有其他停止服务。")
    return gettext("恢复之后仍不予答复：%(why)s。") % {"why": _why(grant, after)}


def once_suspended(grant: GrantShown, service: Service) -> str:
    """Return what becomes of a grant once it is suspended, whether it is answered now or not."""
    if service.answered:
        return gettext("自此刻起不再答复，至恢复服务为止。")
    said = gettext("现在已不予答复：%(why)s。再次停止的，须逐一恢复后才予以答复。")
    return said % {"why": _why(grant, service)}


def outcome(found: ServiceNow) -> str:
    """Return how a grant is served after something was decided, and of its system or consumer how many are."""
    told = said(found.grant, found.service)
    if found.served is None:
        return told
    words = gettext("%(whom)s期限内的使用权限：没有停止服务的 %(free)s 项，停止服务的 %(suspended)s 项。")
    about = {"whom": called(found.kind, found.grant), "free": found.served.free, "suspended": found.served.suspended}
    return f"{told}{words % about}"


def called(kind: Suspendable, grant: GrantShown) -> str:
    """Return what is suspended of a grant, by name: the grant, its system or its consumer."""
    if kind is Suspendable.GRANT:
        return gettext("这一项授权")
    if kind is Suspendable.SYSTEM:
        return gettext("应用系统“%(name)s”") % {"name": grant.system}
    return gettext("使用单位“%(name)s”") % {"name": grant.consumer}


def _why(grant: GrantShown, service: Service) -> str:
    return gettext("；").join(_stops(grant, service))


def _stops(grant: GrantShown, service: Service) -> list[str]:
    """Return all that stops the answers, the suspensions last."""
    words = {
        Obstacle.SYSTEM_STOPPED: gettext("应用系统“%(system)s”已锁定或注销"),
        Obstacle.PROTECTION_LAPSED: gettext("应用系统“%(system)s”的网络安全等级保护证明不再有效"),
        Obstacle.NOT_BEGUN: gettext("期限自 %(first)s 起，尚未开始"),
        Obstacle.OVER: gettext("期限已于 %(last)s 届满"),
        Obstacle.ENDED: named(service.state, "grant_state"),
        Obstacle.VERSION_OVER: gettext("第 %(version)s 版的最后答复日 %(ends_on)s 已过，须改用新版本"),
    }
    told = {
        "system": grant.system, "first": filters.day(service.from_at), "last": filters.day(service.until_at - _MOMENT),
        "version": grant.version, "ends_on": filters.day(service.ends_on) if service.ends_on else "",
    }  # fmt: skip
    suspended = gettext("%(whom)s自 %(at)s 起停止服务")
    return [
        *(words[each] % told for each in service.obstacles),
        *(
            suspended % {"whom": called(each.kind, grant), "at": filters.moment(each.suspended_at)}
            for each in service.standing
        ),
    ]
