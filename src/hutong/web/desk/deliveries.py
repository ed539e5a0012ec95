"""Deliveries: what came in, what was rejected and why, and handing in a file."""

import hashlib
import tempfile
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hutong.control.catalog import deliveries, queries
from hutong.core.errors import Invalid, Problem
from hutong.plane import loading, reading, tables
from hutong.web import clock, middleware, telling
from hutong.web.entrance import officers

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
    rows = deliveries.rejected(code=code, key=key, org=request.actor.org)  # type: ignore[attr-defined]
    return render(request, "desk/rejected.html", {"rows": rows, "code": code, "key": key})


def _hand_in(request: HttpRequest) -> None:
    code, given = request.POST.get("code", ""), request.FILES.get("file")
    actor = request.actor  # type: ignore[attr-defined]
    deliveries.check(code=code, actor=actor)
    if given is None:
        raise FileMissing()
    suffix = Path(given.name).suffix.lower()
    with tempfile.TemporaryDirectory(dir=clock.spool()) as folder:
        path = Path(folder) / f"delivery{suffix if suffix in SUFFIXES else '.csv'}"
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
