"""What an enrolment would do, did, or cannot do, as tables."""

from collections.abc import Sequence

from django.utils.translation import gettext, gettext_noop

from hutong.control.enrolment.enrolled import EnrolmentFault, FilePosition, Outcome
from hutong.core.labels import label
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.wording import reader, telling
from hutong.web.wording.names import named

WOULD = {"new": gettext_noop("将登记"), "changed": gettext_noop("将变更"), "same": gettext_noop("不变")}
DID = {"new": gettext_noop("已登记"), "changed": gettext_noop("已变更"), "same": gettext_noop("不变")}
TONES = {"new": "good", "changed": "warn", "same": "quiet"}


def outcomes(rows: Sequence[Outcome], *, done: bool) -> Table:
    """Return what becomes of each entry: `done`, or as it would be."""
    titles = [("类别", "short"), ("编号", ""), ("名称", ""), ("结果", ""), ("变更的字段", "")]
    titles += [("初始密码", "")] * any(row.password for row in rows)
    words = DID if done else WOULD
    return Table(
        gettext("登记的结果") if done else gettext("登记后的结果"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(
            (
                Cell(section(row.section)), Cell(_code(row)), Cell(row.name),
                Cell("", badge=gettext(words[row.what]), tone=TONES[row.what]),
                Cell(
                    " ".join(row.changed) or "—",
                    note=gettext("不在此处变更：%(fields)s") % {"fields": " ".join(row.kept)} if row.kept else "",
                ),
                *([Cell("", code=row.password or "")] * (len(titles) == 6)),
            )
            for row in rows
        ),
        even=False,
    )  # fmt: skip


def faults(rows: Sequence[EnrolmentFault]) -> Table:
    """Return what is wrong, each with its place in the file, what it means and what to do."""
    titles = (("位置", ""), ("问题", ""), ("怎么办", ""))
    return Table(
        gettext("须改正的地方"),
        tuple(Column(gettext(title), css) for title, css in titles),
        tuple(_fault(row) for row in rows),
        even=False,
    )


def _fault(row: EnrolmentFault) -> tuple[Cell, ...]:
    told = telling.said(row.problem)
    hanging = gettext("、").join(
        gettext("%(section)s %(count)s 项") % {"section": section(name), "count": count} for name, count in row.hanging
    )
    note = gettext("因此不能登记的还有：%(hanging)s") % {"hanging": hanging} if hanging else ""
    return _place(row.place), Cell(str(told["message"]), note=note), Cell(str(told.get("advice") or "—"))


def _place(place: FilePosition) -> Cell:
    line = gettext("第 %(line)s 行") % {"line": place.line} if place.line else ""
    entry = gettext("第 %(entry)s 项") % {"entry": place.entry} if place.entry else ""
    return Cell(" ".join(filter(None, (line, f"[[{place.section}]]", entry))), code=place.field)


def section(name: str) -> str:
    """Return what a section of the file is called."""
    return label(f"enrolment.section.{name}", language=reader.language())


def _code(row: Outcome) -> str:
    if row.section != "offices":
        return row.id
    role, _, region = row.id.partition(" ")
    return f"{named(role, 'role')} {region}".strip()
