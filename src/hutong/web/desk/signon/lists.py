"""The lists of bindings and of identity services: as tables, as files, and what narrows them."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.signon import queries, rules
from hutong.control.signon.models import STATES, Binding, IdentityService
from hutong.control.units import queries as members
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.signon import shown
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListRequest, Part
from hutong.web.wording import filters

OF_BINDINGS = ("人员", "账号", "单位", "认证服务", "标识", "绑定时间", "状态")
OF_SERVICES = ("名称", "代号", "签发者", "登记时间", "状态")


def _bindings_table(rows: Sequence[Binding], asked: ListRequest) -> Table:
    return Table(
        gettext("身份绑定"),
        tuple(Column(gettext(title)) for title in OF_BINDINGS),
        tuple(
            (
                Cell(row.officer.name, reverse("binding", args=[row.pk])),
                Cell("", code=row.officer.user.username),
                Cell(row.officer.unit.name),
                Cell(row.issuer),
                Cell("", code=row.subject),
                Cell(filters.moment(row.bound_at)),
                Cell("", badge=shown.standing(row), tone="quiet" if row.ended_at else "good"),
            )
            for row in rows
        ),
        titled=False,
    )


def _bindings_lines(rows: Sequence[Binding], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            row.officer.name, row.officer.user.username, row.officer.unit.name, row.issuer, row.subject,
            filters.moment(row.bound_at), shown.standing(row), row.bound_by,
            filters.moment(row.ended_at) if row.ended_at else "", row.ended_by, row.reason,
        )  # fmt: skip


def _bindings_asked(asked: ListRequest) -> queries.BindingFilters:
    unit = queries.seen(asked.actor) or asked["unit"]
    return queries.BindingFilters(words=asked["q"], unit=unit, standing=bool(asked["standing"]))


def _bindings_read(asked: ListRequest, part: Part) -> FoundRows[Binding]:
    oldest = asked.order == "oldest"
    found = queries.bindings(_bindings_asked(asked), after=part.after, oldest=oldest, limit=part.limit)
    return part.cut(found)


BINDINGS: Listing[Binding] = Listing(
    name="bindings",
    title="身份绑定",
    filters=(
        WORDS,
        Filter("unit", "单位", options=lambda actor: [] if actor is None or rules.sees(actor) else _units()),
        Filter("standing", "只看有效的", "box"),
    ),
    orders=orders.NEWEST_FIRST,
    read=_bindings_read,
    count=lambda asked, most: queries.bindings_counted(_bindings_asked(asked), most=most),
    place=lambda row, order: (row.bound_at, row.pk),
    shown=_bindings_table,
    columns=(*OF_BINDINGS, "绑定人", "解除时间", "解除人", "解除原因"),
    lines=_bindings_lines,
    said="共有绑定 %(count)s 项",
    empty="还没有绑定账号。",
    none_fit="没有符合条件的绑定。",
)
"""Which account is whom of an identity service, as far as the reader administers or audits it."""


def _units() -> list[tuple[str, str]]:
    return [(unit.credit_code, unit.name) for unit in members.units()]


def _services_table(rows: Sequence[IdentityService], asked: ListRequest) -> Table:
    return Table(
        gettext("认证服务"),
        tuple(Column(gettext(title)) for title in OF_SERVICES),
        tuple(
            (
                Cell(row.name, reverse("service", args=[row.pk])),
                Cell("", code=row.code),
                Cell(row.issuer),
                Cell(filters.moment(row.proposed_at)),
                Cell("", badge=shown.state(row.state), tone=shown.TONES[row.state]),
            )
            for row in rows
        ),
        titled=False,
    )


def _services_lines(rows: Sequence[IdentityService], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            row.name, row.code, row.issuer, filters.moment(row.proposed_at), shown.state(row.state), row.client_id,
            " ".join(row.acr), row.proposed_by, row.decided_by, row.reason,
        )  # fmt: skip


def _services_read(asked: ListRequest, part: Part) -> FoundRows[IdentityService]:
    rows = queries.services(
        asked.actor, words=asked["q"], state=asked["state"], after=part.after, oldest=asked.order == "oldest",
        limit=part.limit,
    )  # fmt: skip
    return part.cut(rows)


SERVICES: Listing[IdentityService] = Listing(
    name="services",
    title="认证服务",
    filters=(
        WORDS,
        Filter("state", "状态", options=lambda _: [(state, shown.state(state)) for state in STATES]),
    ),
    orders=orders.NEWEST_FIRST,
    read=_services_read,
    count=lambda asked, most: queries.services_counted(asked.actor, words=asked["q"], state=asked["state"], most=most),
    place=lambda row, order: (row.proposed_at, row.pk),
    shown=_services_table,
    columns=(*OF_SERVICES, "客户端标识", "视同双因素的 acr", "登记人", "办理人", "原因"),
    lines=_services_lines,
    said="共有登记 %(count)s 项",
    empty="还没有登记认证服务。",
    none_fit="没有符合条件的登记。",
)
"""The registrations of identity services."""
