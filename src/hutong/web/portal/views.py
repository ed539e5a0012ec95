"""Public pages: parse, one call, render."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hutong.db.database import Cur, joined
from hutong.web.portal import queries


@contextmanager
def _reading() -> Iterator[Cur]:
    with transaction.atomic(), joined(connection) as cur:
        yield cur


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the platform on one screen."""
    with _reading() as cur:
        overview = queries.overview(cur)
    return render(request, "portal/home.html", {"overview": overview, "longest": queries.LONGEST})


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """List what is published, or what of it fits a search."""
    search, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    with _reading() as cur:
        found = queries.catalogue(cur, search=search, after=after)
    context = {"found": found, "search": search, "first": not after, "longest": queries.LONGEST}
    return render(request, "portal/catalogue.html", context)


@require_safe
def resource(request: HttpRequest, code: str) -> HttpResponse:
    """Show one resource: its metadata, its items, and what an application for it needs."""
    with _reading() as cur:
        shown = queries.resource(cur, code=code)
    return render(request, "portal/resource.html", {"shown": shown})


@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """Show the evidence log's key and newest checkpoint, and how anyone verifies them."""
    with _reading() as cur:
        head = queries.head(cur)
    host = request.get_host().rsplit(":", 1)[0] if ":" in request.get_host() else request.get_host()
    context = {
        "head": head,
        "vkey": settings.LOG_VKEY,
        "name": settings.LOG_NAME,
        "gateway": f"{request.scheme}://{host}:{settings.GATEWAY_PORT}",
    }
    return render(request, "portal/evidence.html", context)
