"""What the public pages say of published resources."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from hutong.control.catalog import rules
from hutong.control.catalog.models import Version
from hutong.plane.definition import Form
from hutong.web.facts import Fact, Words, fact
from hutong.web.shown import Shown
from hutong.web.wording.filters import day, moment
from hutong.web.wording.names import named

TONES = {1: "good", 3: "quiet"}
"""Sharing type → the tone of its badge, where it is not the plain one."""


@dataclass(frozen=True, slots=True)
class EntryShown(Shown):
    """A published entry in the list of the catalogue."""

    code: str
    name: str
    abstract: str
    sharing_type: str
    tone: str
    form: str
    provider: str
    cycle: str


def entries(found: Sequence[Version]) -> list[EntryShown]:
    """Return a page of the catalogue as its list shows it."""
    return [
        EntryShown(
            code=each.entry.code,
            name=each.name,
            abstract=each.abstract,
            sharing_type=named(each.sharing_type, "sharing_type"),
            tone=TONES.get(each.sharing_type, ""),
            form=named(each.method, "form"),
            provider=each.entry.provider.name,
            cycle=named(each.update_cycle, "cycle"),
        )
        for each in found
    ]


def facts(version: Version, stored: dict[str, Any] | None) -> list[Fact]:
    """Return what a published version says of its resource, and what the platform holds of it."""
    return [*_said(version), fact(gettext("平台已有数据"), _stored(version, stored)), *_coded(version)]


def _said(version: Version) -> Iterator[Fact]:
    provider = version.entry.provider
    yield Fact(gettext("提供方"), (Words(provider.name), Words("", provider.credit_code)))
    sharing = (named(version.sharing_type, "sharing_type"), version.sharing_condition)
    yield Fact(gettext("共享类型"), tuple(Words(line) for line in sharing if line))
    yield fact(gettext("格式"), named(version.format, "format"))
    yield fact(gettext("共享方式"), named(version.method, "method"))
    yield fact(gettext("资源形态"), named(version.method, "form_means"))
    yield fact(gettext("更新周期"), named(version.update_cycle, "cycle"))
    released = {"day": day(version.release_date), "version": version.number}
    yield fact(gettext("发布日期"), gettext("%(day)s（第 %(version)s 版）") % released)


def _stored(version: Version, stored: dict[str, Any] | None) -> str:
    if stored is not None:
        return gettext("%(rows)s 条，%(at)s") % {"rows": f"{stored['rows']:,}", "at": moment(stored["loaded_at"])}
    interface = rules.FORM_OF_METHOD[version.method] is Form.INTERFACE
    return gettext("接口不留存数据") if interface else gettext("尚未交付")


def _coded(version: Version) -> Iterator[Fact]:
    yield fact(gettext("信息资源代码"), "", version.entry.code)
