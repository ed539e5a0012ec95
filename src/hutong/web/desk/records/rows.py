"""Rows of a table of uses: who used what, in the words of the registers, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.catalog import queries as catalog
from hutong.control.sharing import queries, usage
from hutong.web.desk import register
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.wording.filters import joined, moment
from hutong.web.wording.names import named
from hutong.web.wording.refusals import refused

WHO = {"users": "user", "systems": "system", "devices": "device"}
"""What is registered of a unit → the fact of a record that names one."""
TITLES = ("时间", "使用方", "人员、系统、设备", "资源与信息项", "用途与事项", "结果", "存证")
Names = Mapping[tuple[str, str, str], str]
"""What is registered is called, by kind, unit and code."""


def table(uses: Sequence[usage.UseShown], *, names: Mapping[str, str]) -> Table:
    """Return uses as a table: who, with what, for which matter, which items, and what came of it."""
    resources = catalog.names(version(use.record) for use in uses)
    registered: Names = queries.registered(
        {use.org for use in uses if use.org},
        **{kind: {use.record[fact] for use in uses if use.record.get(fact)} for kind, fact in WHO.items()},
    )
    words = {kind: register.meanings(kind) for kind in ("purpose", "matter")}

    def row(use: usage.UseShown) -> tuple[Cell, ...]:
        record, org = use.record, use.org or ""
        resource, items = resources.get(version(record), (record.get("resource"), {}))
        purpose, matter = record.get("purpose") or "—", record.get("matter") or "—"
        return (
            Cell(moment(use.at), address=reverse("record", args=[use.entry_id])),
            Cell(names.get(org, org or "—"), note=record.get("dept") or "", code=org),
            Cell("", lines=tuple(_who(record, org, registered))),
            Cell(resource or "—", note=joined(items.get(code, code) for code in record.get("items") or ())),
            Cell(
                words["purpose"].get(purpose, purpose), note=words["matter"].get(matter, matter),
                code=record.get("matter") or "",
            ),
            _result(record),
            Cell(gettext("待入日志") if use.placed is None else gettext("已入日志 #%(place)s") % {"place": use.placed}),
        )  # fmt: skip

    return Table(
        gettext("使用日志"), tuple(Column(gettext(title)) for title in TITLES), tuple(map(row, uses)),
        even=False, titled=False,
    )  # fmt: skip


def version(record: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return the resource a record is about and the version it names; refused before one was found, it names none."""
    return record.get("resource") or "", record.get("version")


def _who(record: Mapping[str, Any], org: str, registered: Names) -> Iterator[tuple[str, str]]:
    """Yield user, system and device of a use by name and code, a dash where none is said."""
    for kind, fact in WHO.items():
        code = record.get(fact) or "—"
        yield from register.with_names([code], {code: registered.get((kind, org, code), code)})


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
