"""Deliveries: what came in, what was rejected and why, handing in a file, and letting one go on that waits."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from hutong.control.catalog import deliveries, queries, rules
from hutong.control.orgs.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Invalid, Problem
from hutong.plane import tables
from hutong.plane.definition import Item
from hutong.plane.delivery import ledger, loading, merging, reading, rejections, spool_folder
from hutong.web import clock, plane
from hutong.web.desk import exporting, fields, paging
from hutong.web.desk.deliveries import form
from hutong.web.login.entrance import officers
from hutong.web.login.request import Request
from hutong.web.wording import reader, telling
from hutong.web.wording.refusals import refused

LONGEST_NAME = 60
"""Characters of a file's name that are kept, without its ending."""


class FileMissing(Invalid):
    """No file was chosen."""


@officers
def listed(request: Request) -> HttpResponse:
    """Show the unit's deliveries and the form; a posted file is checked, sealed and loaded.

    Of a delivery that waits the platform keeps no row, only the digest: the same file is handed in again to confirm it.
    """
    actor, problem = request.actor, None
    if request.method == "POST":
        try:
            _hand_in(request)
            return redirect("deliveries")
        except Problem as raised:
            problem = raised
    before = _place(request.GET.get("before", ""))
    found = deliveries.of_units(actor.units, before=before, limit=deliveries.PAGE + 1)
    held = deliveries.waiting(actor.units, limit=deliveries.PAGE + 1) if before is None else []
    edits = sorted(actor.units_as("provider_editor"))
    typed = QueryDict() if "release" in request.POST else request.POST
    shown = {
        "deliveries": [(delivery, _reason(delivery)) for delivery in found[: deliveries.PAGE]],
        "waiting": [_waiting(delivery, actor=actor) for delivery in held[: deliveries.PAGE]],
        "more_wait": len(held) > deliveries.PAGE,
        "fields": form.fields([entry for unit in edits for entry in queries.supplied(unit)], typed),
        "may": bool(edits),
        "more": _where(found[deliveries.PAGE - 1]) if len(found) > deliveries.PAGE else "",
        "first": before is None,
        "problem": telling.said(problem) if problem else None,
    }
    return render(request, "desk/deliveries.html", shown, status=statuses.of(problem) if problem else 200)


def _waiting(delivery: deliveries.Delivery, *, actor: Actor) -> dict[str, object]:
    """Return a delivery that waits: why, and who may confirm it."""
    others = deliveries.others(actor, provider=delivery.provider, now=clock.now())
    return {
        "delivery": delivery,
        "why": _reason(delivery),
        "may": rules.is_editor(actor, provider=delivery.provider),
        "another": delivery.needs_another(actor, others=others),
        "others": others,
        "file": form.again(delivery.file),
    }


def _where(delivery: deliveries.Delivery) -> str:
    at, code, key = delivery.place
    return paging.where(at, f"{code},{key}")


def _place(text: str) -> deliveries.Place | None:
    found = paging.place(text)
    if found is None:
        return None
    code, _, key = found[1].partition(",")
    return found[0], code, key


@officers
def rejected(request: Request, code: str, key: str) -> HttpResponse:
    """Show the rejected rows of one delivery, masked as they are kept."""
    entry = queries.entry(code)
    if entry.provider_id not in request.actor.units:
        raise queries.NoSuchEntry(code=code)
    items = {item.code: item for item in map(rules.item, entry.current.items if entry.current else ())}
    after = fields.whole(request.GET.get("after", "")) or 0
    found, more = deliveries.rejected(code=code, key=key, provider=entry.provider_id, after=after)
    shown = {
        "rows": rejections.told(found, items, language=reader.language()),
        "entry": entry,
        "key": key,
        "delivery": deliveries.one([entry.provider_id], code=code, key=key),
        "more": str(more or ""),
        "first": not after,
    }
    return render(request, "desk/rejected.html", shown)


@officers
def rejected_export(request: Request, code: str, key: str) -> StreamingHttpResponse:
    """Hand out all rejected rows and warnings of one delivery as CSV, masked as they are kept."""
    entry = queries.entry(code)
    if entry.provider_id not in request.actor.units:
        raise queries.NoSuchEntry(code=code)
    items = {item.code: item for item in map(rules.item, entry.current.items if entry.current else ())}
    rows = _fault_lines(code, key, provider=entry.provider_id, items=items)
    return exporting.response(rows, name="hutong-rejected.csv")


def _fault_lines(code: str, key: str, *, provider: str, items: dict[str, Item]) -> Iterator[tuple[object, ...]]:
    language = reader.language()
    yield (
        gettext("文件第几行"), gettext("是否收下"), gettext("信息项代码"), gettext("信息项"), gettext("规则"),
        gettext("原因"), gettext("值"),
    )  # fmt: skip
    after = 0
    while True:
        found, after = deliveries.rejected(code=code, key=key, provider=provider, after=after)
        for each in rejections.told(found, items, language=language):
            row, kind = each.row, gettext("提示，已收") if each.row.warn else gettext("退回")
            yield row.number, kind, row.item, each.item, row.rule, each.why, row.shown
        if not after:
            return


def _reason(delivery: deliveries.Delivery) -> dict[str, str]:
    """Return why a delivery waits or was refused, and what to do; nothing of one that went well."""
    if delivery.reason is None:
        return {}
    if delivery.state == "held":
        return telling.said(
            merging.waiting(delivery.reason, held=delivery.held_rows, removed=delivery.removed_rows)
        )
    return {"message": refused(delivery.reason, key=delivery.key, resource=delivery.name), "code": delivery.reason}


def _hand_in(request: Request) -> None:
    code, given = request.POST.get("code", ""), request.FILES.get("file")
    actor = request.actor
    fields.check(request.POST)
    deliveries.check(code=code, actor=actor)
    if given is None:
        raise FileMissing()
    with spool_folder.working(plane.spool()) as folder:
        path = folder / _called(given.name)
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for chunk in given.chunks():
                digest.update(chunk)
                file.write(chunk)
        if "release" in request.POST:
            key = request.POST.get("key", "")
            deliveries.confirm(code=code, key=key, digest=digest.digest(), actor=actor, now=clock.now())
        changes = request.POST.get("kind") == "changes"
        with plane.database().transaction() as cur:
            definition = tables.version(cur, code=code).definition
        blocks = reading.blocks(path, definition=definition, changes=changes)
        rows = sum(block.batch.num_rows + len(block.unreadable) for block in blocks)
        manifest = ledger.Manifest(
            code=code, key=request.POST.get("key", "").strip() or digest.hexdigest()[:32],
            kind="changes" if changes else "snapshot", rows=rows, sha256=digest.hexdigest(),
        )  # fmt: skip
        hand_in = loading.release if "release" in request.POST else loading.load
        hand_in(
            plane.database(), source=path, manifest=manifest, keyring=plane.keyring(), now=clock.now(), by=actor.person,
            spool=plane.spool(),
        )  # fmt: skip


def _called(name: str) -> str:
    """Return the name of a file as its sender knows it, cut to what a folder takes; Django has left no path in it."""
    path = Path(name)
    return f"{path.stem[:LONGEST_NAME]}{path.suffix[:10]}"
