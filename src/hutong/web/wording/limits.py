"""Limits of the rulebook in words: what they are about, their values with units, where they come from."""

from collections.abc import Sequence

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext, gettext_noop, ngettext

from hutong.core import defaults, limits
from hutong.core.limits import CountedIn, Limit, Value
from hutong.web.wording import clauses, reader

MIB = defaults.MIB

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (gettext_noop("共享申请"), ("sharing",)),
    (gettext_noop("目录"), ("catalog",)),
    (gettext_noop("登记"), ("registration",)),
    (gettext_noop("应急预案与恢复演练"), ("plan", "drill")),
    (gettext_noop("旧版本"), ("version",)),
    (gettext_noop("提前通知"), ("contact", "node", "maintenance", "lead")),
    (gettext_noop("故障"), ("fault",)),
    (gettext_noop("拟办、审核、签发"), ("hands",)),
    (gettext_noop("比对与查询的上限"), ("compare", "query", "raised")),
    (gettext_noop("数据交付与订阅"), ("delivery", "feed", "withdrawn", "spent")),
    (gettext_noop("应用系统与登录"), ("system", "protection", "login", "token")),
    (gettext_noop("附件"), ("attachments",)),
    (gettext_noop("消息"), ("messages",)),
    (gettext_noop("密钥更换"), ("keys",)),
    (gettext_noop("磁盘、证书、时钟的提醒"), ("watch",)),
    (gettext_noop("备份"), ("backup",)),
    (gettext_noop("日志保存期限"), ("audit",)),
)
"""Heading → the beginnings of the names of what stands under it."""

_UNITS: dict[CountedIn, str] = {
    CountedIn.WORKING_DAYS: gettext_noop("%(many)s 个工作日"),
    CountedIn.DAYS: gettext_noop("%(many)s 天"),
    CountedIn.CLOCK_HOURS: gettext_noop("%(many)s 小时"),
    CountedIn.MINUTES: gettext_noop("%(many)s 分钟"),
    CountedIn.SECONDS: gettext_noop("%(many)s 秒"),
    CountedIn.YEARS: gettext_noop("%(many)s 年"),
    CountedIn.COUNT: "%(many)s",
    CountedIn.PERCENT: "%(many)s%%",
    CountedIn.BYTES: "%(many)s MB",
    CountedIn.LEVEL: gettext_noop("%(many)s 级"),
}


def grouped(every: Sequence[Limit]) -> list[tuple[str, list[Limit]]]:
    """Return limits under their headings, in the reader's language; headings without any are left out."""
    found = [(gettext(title), [one for one in every if _area(one) in areas]) for title, areas in GROUPS]
    return [(title, those) for title, those in found if those]


def known(name: str) -> Limit:
    """Return the limit called `name`; raises LimitUnknown."""
    return defaults.limit(name)


def about(limit: Limit) -> str:
    """Return what a limit is about, in the reader's language."""
    return limit.about[reader.language()]


def value(limit: Limit, value: Value) -> str:
    """Return a value with its unit, in the reader's language."""
    if isinstance(value, bool):
        return gettext("开启") if value else gettext("不开启")
    if isinstance(value, str):
        return value
    many = value // MIB if limit.unit is CountedIn.BYTES else value
    pattern = _UNITS[limit.unit]
    return ngettext(pattern, pattern, many) % {"many": intcomma(many, use_l10n=False)}


def unit(limit: Limit) -> str:
    """Return the unit alone, as it stands behind a field."""
    pattern = _UNITS.get(limit.unit, "%(many)s")
    return (ngettext(pattern, pattern, 2) % {"many": ""}).strip()


def kind(unit: str) -> str:
    """Return what a value of a unit looks like."""
    if unit == CountedIn.SWITCH:
        return gettext("开启或不开启")
    if unit in limits.CHOICES:
        return gettext("A 或 B")
    return gettext("整数")


def source(limit: Limit) -> str:
    """Return the clause or source a limit comes from, as people cite it."""
    return clauses.cited(limit.source)


def read(limit: Limit, text: str) -> Value:
    """Return what was typed as a value of the limit; text that is none is returned as it is, for `limits.check`."""
    given = text.strip()
    if limit.unit is CountedIn.SWITCH:
        return {"on": True, "off": False}.get(given, given)
    if limit.unit in limits.CHOICES or not given.isdecimal() or len(given) > 15:
        return given
    return int(given) * (MIB if limit.unit is CountedIn.BYTES else 1)


def typed(limit: Limit, value: Value) -> str:
    """Return a value as it is typed: what `read` reads as the same."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value // MIB) if limit.unit is CountedIn.BYTES and isinstance(value, int) else str(value)


def _area(limit: Limit) -> str:
    return limit.name.partition(".")[0]
