"""Deliveries: what came in, what was rejected and why, and handing in a file."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hutong.control.catalog import deliveries, queries, rules
from hutong.core.errors import Invalid, Problem
from hutong.plane import loading, reading, spool_folder, tables
from hutong.plane.definition import Item
from hutong.web import clock, middleware, telling
from hutong.web.entrance import officers
from hutong.web.shown import named, refused

SUFFIXES = (".csv", ".xlsx", ".parquet", ".arrow")


class FileMissing(Invalid):
    """No file was chosen."""


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show the unit's deliveries and the form; a posted file is checked, sealed and loaded."""
    actor, problem = request.actor, None  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            _hand_in(request)
            return redirect("deliveries")
        except Problem as raised:
            problem = raised
    shown = {
        "deliveries": deliveries.of_provider(actor.org),
        "entries": [e for e in queries.of_provider(actor.org) if e.published_version and e.sharing_type != 3],
        "may": actor.holds("provider_editor"),
        "problem": telling.said(problem) if problem else None,
        "typed": request.POST,
    }
    return render(request, "desk/deliveries.html", shown, status=middleware.status(problem) if problem else 200)


@officers
def rejected(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Show the rejected rows of one delivery, masked as they are kept."""
    entry = queries.entry(code)
    if entry.provider_id != request.actor.org:  # type: ignore[attr-defined]
        raise queries.NoSuchEntry(code=code)
    items = {item.code: item for item in map(rules.item, entry.items)}
    rows = [
        {"row": row, "item": items[row.item].name if row.item in items else row.item, "why": _why(row, items)}
        for row in deliveries.rejected(code=code, key=key, org=request.actor.org)  # type: ignore[attr-defined]
    ]
    return render(request, "desk/rejected.html", {"rows": rows, "entry": entry, "key": key})


def _why(row: deliveries.RejectedRow, items: Mapping[str, Item]) -> str:
    """Return why a row was rejected, with what the catalogue asks of the item."""
    item = items.get(row.item or "")
    if row.reason == "KEY_REPEATED":  # what is kept of it is the row that came first
        return refused(row.reason, argument=row.shown)
    if item is None:
        return refused(row.reason)
    asked = {"VALUE_TOO_LONG": item.length, "VALUE_OF_OTHER_TYPE": named(item.type, "type")}.get(row.reason)
    asked = asked or next((rule.argument for rule in item.rules if rule.rule == row.rule), None)
    return refused(row.reason, item=item.name, **({"argument": asked} if asked else {}))


def _hand_in(request: HttpRequest) -> None:
    code, given = request.POST.get("code", ""), request.FILES.get("file")
    actor = request.actor  # type: ignore[attr-defined]
    deliveries.check(code=code, actor=actor)
    if given is None:
        raise FileMissing()
    suffix = Path(given.name).suffix.lower()
    with spool_folder.working(clock.spool()) as folder:
        path = folder / f"delivery{suffix if suffix in SUFFIXES else '.csv'}"
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for chunk in given.chunks():
                digest.update(chunk)
                file.write(chunk)
        changes = request.POST.get("kind") == "changes"
        with clock.plane().transaction() as cur:
            definition = tables.version(cur, code=code).definition
        blocks = reading.blocks(path, definition=definition, changes=changes)
        rows = sum(block.batch.num_rows + len(block.unreadable) for block in blocks)
        manifest = loading.Manifest(
            code=code, key=request.POST.get("key", "").strip() or digest.hexdigest()[:32],
            kind="changes" if changes else "snapshot", rows=rows, sha256=digest.hexdigest(),
        )  # fmt: skip
        confirmed = actor.person if request.POST.get("confirm") == "on" else None
        loading.load(
            clock.plane(), source=path, manifest=manifest, keyring=clock.keyring(), now=clock.now(),
            by=actor.person, confirmed_by=confirmed, spool=clock.spool(),
        )  # fmt: skip
