"""What a grave step reaches, in words and numbers."""

from collections.abc import Iterator

from django.utils.translation import gettext

from hutong.control.sharing.hit import HitGrants


def ended(hit: HitGrants) -> Iterator[str]:
    """Yield what ends where nothing stands on a resource any more."""
    yield gettext("终止的使用权限：%(grants)s 项，涉及 %(units)s 个单位、%(systems)s 个应用系统。") % {
        "grants": hit.grants, "units": hit.units, "systems": hit.systems,
    }  # fmt: skip
    yield gettext("其中停止的订阅：%(number)s 项。") % {"number": hit.subscriptions}
    yield gettext("须逐件终止办理的共享申请：%(number)s 件。") % {"number": hit.applications}


def named(hit: HitGrants) -> Iterator[str]:
    """Yield which grants name what is locked, unlocked or cancelled."""
    yield gettext("写明它的使用权限：%(grants)s 项，涉及 %(systems)s 个应用系统，其中订阅 %(subscriptions)s 项。") % {
        "grants": hit.grants, "systems": hit.systems, "subscriptions": hit.subscriptions,
    }  # fmt: skip


def unserved(whom: str, hit: HitGrants) -> str:
    """Return how many grants are not served while something is suspended, and whose; `whom` begins the sentence."""
    said = gettext(
        "%(whom)s：%(grants)s 项使用权限停止服务，涉及 %(systems)s 个应用系统，其中订阅 %(subscriptions)s 项。"
    )
    return said % {
        "whom": whom, "grants": hit.grants, "systems": hit.systems, "subscriptions": hit.subscriptions,
    }  # fmt: skip


def ended_for(consumer: str, resource: str, hit: HitGrants) -> Iterator[str]:
    """Yield what ends with a grant, and for whom."""
    yield gettext("终止的使用权限：%(grants)s 项，%(consumer)s不能再使用“%(resource)s”。") % {
        "grants": hit.grants, "consumer": consumer, "resource": resource,
    }  # fmt: skip
    yield gettext("其中停止的订阅：%(number)s 项。") % {"number": hit.subscriptions}
