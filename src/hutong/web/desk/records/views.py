"""Records: who used what, for which purpose, and what came of it; for the auditor, all classes of the log."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.audit.events import RecordClass
from hutong.control.catalog import queries as catalog
from hutong.control.orgs import queries as orgs
from hutong.control.orgs.rules import Actor
from hutong.control.sharing import queries, usage
from hutong.core import beijing, canonical, merkle
from hutong.web import clock
from hutong.web.desk import exporting, paging, register
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.desk.records import told
from hutong.web.desk.records.narrowing import Narrowed
from hutong.web.desk.records.told import Entered
from hutong.web.login.entrance import officers
from hutong.web.login.request import Request
from hutong.web.wording import events
from hutong.web.wording.filters import moment
from hutong.web.wording.names import named, worded
from hutong.web.wording.refusals import refused

WHO = {"persons": "user", "systems": "system", "devices": "device"}
"""What is registered of a unit → the fact of a record that names one."""


@officers
def listed(request: Request) -> HttpResponse:
    """Show a page of the usage records the officer's unit is a party of; of all, for the auditor."""
    actor, before = request.actor, _before(request)
    narrowed = Narrowed.read(request.GET, record_class=RecordClass.USAGE)
    uses, older = usage.page(actor=actor, now=clock.now(), before=before, asked=narrowed.asked())
    names = orgs.names()
    shown = {
        **_shown(narrowed, actor=actor, names=names),
        **rows_of(uses, names=names),
        "more": str(older or ""),
        "first": before is None,
        "by_subject": actor.holds("auditor"),
    }
    return render(request, "desk/records.html", shown)


def rows_of(uses: Sequence[usage.Use], *, names: dict[str, str]) -> dict[str, object]:
    """Return the rows of a table of uses, and the words in which their purposes and matters are told."""
    resources = catalog.names(_version(use.record) for use in uses)
    registered = queries.registered(
        {use.org for use in uses if use.org},
        **{kind: {use.record[fact] for use in uses if use.record.get(fact)} for kind, fact in WHO.items()},
    )
    return {
        "rows": [_row(use, names=names, resources=resources, registered=registered) for use in uses],
        "purposes": register.meanings("purpose"),
        "matters": register.meanings("matter"),
    }


@officers
def of_class(request: Request, record_class: str) -> HttpResponse:
    """Show a page of the records of a class to who reads them; raises ClassNotYours for everybody else."""
    actor, before = request.actor, _before(request)
    narrowed = Narrowed.read(request.GET, record_class=_class(record_class))
    found, older = usage.page(actor=actor, now=clock.now(), before=before, asked=narrowed.asked())
    names = orgs.names()
    shown = {
        **_shown(narrowed, actor=actor, names=names),
        "table": _table(found, title=narrowed.record_class, names=names),
        "more": str(older or ""),
        "first": before is None,
    }
    return render(request, "desk/record_class.html", shown)


@officers
def one(request: Request, number: int) -> HttpResponse:
    """Show one record with its place in the tree and the leaf that proves it; raises NoSuchRecord."""
    found = usage.one(min(number, 2**62), actor=request.actor, now=clock.now())
    names, version = orgs.names(), _version(found.record)
    _, items = catalog.names([version]).get(version, ("", {}))
    shown = {
        "record": found,
        "parties": register.with_names([*found.parties], names),
        "facts": told.told(Entered(found.event, found.record, names, items)),
        "leaf": found.leaf.decode(),
        "leaf_hash": merkle.leaf_hash(found.leaf).hex(),
        "salt": found.salt.hex(),
        "text": canonical.dumps(found.record).decode(),
    }
    return render(request, "desk/record.html", shown)


@officers
def exported(request: Request, record_class: str) -> StreamingHttpResponse:
    """Hand out what the page is narrowed to, all its pages, as CSV; each part of it is entered as it is read."""
    narrowed = Narrowed.read(request.GET, record_class=_class(record_class))
    usage.counted(actor=request.actor, asked=narrowed.asked())  # refused before the first line is sent, if at all
    rows = lines(usage.every(actor=request.actor, asked=narrowed.asked(), now=clock.now()), names=orgs.names())
    return exporting.response(rows, name=f"hutong-{narrowed.record_class}-{clock.today():%Y%m%d}.csv")


def lines(found: Iterator[usage.Use], *, names: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """Yield the lines of a file of records, the first of which names the columns."""
    yield (
        gettext("条目号"), gettext("存证位置"), gettext("时间（北京时间）"), gettext("事件"), gettext("事件名称"),
        gettext("单位代码"), gettext("单位"), gettext("相对方代码"), gettext("相对方"), gettext("办理人"),
        gettext("叶子哈希"), gettext("记录全文"),
    )  # fmt: skip
    for each in found:
        yield (
            each.entry_id, "" if each.placed is None else each.placed,
            f"{each.at.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M:%S}", each.event, named(each.event, "event"),
            each.org, names.get(each.org or "", ""), each.counterpart, names.get(each.counterpart or "", ""),
            _who(each), merkle.leaf_hash(each.leaf).hex(), canonical.dumps(each.record).decode(),
        )  # fmt: skip


def _shown(narrowed: Narrowed, *, actor: Actor, names: dict[str, str]) -> dict[str, object]:
    """Return what every list of records shows above its rows."""
    known = events.of_class(narrowed.record_class)
    return {
        "asked": narrowed,
        "kept": narrowed.kept(),
        "count": paging.told(usage.counted(actor=actor, asked=narrowed.asked())),
        "events": [(code, worded(name, "event")) for code, name in known.items()],
        "units": sorted(names.items(), key=lambda unit: unit[1]),
        "classes": usage.classes(actor) if len(usage.classes(actor)) > 1 else [],
    }


def _table(found: list[usage.Use], *, title: str, names: dict[str, str]) -> Table:
    columns = (
        Column(gettext("时间"), "middle"),
        Column(gettext("事件")),
        Column(gettext("单位")),
        Column(gettext("办理人"), "middle"),
        Column(gettext("存证"), "middle"),
    )
    rows = tuple(
        (
            Cell(moment(each.at), address=reverse("record", args=[each.entry_id])),
            Cell(named(each.event, "event"), code=each.event),
            Cell(names.get(each.org or "", each.org or "—"), note=names.get(each.counterpart or "", "")),
            Cell(_who(each) or "—"),
            Cell(f"#{each.placed}" if each.placed is not None else gettext("待入日志")),
        )
        for each in found
    )
    return Table(named(title, "record_class"), columns, rows, empty=gettext("没有符合条件的记录。"), titled=False)


def _who(each: usage.Use) -> str:
    """Return who did it: a person, a system, or for a use the person the system named."""
    return str(each.record.get("by") or each.record.get("person") or each.record.get("user") or "")


def _version(record: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return the resource a record is about and the version it names; refused before one was found, it names none."""
    return record.get("resource") or "", record.get("version")


def _before(request: Request) -> int | None:
    given = request.GET.get("before", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def _class(name: str) -> RecordClass:
    if name not in RecordClass.__members__.values():
        raise Http404
    return RecordClass(name)


def _row(
    use: usage.Use, *, names: dict, resources: dict, registered: dict[tuple[str, str, str], str]
) -> dict[str, object]:
    record = use.record
    resource, items = resources.get(_version(record), (record.get("resource"), {}))
    org = use.org or ""
    return {
        "use": use,
        "org": (names.get(use.org or "", use.org or "—"), use.org or ""),
        "who": [
            pair
            for kind, fact in WHO.items()
            for code in [record.get(fact) or "—"]
            for pair in register.with_names([code], {code: registered.get((kind, org, code), code)})
        ],
        "resource": resource,
        "refused": None if record.get("result") == "OK" else refused(str(record.get("result")), **_kept(record)),
        "items": [items.get(code, code) for code in record.get("items") or ()],
    }


def _kept(record: dict) -> dict[str, object]:
    """Return the facts of a refusal that the record kept, the mode by its name.

    Of items it kept those asked for, which are more than those refused.
    """
    facts = {
        fact: record.get(fact) for fact in ("grant", "system", "user", "device", "purpose", "matter", "version")
    }
    mode = named(record["mode"], "mode") if record.get("mode") else None
    return {name: fact for name, fact in {**facts, "mode": mode, "code": record.get("resource")}.items() if fact}
