"""The lists of what waits: at the officer's own desk, at those of a head's officers, and where nobody can act."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from hutong.control.procedures import queries
from hutong.control.procedures.queries import CaseFilters, Waiting
from hutong.control.units import heads, naming
from hutong.control.units.rules import Actor
from hutong.core.lifecycle import Seat
from hutong.web.desk.rooms import KINDS
from hutong.web.desk.work import waiting
from hutong.web.lists import counting
from hutong.web.lists.listing import WORDS, Filter, FoundRows, Listing, ListOrder, ListRequest, Part
from hutong.web.wording import procedures

Seats = Callable[[Actor], Collection[Seat]]
KIND = Filter(
    "procedure",
    "事项",
    options=lambda actor: [(name, procedures.said("title", kind.procedure.life.title)) for name, kind in KINDS.items()],
)
WHOSE = Filter(
    "whose",
    "由谁办理",
    options=lambda actor: [("mine", gettext("我领办的")), ("nobody", gettext("尚无人领办的"))],
)
NOBODYS = Filter("whose", "由谁办理", options=lambda actor: [("nobody", gettext("尚无人领办的"))])
LATE = Filter("late", "只看逾期", "box")
COLUMNS = ("编号", "类别", "事项", "状态", "办理步骤", "由哪个职责办理", "本步期限", "是否逾期", "领办人")


def listing(
    name: str, *, title: str, seats: Seats, fields: tuple[Filter, ...], empty: str, own: bool = False,
    elsewhere: bool = False,
) -> Listing[Waiting]:  # fmt: skip
    """Return the list of what waits at some seats; `own` where they are the reader's."""

    def filters(asked: ListRequest) -> CaseFilters:
        officer = {"mine": asked.actor.officer, "nobody": ""}.get(asked["whose"])
        late_at, reader = asked.now if asked["late"] else None, asked.actor.officer if own else ""
        return CaseFilters(asked["procedure"], late_at, officer, elsewhere=elsewhere, reader=reader, words=asked["q"])

    def read(asked: ListRequest, part: Part) -> FoundRows[Waiting]:
        after: Any = part.after
        return part.cut(queries.waiting(seats(asked.actor), filters=filters(asked), after=after, limit=part.limit))

    def count(asked: ListRequest, most: int) -> int:
        return queries.counts(seats(asked.actor), now=asked.now, filters=filters(asked), most=most).waiting

    def summed(asked: ListRequest) -> tuple[str, queries.DeskCounts]:
        found = queries.counts(seats(asked.actor), now=asked.now, filters=filters(asked))
        told = {"waiting": counting.told(found.waiting), "late": counting.told(found.late)}
        return gettext("共 %(waiting)s 件，其中逾期 %(late)s 件") % told, found

    def lines(rows: Sequence[Waiting], asked: ListRequest) -> Iterator[tuple[object, ...]]:
        reader = asked.actor.officer if own else ""
        for row in waiting.rows(rows, seats=seats(asked.actor), now=asked.now, reader=reader):
            due = row.deadline
            yield (
                row.number, row.kind, row.title, row.state.name, row.label, row.whose, due.said if due else "",
                gettext("已逾期") if due and due.late else "", row.handler,
            )  # fmt: skip

    return Listing(
        name=name,
        title=title,
        filters=(WORDS, *fields),
        orders=(ListOrder("due", "按期限", (datetime, int)),),
        read=read,
        count=count,
        place=lambda row, order: (row.order_at, row.id),
        shown=lambda rows, asked: rows,
        columns=COLUMNS,
        lines=lines,
        said="共 %(count)s 件",
        empty=empty,
        none_fit="没有符合条件的事项。",
        summed=summed,
        parts=False,
    )


WAITING = listing(
    "waiting", title="待办", seats=lambda actor: actor.seats, fields=(KIND, WHOSE, LATE), own=True,
    empty="没有需要您办理的事项。",
)  # fmt: skip
"""What waits for the officer who reads."""
HEADED = listing(
    "giving", title="分办", seats=heads.seats, fields=(KIND, NOBODYS, LATE), empty="没有由您分办的事项。"
)  # fmt: skip
"""What waits at the desks of the officers of a head."""
NOBODY = listing(
    "nobody", title="无人可办", seats=naming.stuck_at, fields=(KIND, LATE), elsewhere=True,
    empty="您负责的范围内，每件待办的事项都有人可以办理。",
)  # fmt: skip
"""What nobody can go on with."""
