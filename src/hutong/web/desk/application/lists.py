"""A list of applications as a table, and where a page of it ends."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial

from django.utils.translation import gettext

from hutong.control.procedures import queries as procedures
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application
from hutong.web.desk import cells, paging
from hutong.web.desk.application.kind import KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.wording import deadlines, names
from hutong.web.wording import procedures as wording


def table(applications: Sequence[Application], *, now: datetime) -> Table:
    """Return applications as a list shows them, each with the deadline that ends first.

    What many have in common is looked up once.
    """
    clocks = procedures.deadlines(APPLICATION.name, [each.no for each in applications])
    state, no_limit = cache(partial(wording.state, APPLICATION)), cache(partial(wording.no_limit, APPLICATION))
    page, mode = KIND.pages(), cache(partial(names.named, listed="mode"))
    return Table(
        gettext("共享申请"),
        tuple(Column(gettext(title)) for title in ("编号", "使用方", "信息资源", "方式", "进度", "本步期限")),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.consumer.name),
                Cell(each.entry.name),
                Cell(mode(each.mode)),
                cells.state(state(each.state)),
                cells.deadline(
                    deadlines.of_clock(clocks[each.no], now=now) if each.no in clocks else None,
                    no_limit=no_limit(each.state),
                ),
            )
            for each in applications
        ),
        even=False,
        titled=False,
    )


def where(application: Application) -> str:
    """Return the place of an application in the list, as an address keeps it."""
    return paging.where(application.entered_at, application.pk)
