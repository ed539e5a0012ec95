"""Rows of a table of uses: who used what, in the words of the registers, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog import queries as catalog
from hutong.control.sharing import queries, usage
from hutong.core import beijing, canonical, merkle
from hutong.web.desk import register
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.wording.filters import joined, moment
from hutong.web.wording.names import named
from hutong.web.wording.refusals import refused

WHO = {"users": "user", "systems": "system", "devices": "device"}
"""What is registered of a unit → the fact of a record that names one."""
TITLES = ("时间", "使用方", "人员、系统、设备", "资源与信息项", "用途与事项", "结果", "存证编号")
COLUMNS = (
    "存证编号", "叶子序号", "时间（北京时间）", "使用方代码", "使用方", "部门", "人员代码", "人员", "系统代码", "系统",
    "设备代码", "设备", "信息资源代码", "信息资源", "信息项", "用途代码", "用途", "事项代码", "事项", "使用方式",
    "结果", "结果代码", "未予提供的原因", "提供方代码", "提供方", "事件代码", "事件", "叶子哈希", "记录全文",
)  # fmt: skip
"""The columns of the file: what the page shows, in words and codes, and the whole record last."""
Names = Mapping[tuple[str, str, str], str]
"""What is registered is called, by kind, unit and code."""


@dataclass(frozen=True, slots=True)
class UseWords:
    """What the registers call what uses are about; looked up once for many of them."""

    units: Mapping[str, str]
    resources: Mapping[tuple[str, int | None], tuple[str, Mapping[str, str]]]
    registered: Names
    terms: Mapping[str, Mapping[str, str]]

    def who(self, use: usage.UseShown, kind: str) -> tuple[str, str]:
        """Return the code of a person, system or device of a use, and its name; empty where none is said."""
        code = use.record.get(WHO[kind]) or ""
        return code, self.registered.get((kind, use.unit or "", code), "")

    def resource(self, use: usage.UseShown) -> tuple[str, str]:
        """Return the name of the resource, and those of the items in a row; empty where none is said."""
        name, items = self.resources.get(version(use.record), (use.record.get("resource"), {}))
        return name or "", joined(items.get(code, code) for code in use.record.get("items") or ())

    def term(self, use: usage.UseShown, kind: str) -> tuple[str, str]:
        """Return the code of the purpose or the matter of a use, and what it means; empty where none is said."""
        code = use.record.get(kind) or ""
        return code, self.terms[kind].get(code, code)


def words(uses: Sequence[usage.UseShown], *, names: Mapping[str, str]) -> UseWords:
    """Look up what these uses are about; `names` are those of the units."""
    registered: Names = queries.registered(
        {use.unit for use in uses if use.unit},
        **{kind: {use.record[fact] for use in uses if use.record.get(fact)} for kind, fact in WHO.items()},
    )
    terms = {kind: register.meanings(kind) for kind in ("purpose", "matter")}
    return UseWords(names, catalog.names(version(use.record) for use in uses), registered, terms)


def table(uses: Sequence[usage.UseShown], *, names: Mapping[str, str]) -> Table:
    """Return uses as a table: who, with what, for which matter, which items, and what came of it."""
    said = words(uses, names=names)

    def row(use: usage.UseShown) -> tuple[Cell, ...]:
        record, unit = use.record, use.unit or ""
        (resource, items), (_, purpose) = said.resource(use), said.term(use, "purpose")
        code, matter = said.term(use, "matter")
        return (
            Cell(moment(use.at), address=reverse("record", args=[use.entry_id])),
            Cell(names.get(unit, unit or "—"), note=record.get("department") or "", code=unit),
            Cell("", lines=tuple(_who(record, unit, said.registered))),
            Cell(resource or "—", note=items),
            Cell(purpose or "—", note=matter or "—", code=code),
            _result(record),
            numbered(use),
        )

    return Table(
        gettext("使用日志"), tuple(Column(gettext(title)) for title in TITLES), tuple(map(row, uses)),
        even=False, titled=False,
    )  # fmt: skip


def numbered(use: usage.UseShown) -> Cell:
    """Return the cell of a record's number, by which it is found, and of its place in the log."""
    there = gettext("叶子序号 %(place)s；点编号，看存证依据")
    placed = gettext("待入日志") if use.placed is None else there % {"place": use.placed}
    return Cell(f"{use.entry_id}", address=f"{reverse('record', args=[use.entry_id])}#proof", note=placed)


def lines(uses: Sequence[usage.UseShown], *, names: Mapping[str, str]) -> Iterator[tuple[object, ...]]:
    """Yield uses as lines of a file, under COLUMNS."""
    said = words(uses, names=names)
    for use in uses:
        record, result = use.record, _result(use.record)
        yield (
            *place(use), use.unit, names.get(use.unit or "", ""), record.get("department"),
            *(word for kind in WHO for word in said.who(use, kind)), record.get("resource"), *said.resource(use),
            *said.term(use, "purpose"), *said.term(use, "matter"),
            named(record["mode"], "mode") if record.get("mode") else "",
            gettext("已提供") if record.get("result") == "OK" else result.badge, record.get("result"), result.note,
            use.counterpart, names.get(use.counterpart or "", ""), use.event, named(use.event, "event"), *whole(use),
        )  # fmt: skip


def place(use: usage.UseShown) -> tuple[object, ...]:
    """Return with what the line of a record begins: its number, its place in the log, and when it was."""
    return use.entry_id, use.placed, f"{use.at.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M:%S}"


def whole(use: usage.UseShown) -> tuple[str, str]:
    """Return with what the line of a record ends: the hash of its leaf, and all that it says."""
    return merkle.leaf_hash(use.leaf).hex(), canonical.dumps(use.record).decode()


def version(record: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return the resource a record is about and the version it names; refused before one was found, it names none."""
    return record.get("resource") or "", record.get("version")


def _who(record: Mapping[str, Any], unit: str, registered: Names) -> Iterator[tuple[str, str]]:
    """Yield user, system and device of a use by name and code, a dash where none is said."""
    for kind, fact in WHO.items():
        code = record.get(fact) or "—"
        yield from register.with_names([code], {code: registered.get((kind, unit, code), code)})


def _result(record: Mapping[str, Any]) -> Cell:
    if record.get("result") == "OK":
        return Cell("", badge=named(record["mode"], "mode"), tone="good")
    why = refused(str(record.get("result")), **_kept(record))
    return Cell("", badge=gettext("未予提供"), tone="bad", note=why, code=str(record.get("result")))


def _kept(record: Mapping[str, Any]) -> dict[str, object]:
    """Return the facts of a refusal that the record kept, the mode by its name.

    Of items it kept those asked for, which are more than those refused.
    """
    facts = {
        fact: record.get(fact) for fact in ("grant", "system", "user", "device", "purpose", "matter", "version")
    }
    mode = named(record["mode"], "mode") if record.get("mode") else None
    return {name: fact for name, fact in {**facts, "mode": mode, "code": record.get("resource")}.items() if fact}
