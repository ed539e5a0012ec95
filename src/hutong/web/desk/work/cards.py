"""What waits as the cards of a page, in words: the template only sets them, fifty times."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext

from hutong.web.desk import cells
from hutong.web.desk.work.waiting import WaitingCase
from hutong.web.shown import Shown
from hutong.web.wording import clauses

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Card(Shown):
    """One case that waits, as it is read; what is empty is not shown."""

    number: str
    heading: str
    address: str
    box: str
    """What its box sends; empty where it has none."""
    box_label: str
    form: str
    """The form of its group, with which its box is sent; empty where it has none."""
    group: str
    """Which group of like cases it belongs to, where there are several."""
    state: str
    tone: str
    stage: str
    urged: bool
    handler: str
    elsewhere: str
    """That it is another's step and why it waits here; empty where it is the reader's own."""
    grounds: str
    """By which clause it is done, and by whom."""
    due: str
    """The last day; empty where there is none yet, or none at all."""
    late: bool
    undated: str
    """What is said in the place of a day, where that is no badge."""
    badge: str
    """What is said of the deadline in a badge, and its tone."""
    badge_tone: str
    how: str
    """How the deadline was reached, or why there is none."""
    button: str
    plain: bool
    """Whether the button only shows the case, which is another's to do."""


def cards(rows: Sequence[WaitingCase]) -> list[Card]:
    """Return rows as cards; what many cards have in common is put into words once."""
    said = cache(gettext)
    several = max((row.group for row in rows), default=0) > 1
    return [_card(row, said=said, several=several) for row in rows]


def _card(row: WaitingCase, *, said: Say, several: bool) -> Card:
    dated = row.deadline is not None and bool(row.deadline.day)
    deadline = cells.deadline(row.deadline, no_limit=row.no_limit, said=said)
    return Card(
        number=row.number,
        heading=said("%(kind)s：%(title)s") % {"kind": row.kind, "title": row.title},
        address=row.address,
        box=row.key if row.group else "",
        box_label=said("勾选 %(name)s") % {"name": row.number} if row.group else "",
        form=f"group-{row.group}" if row.group else "",
        group=said("第 %(number)s 组") % {"number": row.group} if row.group and several else "",
        state=row.state.name,
        tone=row.state.tone,
        stage=said("待%(hand)s") % {"hand": row.stage} if row.stage else "",
        urged=row.urged_at is not None,
        handler=said("由 %(handler)s 办理中") % {"handler": row.handler} if row.handler else "",
        elsewhere=row.elsewhere,
        grounds=_grounds(row, said=said),
        due=row.deadline.said if row.deadline and dated else "",
        late=row.deadline is not None and row.deadline.late,
        undated="" if dated else deadline.text,
        badge=deadline.badge,
        badge_tone=deadline.tone,
        how=(row.deadline.how if row.deadline else "") or row.no_limit,
        button=_button(row, said=said) if _own(row) else said("查看"),
        plain=not _own(row),
    )


@dataclass(frozen=True, slots=True)
class Group(Shown):
    """Like cases that can be ticked together: the form that sends them, and what its button says."""

    form: str
    button: str


def groups(rows: Sequence[WaitingCase]) -> list[Group]:
    """Return the groups of like cases among rows, each with its own form: no other case can be sent with it."""
    found: dict[int, list[WaitingCase]] = {}
    for row in rows:
        if row.group:
            found.setdefault(row.group, []).append(row)
    if len(found) == 1:
        return [Group(f"group-{number}", gettext("一并办理勾选的事项…")) for number in found]
    words = gettext("一并办理第 %(number)s 组勾选的事项：%(step)s（%(count)s 件）…")
    return [
        Group(f"group-{number}", words % {"number": number, "step": each[0].label, "count": len(each)})
        for number, each in sorted(found.items())
    ]


def _button(row: WaitingCase, *, said: Say) -> str:
    return said("%(hand)s：%(step)s") % {"hand": row.stage, "step": row.label} if row.stage else row.label


def _own(row: WaitingCase) -> bool:
    return row.mine and not row.why


def _grounds(row: WaitingCase, *, said: Say) -> str:
    if not _own(row):
        return said("依据：%(basis)s") % {"basis": clauses.on_a_line(row.clause)}
    words = said("为什么由您办理：%(role)s，依据%(basis)s")
    return words % {"role": row.role, "basis": clauses.on_a_line(row.clause)}
