"""The lists of contacts and of the notices of their change: as tables, as files, and what narrows them."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from hutong.control.notices import queries
from hutong.control.notices.lifecycle import CONTACT_CHANGE
from hutong.control.notices.models import ContactChange
from hutong.control.notices.queries import UnitContact
from hutong.web.desk import cells
from hutong.web.desk.notices import shown
from hutong.web.desk.notices.kind import KIND
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.lists import orders
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import filters, procedures

OF_CONTACTS = ("单位", "联系人", "办公电话", "自", "确定方式")
OF_CHANGES = ("编号", "单位", "新联系人", "生效日", "是否按期通知", "进度")


def _contacts_table(rows: Sequence[UnitContact], asked: ListRequest) -> Table:
    page = KIND.pages()
    return Table(
        gettext("联系人"),
        tuple(Column(gettext(title)) for title in OF_CONTACTS),
        tuple(
            (
                Cell(each.unit_name),
                Cell(each.name or "—"),
                Cell(each.phone or "—"),
                Cell(filters.day(each.since)),
                Cell(shown.standing(each), page(each.notice)) if each.named else Cell(shown.standing(each)),
            )
            for each in rows
        ),
        titled=False,
    )


def _contacts_lines(rows: Sequence[UnitContact], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    for each in rows:
        since, standing = filters.day(each.since), shown.standing(each)
        yield each.unit, each.unit_name, each.name, each.phone, since, standing, each.notice


def _contacts_read(asked: ListRequest, part: Part) -> FoundRows[UnitContact]:
    rows = queries.contacts(asked.actor, words=asked["q"], after=part.after, limit=part.limit, now=asked.now)
    return part.cut(rows)


CONTACTS: Listing[UnitContact] = Listing(
    name="contacts",
    title="联系人",
    filters=(WORDS,),
    orders=(ListOrder("name", "按单位名称", (str, str)),),
    read=_contacts_read,
    count=lambda asked, most: queries.contacts_counted(asked.actor, words=asked["q"], most=most),
    place=lambda row, order: (row.unit_name, row.unit),
    shown=_contacts_table,
    columns=("单位代码", *OF_CONTACTS, "通知编号"),
    lines=_contacts_lines,
    said="共有单位 %(count)s 个",
    empty="没有您可以查阅的单位。",
    none_fit="没有符合条件的单位。",
)
"""Who is the contact of each unit that an officer may read."""


def _changes_table(rows: Sequence[ContactChange], asked: ListRequest) -> Table:
    page, told = KIND.pages(), queries.leads([each.no for each in rows])
    return Table(
        gettext("联系人变更通知"),
        tuple(Column(gettext(title)) for title in OF_CHANGES),
        tuple(
            (
                Cell(each.no, page(each.no)),
                Cell(each.unit.name),
                Cell(each.officer.name),
                Cell(filters.day(each.effective_date)),
                Cell(shown.lead(each, told[each.no])),
                cells.state(procedures.state(CONTACT_CHANGE, each.state)),
            )
            for each in rows
        ),
        titled=False,
    )


def _changes_lines(rows: Sequence[ContactChange], asked: ListRequest) -> Iterator[tuple[object, ...]]:
    told = queries.leads([each.no for each in rows])
    for each in rows:
        state = procedures.state(CONTACT_CHANGE, each.state).name
        yield (
            each.no, each.unit.name, each.officer.name, filters.day(each.effective_date),
            shown.lead(each, told[each.no]), state, filters.moment(each.told_at), each.reason, each.unit_id,
        )  # fmt: skip


def _asked(asked: ListRequest) -> queries.NoticeFilters:
    return queries.NoticeFilters(words=asked["q"], state=asked["state"])


def _changes_read(asked: ListRequest, part: Part) -> FoundRows[ContactChange]:
    oldest = asked.order == "oldest"
    return part.cut(queries.visible(asked.actor, _asked(asked), after=part.after, oldest=oldest, limit=part.limit))


CHANGES: Listing[ContactChange] = Listing(
    name="contact-changes",
    title="联系人变更通知",
    filters=(WORDS, Filter("state", "进度", options=lambda actor: procedures.states(CONTACT_CHANGE))),
    orders=orders.NEWEST_FIRST,
    read=_changes_read,
    count=lambda asked, most: queries.counted(asked.actor, _asked(asked), most=most),
    place=lambda row, order: (row.entered_at, row.pk),
    shown=_changes_table,
    columns=(*OF_CHANGES, "通知时间", "变更原因", "单位代码"),
    lines=_changes_lines,
    said="共有通知 %(count)s 件",
    empty="还没有联系人变更通知。",
    none_fit="没有符合条件的通知。",
)
"""The notices an officer may read."""
