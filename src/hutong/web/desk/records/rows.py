"""Rows of a table of uses: who used what, in the words of the registers, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from hutong.control.catalog import queries as catalog
from hutong.control.sharing import queries, usage
from hutong.web.desk import register
from hutong.web.wording.names import named
from hutong.web.wording.refusals import refused

WHO = {"users": "user", "systems": "system", "devices": "device"}
"""What is registered of a unit → the fact of a record that names one."""


def rows_of(uses: Sequence[usage.UseShown], *, names: dict[str, str]) -> dict[str, object]:
    """Return the rows of a table of uses, and the words in which their purposes and matters are told."""
    resources = catalog.names(version(use.record) for use in uses)
    registered = queries.registered(
        {use.org for use in uses if use.org},
        **{kind: {use.record[fact] for use in uses if use.record.get(fact)} for kind, fact in WHO.items()},
    )
    return {
        "rows": [_row(use, names=names, resources=resources, registered=registered) for use in uses],
        "purposes": register.meanings("purpose"),
        "matters": register.meanings("matter"),
    }


def version(record: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return the resource a record is about and the version it names; refused before one was found, it names none."""
    return record.get("resource") or "", record.get("version")


def _row(
    use: usage.UseShown, *, names: dict, resources: dict, registered: dict[tuple[str, str, str], str]
) -> dict[str, object]:
    record = use.record
    resource, items = resources.get(version(record), (record.get("resource"), {}))
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
