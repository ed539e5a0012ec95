"""The versions of an entry that are answered from: who is still on which, until when, and the setting of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog import last_days
from hutong.control.catalog.last_days import FormerVersions
from hutong.control.sharing.queries import FORMER
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Judging
from hutong.plane.versions import VersionInUse
from hutong.web import clock
from hutong.web.desk import acts, fields
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.forms import Field
from hutong.web.lists.asking import address
from hutong.web.wording import resources
from hutong.web.wording.filters import day, moment

ACT = "end_version"
"""What the form sends as `act`."""


@dataclass(frozen=True, slots=True)
class LastDaysShown:
    """The versions of an entry as its page shows them; `fields` are those of the form, none where nothing is set."""

    table: Table
    fields: tuple[Field, ...]
    open: bool
    """Whether what was typed was refused just now."""
    at: str
    """The state in which they are shown."""


def shown(formers: FormerVersions, *, code: str, today: date, form: QueryDict) -> LastDaysShown:
    """Return the versions of an entry that are answered from; a form that was refused is shown again."""
    posted = form.get("act") == ACT
    table = _table(formers.versions, today, code=code, newest=formers.newest)
    return LastDaysShown(table, _fields(formers.settable, form if posted else QueryDict()), posted, formers.at)


def set_day(code: str, form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Set the last day that was posted, and return of what it is the last day, in words.

    Raises what the fields, all of them, and `last_days.end` raise.
    """
    judging = Judging()
    version = fields.judged(judging, fields.number, form, "version", 0)
    until = fields.judged(judging, fields.day, form, "until", beijing.day(now))
    fields.judge(form, judging)
    judging.end()
    last_days.end(
        code, version=version, until=until, actor=actor, now=now, calendar=clock.calendar(),
        meant_for=form.get(acts.AT, ""),
    )  # fmt: skip
    told = {"resource": resources.called(code), "number": version, "day": day(until)}
    return gettext("%(resource)s第 %(number)s 版，答复到 %(day)s") % told


def _table(found: Sequence[VersionInUse], today: date, *, code: str, newest: int) -> Table:
    titles = ("版本", "记录数", "数据", "答复至", "尚在使用的单位和授权")

    def row(each: VersionInUse) -> tuple[Cell, ...]:
        return (
            Cell(gettext("第 %(number)s 版") % {"number": each.version}), Cell(f"{each.rows}"), Cell(_data(each)),
            _until(each, today), _used(each, code, former=each.version < newest),
        )  # fmt: skip

    return Table(
        gettext("答复的版本"), tuple(Column(gettext(title)) for title in titles), tuple(map(row, found)), even=False
    )


def _used(each: VersionInUse, code: str, *, former: bool) -> Cell:
    """Return how many grants name a version and of how many units; they are listed where it leads."""
    if not each.grants:
        return Cell("—")
    said = gettext("%(units)s 个单位，%(grants)s 项授权") % {"units": each.consumers, "grants": each.grants}
    narrowed = address({"q": code, "state": FORMER if former else ""})
    return Cell(said, address=f"{reverse('grants')}?{narrowed}")


def _data(each: VersionInUse) -> str:
    if each.as_of is not None:
        return gettext("截至 %(at)s，不再更新") % {"at": moment(each.as_of)}
    return moment(each.loaded_at) if each.loaded_at else "—"


def _until(each: VersionInUse, today: date) -> Cell:
    if each.over(today):
        return Cell(day(each.last_day), badge=gettext("已过最后答复日"), tone="bad")
    if each.last_day is not None:
        return Cell(day(each.last_day), note="" if each.succeeded else gettext("须待新版本有数据，此前一直答复"))
    return Cell(gettext("未定") if each.succeeded else "—")


def _fields(settable: Sequence[VersionInUse], form: QueryDict) -> tuple[Field, ...]:
    if not settable:
        return ()
    numbers = tuple((f"{each.version}", gettext("第 %(number)s 版") % {"number": each.version}) for each in settable)
    until = form.get("until") or (f"{settable[0].last_day}" if settable[0].last_day else "")
    return (
        Field("version", gettext("旧版本"), form.get("version", ""), "choice", options=numbers, form=ACT),
        Field(
            "until", gettext("最后答复日"), until, "date", required=True, form=ACT,
            hint=gettext("旧版本答复到这一天（含当日），此后不再答复。"),
        ),
    )
