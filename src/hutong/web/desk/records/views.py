"""Usage records: who used what, for which purpose, and what came of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hutong.control.catalog import queries as catalog
from hutong.control.orgs import queries as orgs
from hutong.control.sharing import usage
from hutong.web import clock
from hutong.web.desk import register
from hutong.web.login.entrance import officers
from hutong.web.wording.names import named
from hutong.web.wording.refusals import refused


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show the usage records the officer's unit is a party of."""
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 19 else None
    actor = request.actor
    uses, older = usage.page(actor=actor, now=clock.now(), before=before)
    names, resources = orgs.names(), catalog.names(use.record.get("resource") or "" for use in uses)
    registered = {org: register.of_unit(org) for org in {use.org for use in uses if use.org}}
    rows = [_row(use, names=names, resources=resources, registered=registered.get(use.org or "", {})) for use in uses]
    called = {"purposes": register.meanings("purpose"), "matters": register.meanings("matter")}
    return render(request, "desk/records.html", {"rows": rows, "older": older, **called})


def _row(use: usage.Use, *, names: dict, resources: dict, registered: dict) -> dict[str, object]:
    record = use.record
    resource, items = resources.get(record.get("resource"), (record.get("resource"), {}))
    who = (("persons", "user"), ("systems", "system"), ("devices", "device"))
    return {
        "use": use,
        "org": (names.get(use.org or "", use.org or "—"), use.org or ""),
        "who": [
            pair
            for kind, fact in who
            for pair in register.with_names([record.get(fact) or "—"], registered.get(kind, {}))
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
