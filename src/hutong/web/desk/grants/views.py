"""Grants: what is opened to whom, and stopping it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from hutong.control.catalog import queries as catalog
from hutong.control.orgs import offices
from hutong.control.orgs.rules import Actor
from hutong.control.sharing import queries
from hutong.control.sharing.queries import FORMER, SUSPENDED, GrantShown
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.plane.lifecycle import GRANT, SUSPENSION
from hutong.web import clock
from hutong.web.desk import exporting, paging, register
from hutong.web.desk.grants import steps, suspensions
from hutong.web.desk.grants.steps import Asks
from hutong.web.desk.narrowing import Narrowed
from hutong.web.login.entrance import officers
from hutong.web.login.request import Request
from hutong.web.wording import filters, procedures, row_filters, telling
from hutong.web.wording.names import named

_MOMENT = timedelta(microseconds=1)
"""A period ends before its end: its last day has the moment before."""


@officers
def listed(request: Request) -> HttpResponse:
    """Show a page of the grants, the newest first; the operator's posted step is taken."""
    actor, problem = request.actor, None
    asked = _asked(request.GET)
    before = paging.place(request.GET.get("before", ""))
    if request.method == "POST":
        try:
            steps.take(request.POST, actor=actor, now=clock.now())
            return redirect(request.get_full_path())
        except Problem as raised:
            problem = raised
    found = queries.grants(actor, words=asked.words, state=asked.state, before=before, limit=queries.PAGE + 1)
    grants = found[: queries.PAGE]
    shown = {
        "rows": _rows(grants, actor=actor, form=request.POST),
        "purposes": register.meanings("purpose"),
        "suspended": procedures.state(SUSPENSION, "standing"),
        "asked": asked,
        "kept": asked.kept(),
        "states": [
            *((code, named(code, "grant_state")) for code in GRANT.states),
            (SUSPENDED, procedures.state(SUSPENSION, "standing").name),
            (FORMER, gettext("仍由旧版本答复")),
        ],
        "count": paging.told(queries.grants_counted(actor, words=asked.words, state=asked.state)),
        "more": paging.where(grants[-1].from_at, grants[-1].no) if len(found) > queries.PAGE else "",
        "first": before is None,
        "problem": telling.said(problem) if problem else None,
    }
    return render(request, "desk/grants.html", shown, status=statuses.of(problem) if problem else 200)


@officers
def exported(request: Request) -> StreamingHttpResponse:
    """Hand out the grants that the list is narrowed to, all its pages, as CSV."""
    asked = _asked(request.GET)
    found = queries.every_grant(request.actor, words=asked.words, state=asked.state)
    return exporting.response(_lines(found), name=f"hutong-grants-{clock.today():%Y%m%d}.csv")


def _asked(given: QueryDict) -> Narrowed:
    return Narrowed.read(given, states=(*GRANT.states, SUSPENDED, FORMER))


def _lines(grants: Iterable[GrantShown]) -> Iterator[tuple[object, ...]]:
    """Yield the lines of a file of grants, the first of which names the columns."""
    titles = (
        "授权编号", "提供方", "信息资源代码", "信息资源", "版本", "使用单位", "应用系统", "使用方式", "用途",
        "开始日期", "结束日期", "最后答复日", "状态",
    )  # fmt: skip
    purposes = register.meanings("purpose")
    yield tuple(gettext(title) for title in titles)
    for each in grants:
        yield (
            each.no, each.provider, each.code, each.resource, each.version, each.consumer, each.system,
            named(each.mode, "mode"), purposes.get(each.purpose, each.purpose), filters.day(each.from_at),
            filters.day(each.until_at - _MOMENT), filters.day(each.ends_on) if each.ends_on else "",
            procedures.state(SUSPENSION, "standing").name if each.suspended else named(each.state, "grant_state"),
        )  # fmt: skip


def _rows(grants: Sequence[GrantShown], *, actor: Actor, form: QueryDict) -> list[dict[str, object]]:
    applications = queries.opened_by([grant.no for grant in grants])
    resources = catalog.names((grant.code, grant.version) for grant in grants)
    stopped = queries.suspensions(grants, actor=actor)
    people = suspensions.people(each for listed in stopped.values() for each in listed)
    held = offices.now_held()
    named_items = {grant.no: resources.get((grant.code, grant.version), ("", {}))[1] for grant in grants}
    asks = {grant.no: Asks(actor, held.parties(grant.region), form) for grant in grants}
    return [
        {
            "grant": grant,
            "application": applications.get(grant.no, ""),
            "suspensions": suspensions.shown(grant, stopped[grant.no], people=people, asks=asks[grant.no]),
            "steps": steps.of_grant(grant, asks=asks[grant.no]),
            "items": [named_items[grant.no].get(code, code) for code in grant.items],
            "limited": row_filters.words(grant.row_filter, named_items[grant.no]),
        }
        for grant in grants
    ]
