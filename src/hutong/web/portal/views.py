"""The public pages."""

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import split_domain_port
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hutong.control.catalog import queries, rules
from hutong.control.orgs import queries as orgs
from hutong.control.orgs.rules import Actor
from hutong.control.rulebook import queries as rulebook
from hutong.db.database import joined
from hutong.plane.definition import Mode
from hutong.web import clock
from hutong.web.login.request import known
from hutong.web.login.sessions import reader
from hutong.web.portal import queries as portal
from hutong.web.portal import shown
from hutong.web.wording import items, limits
from hutong.web.wording.names import named

CATALOG_ASKS = ("q", "provider", "type", "form", "after", "before")
"""What an address of the catalogue may ask for: words, filters, and where the page begins or ends."""
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
    found = queries.search(limit=8)
    with transaction.atomic(), joined(connection) as cur:
        overview = portal.overview(cur)
    page = {"entries": shown.entries(found), "count": found.total, "modes": list(Mode), "overview": overview}
    return render(request, "portal/home.html", page)


@require_safe
def catalog(request: HttpRequest) -> HttpResponse:
    """Show a page of the published entries that fit the words and the filters."""
    reader(request)
    given = {name: request.GET.get(name, "")[:200] for name in CATALOG_ASKS}
    given["q"] = given["q"].strip()[:100]
    sharing_type = int(given["type"]) if given["type"] in ("1", "2", "3") else None
    methods = {str(form): method for method, form in rules.FORM_OF_METHOD.items()}
    found = queries.search(
        given["q"], provider=given["provider"], sharing_type=sharing_type, method=methods.get(given["form"]),
        after=given["after"], before=given["before"],
    )  # fmt: skip
    kept = QueryDict(mutable=True)
    kept.update({name: given[name] for name in ("q", "provider", "type", "form") if given[name]})
    page = {
        "found": {
            "total": found.total, "skipped": found.skipped, "before": found.before, "after": found.after,
        },
        "entries": shown.entries(found),
        "last": found.skipped + len(found.entries),
        "words": given["q"],
        "asked": given,
        "kept": kept.urlencode(),
        "providers": [(code, _counted(name, count)) for code, name, count in queries.providers()],
        "forms": [(form, named(method, "form")) for form, method in methods.items()],
        "sharing_types": [(str(code), named(code, "sharing_type")) for code in rules.SHARING_TYPES],
    }  # fmt: skip
    return render(request, "portal/catalog.html", page)


def _counted(name: str, count: int) -> str:
    return f"{name}{gettext('（')}{count}{gettext('）')}"


@require_safe
def resource(request: HttpRequest, code: str) -> HttpResponse:
    """Show one published entry: its items, what each may be used for, and how to apply."""
    reader(request)
    actor = known(request)
    version = queries.published(code)
    page = {
        "name": version.name,
        "code": code,
        "abstract": version.abstract,
        "personal": version.personal,
        "sharing_basis": version.sharing_basis,
        "conditional": version.sharing_type == rules.CONDITIONAL,
        "facts": shown.facts(version, queries.stored(code)),
        "items": items.rows(version),
        "key": [i.name for i in map(rules.item, version.items) if i.code in version.key],
        "not_shared": version.sharing_type == rules.NOT_SHARED,
        "applied_for": rules.may_be_applied_for(version),
        "modes": list(Mode),
        "days": _days(actor),
        "may_apply": actor is None or actor.has_role("consumer"),
    }
    return render(request, "portal/resource.html", page)


def _days(actor: Actor | None) -> dict[str, str]:
    """Return DAYS in words, as they hold today where the reader's unit is; for the public, in the county."""
    unit = orgs.registered(actor.org) if actor else None
    book = rulebook.in_force(clock.today(), unit.region_code if unit else "")
    return {what: limits.value(book.of(name).limit, book.value(name)) for what, name in DAYS.items()}


@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """Show the evidence log's key and newest checkpoint, and how anyone verifies them."""
    reader(request)
    with transaction.atomic(), joined(connection) as cur:
        head = portal.head(cur)
    host, _ = split_domain_port(request.get_host())
    page = {
        "head": head,
        "vkey": settings.LOG_VKEY,
        "check": CHECK.format(vkey=settings.LOG_VKEY),
        "name": settings.LOG_NAME,
        "gateway": f"{request.scheme}://{host}:{settings.GATEWAY_PORT}",
    }
    return render(request, "portal/evidence.html", page)
