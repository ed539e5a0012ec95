"""What pages show of raising a limit: the fields of its form."""

from collections.abc import Sequence
from datetime import timedelta

from django.http import QueryDict
from django.utils.translation import gettext

from hutong.control.rulebook import queries as rulebooks
from hutong.control.units import queries as members
from hutong.core import defaults
from hutong.plane.raising import MOST_DAYS, RAISABLE
from hutong.web import clock
from hutong.web.forms import Field
from hutong.web.wording import limits
from hutong.web.wording.filters import day

DAILY, YEARLY = "query.daily_records", "query.records_least"
"""The limit of a day, and that of a year, within which it lies."""


def _named(name: str) -> str:
    """Return what a limit is called, with its code, by which refusals name it."""
    return gettext("%(about)s（%(code)s）") % {"about": limits.about(defaults.limit(name)), "code": name}


def raising(form: QueryDict) -> Sequence[Field]:
    """Return the fields of the form that raises a limit, with what was typed, the values in force and the last day."""
    def said(name: str) -> str:
        return form.get(name, "")

    today = clock.today()
    rulebook = rulebooks.in_force(today)
    offered = tuple((name, _named(name)) for name in RAISABLE)
    held = (
        gettext("%(item)s：%(values)s")
        % {"item": name, "values": limits.value(defaults.limit(name), rulebook.value(name))}
        for name in RAISABLE
    )
    last = today + timedelta(days=rulebook.number(MOST_DAYS) - 1)
    units = tuple((unit.credit_code, unit.name) for unit in members.units())
    return (
        Field(
            "limit", gettext("上限名称"), said("limit"), "choice", required=True, options=offered,
            hint=gettext(
                "每日可查询的记录数不会多于每年的：要提高每日的（%(day)s），先提高每年的（%(year)s），使它大于现行的每日数。"
            ) % {"day": DAILY, "year": YEARLY},
        ),
        Field(
            "unit", gettext("使用单位"), said("unit"), required=True, suggested=units,
            hint=gettext("填写统一社会信用代码或单位全称。"),
        ),
        Field(
            "resource", gettext("信息资源代码"), said("resource"),
            hint=gettext("只对一项信息资源提高的，填写其代码；对全部资源的，留空。"),
        ),
        Field(
            "value", gettext("提高到"), said("value"), required=True, digits=True,
            hint=gettext("须大于现行的数值。%(held)s。") % {"held": gettext("；").join(held)},
        ),
        Field(
            "until_date", gettext("截止日期（含当日）"), said("until_date"), kind="date", required=True,
            hint=gettext("最晚到 %(last)s。") % {"last": day(last)},
        ),
        Field(
            "reason", gettext("理由"), said("reason"), kind="long", required=True, hint=gettext("依据的决定及文号"),
        ),
    )  # fmt: skip
