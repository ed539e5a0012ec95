"""The public pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hutong.control.catalog import portal, rules
from hutong.control.rulebook.queries import Rulebook
from hutong.control.sharing import reading
from hutong.plane.definition import Mode
from hutong.web import clock
from hutong.web.front.context import gateway
from hutong.web.lists import counting, pages
from hutong.web.login.request import known
from hutong.web.login.sessions import reader
from hutong.web.portal import shown
from hutong.web.portal.lists import CATALOGUE
from hutong.web.wording import items, limits

NEAR = 8
"""Entries on the first page."""
DAYS = {
    "check": "sharing.compliance_days",
    "reply": "sharing.provider_days",
    "reply_unsupplied": "sharing.provider_unsupplied_days",
    "filing": "sharing.filing_days",
}
"""What is done of an application → the limit that says within how many working days."""
CHECK = (
    ".venv/bin/python -c 'import sys; from hutong.core.signed_note import Verifier;"
    """ print(Verifier.parse("{vkey}").open(sys.stdin.read()))' < checkpoint"""
)
"""The command that verifies a checkpoint by the log's key."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what the platform is for, how much there is, and where the catalogue begins."""
    reader(request)
    found = portal.first_page(entries=NEAR)
    page = {
        "entries": shown.entries(found.entries),
        "count": counting.told(found.count),
        "modes": list(Mode),
        "overview": found.overview,
    }
    return render(request, "portal/home.html", page)


@require_safe
def catalog(request: HttpRequest) -> HttpResponseBase:
    """Show a page of the published entries that are asked for, or hand out their file."""
    reader(request)
    return pages.answer(CATALOGUE, request, "portal/catalog.html")


@require_safe
def resource(request: HttpRequest, code: str) -> HttpResponse:
    """Show one published entry: its items, what each may be used for, and how to apply."""
    reader(request)
    actor = known(request)
    offer = reading.resource(code, reader=actor, day=clock.today())
    found = offer.page
    version = found.version
    page = {
        "name": version.name,
        "code": code,
        "abstract": version.abstract,
        "personal": version.personal,
        "sharing_basis": version.sharing_basis,
        "conditional": version.sharing_type == rules.CONDITIONAL,
        "facts": shown.facts(version, found.stored),
        "items": items.rows(version),
        "key": [i.name for i in map(rules.item, version.items) if i.code in version.key],
        "not_shared": version.sharing_type == rules.NOT_SHARED,
        "applied_for": found.applied_for,
        "modes": list(Mode),
        "days": _days(found.book),
        "may_apply": offer.may,
        "copies": offer.copies,
    }
    return render(request, "portal/resource.html", page)


def _days(book: Rulebook) -> dict[str, str]:
    """Return DAYS in words, as a rulebook has them."""
    return {what: limits.value(book.of(name).limit, book.value(name)) for what, name in DAYS.items()}


@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """Show the evidence log's key and newest checkpoint, and how anyone verifies them."""
    reader(request)
    found = portal.evidence(name=settings.LOG_NAME, vkeys=settings.LOG_VKEY.split())
    page = {
        "head": found.head,
        "vkey": found.written.vkey,
        "check": CHECK.format(vkey=found.written.vkey),
        "name": found.written.name,
        "before": found.before,
        "gateway": gateway(request),
    }
    return render(request, "portal/evidence.html", page)
