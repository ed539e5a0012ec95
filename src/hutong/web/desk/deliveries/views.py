"""Deliveries: the list, rejected rows and why, handing in a file, and approving a delivery that waits."""

import hashlib
from pathlib import Path

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from hutong.control.catalog import deliveries, queries, rules
from hutong.control.orgs.rules import Actor
from hutong.core import statuses
from hutong.core.errors import Invalid, Problem
from hutong.plane import tables
from hutong.plane.delivery import ledger, loading, reading, spool_folder
from hutong.web import clock, plane
from hutong.web.desk import fields
from hutong.web.desk.deliveries import faults, form, lists
from hutong.web.lists import pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import telling

LONGEST_NAME = 60
"""Characters of a file's name that are kept, without its ending."""


class FileMissing(Invalid):
    """No file was chosen."""


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show the unit's deliveries or hand out their file, and the form; a posted file is checked, sealed and loaded.

    Of a delivery that waits the platform keeps no row, only the digest: the same file is handed in again to approve it.
    """
    actor, problem = request.actor, None
    if request.method == "POST":
        try:
            _hand_in(request)
            return redirect("deliveries")
        except Problem as raised:
            problem = raised

    def more(shown: ListShown) -> dict[str, object]:
        waiting = deliveries.waiting(actor.units, limit=deliveries.PAGE + 1) if shown.first else []
        edits = sorted(actor.units_as("provider_editor"))
        typed = QueryDict() if "approve" in request.POST else request.POST
        return {
            "waiting": [_waiting(delivery, actor=actor) for delivery in waiting[: deliveries.PAGE]],
            "more_wait": len(waiting) > deliveries.PAGE,
            "fields": form.fields([entry for unit in edits for entry in queries.supplied(unit)], typed),
            "may": bool(edits),
            "problem": telling.said(problem) if problem else None,
        }

    status = statuses.of(problem) if problem else 200
    return pages.answer(lists.DELIVERIES, request, "desk/deliveries.html", status=status, more=more)


def _waiting(delivery: deliveries.DeliveryShown, *, actor: Actor) -> dict[str, object]:
    """Return a delivery that waits: why, and who may approve it."""
    others = deliveries.others(actor, provider=delivery.provider, now=clock.now())
    return {
        "delivery": delivery,
        "why": lists.reason(delivery),
        "may": rules.is_editor(actor, provider=delivery.provider),
        "another": delivery.needs_another(actor, others=others),
        "others": others,
        "file": form.again(delivery.file),
    }


@officers
def rejected(request: PageRequest, code: str, key: str) -> HttpResponseBase:
    """Show the rejected rows and warnings of one delivery, masked as they are kept, or hand out their file."""
    entry = queries.entry(code)
    if entry.provider_id not in request.actor.units:
        raise queries.NoSuchEntry(code=code)
    delivery = deliveries.one([entry.provider_id], code=code, key=key)
    shown = {"entry": entry, "key": key, "delivery": delivery}
    return pages.answer(faults.of(entry, key=key), request, "desk/rejected.html", more=lambda _: shown)


def _hand_in(request: PageRequest) -> None:
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
        if "approve" in request.POST:
            key = request.POST.get("key", "")
            deliveries.approve(code=code, key=key, digest=digest.digest(), actor=actor, now=clock.now())
        changes = request.POST.get("kind") == "changes"
        with plane.database().transaction() as cur:
            definition = tables.version(cur, code=code).definition
        blocks = reading.blocks(path, definition=definition, changes=changes)
        rows = sum(block.batch.num_rows + len(block.unreadable) for block in blocks)
        manifest = ledger.Manifest(
            code=code, key=request.POST.get("key", "").strip() or digest.hexdigest()[:32],
            kind="changes" if changes else "snapshot", rows=rows, sha256=digest.hexdigest(),
        )  # fmt: skip
        hand_in = loading.approve if "approve" in request.POST else loading.load
        hand_in(
            plane.database(), source=path, manifest=manifest, keyring=plane.keyring(), now=clock.now(),
            by=actor.officer, spool=plane.spool(),
        )  # fmt: skip


def _called(name: str) -> str:
    """Return the name of a file as its sender knows it, cut to what a folder takes; Django has left no path in it."""
    path = Path(name)
    return f"{path.stem[:LONGEST_NAME]}{path.suffix[:10]}"
