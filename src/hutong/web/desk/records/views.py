"""Usage records: who used what, for which purpose, and what came of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hutong.control.catalog import queries as catalog
from hutong.control.orgs import queries as orgs
from hutong.control.sharing import queries, usage
from hutong.web import clock
from hutong.web.desk import register
from hutong.web.login.entrance import officers
from hutong.web.wording.names import named
from hutong.web.wording.refusals import refused

WHO = {"persons": "user", "systems": "system", "devices": "device"}
"""What is registered of a unit → the fact of a record that names one."""


@officers
def listed(request: HttpRequest) -> HttpResponse:
    """Show the usage records the officer's unit is a party of."""
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 19 else None
    actor = request.actor
    uses, older = usage.page(actor=actor, now=clock.now(), before=before)
    names, resources = orgs.names(), catalog.names(use.record.get("resource") or "" for use in uses)
    registered = queries.registered(
        {use.org for use in uses if use.org},
        **{kind: {use.record[fact] for use in uses if use.record.get(fact)} for kind, fact in WHO.items()},
    )
    shown = {
        "rows": [_row(use, names=names, resources=resources, registered=registered) for use in uses],
        "more": str(older or ""),
        "first": before is None,
        "purposes": register.meanings("purpose"),
        "matters": register.meanings("matter"),
    }
    return render(request, "desk/records.html", shown)


def _row(
    use: usage.Use, *, names: dict, resources: dict, registered: dict[tuple[str, str, str], str]
) -> dict[str, object]:
    record = use.record
    resource, items = resources.get(record.get("resource"), (record.get("resource"), {}))
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
