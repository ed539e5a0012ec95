"""The form of an entry: a new one, and what a change of it says."""

import re

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.catalog import operations, reading, rules
from hutong.control.catalog.models import Change
from hutong.control.procedures import since
from hutong.core import bounds, statuses
from hutong.core.errors import Invalid, Problem
from hutong.plane.definition import Mode, Type
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields
from hutong.web.desk.catalog import fields as asked
from hutong.web.desk.catalog import itemrules
from hutong.web.desk.catalog.kind import CHANGE_KIND
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import reader
from hutong.web.wording.filters import joined
from hutong.web.wording.names import FORM_MEANS

ROWS, MORE = 12, 4
"""Item rows a new form offers, and how many more an edit offers than there are; as many are added at a time."""


class ItemCodeMissing(Invalid):
    """These rows of the items have no field: {rows}."""

    clause = "B.1.1"


class LengthUnreadable(Invalid):
    """{item}: the length {value} is not a whole number above zero."""


@officers
def new(request: PageRequest) -> HttpResponse:
    """Show the form of a new entry; posted, draft it, or show it with more rows."""
    problem = None
    if request.method == "POST" and "more" not in request.POST:
        try:
            given = _read(request.POST)
            no = operations.draft(
                code=request.POST.get("code", "").strip(), actor=request.actor, now=clock.now(), **given
            )
            return acts.led_to(CHANGE_KIND, no)
        except Problem as raised:
            problem = raised
    typed = _typed(request.POST) if request.method == "POST" else _empty()
    actor = request.actor
    may = rules.is_editor(actor, provider=actor.unit)
    return _form(request, typed, problem, may=may, provider=actor.unit_name)


@officers
def edit(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what a change says; posted, alter it, or show it with more rows."""
    actor, problem = request.actor, None
    if request.method == "POST" and "more" not in request.POST:
        try:
            operations.edit(
                no, changes=_read(request.POST), actor=actor, now=clock.now(), key_ordered=False,
                meant_for=request.POST.get(acts.AT, ""),
            )  # fmt: skip
            return acts.led_to(CHANGE_KIND, no)
        except since.AlreadyDone:
            return acts.led_to(CHANGE_KIND, no, done=acts.AGAIN)
        except Problem as raised:
            problem = raised
    found = reading.change_form(no, actor=actor)
    at = acts.shown_at(request, found.at, problem=problem)
    change, problem = found.change, problem or found.refusal
    typed = _typed(request.POST) if request.method == "POST" else _kept(change)
    return _form(
        request, typed, problem, no=no, code=change.entry.code, may=found.may, provider=change.provider.name, at=at
    )


def _form(
    request: PageRequest, typed: dict, problem: Problem | None, *, may: bool, provider: str, no: str = "",
    code: str = "", at: str = "",
) -> HttpResponse:  # fmt: skip
    shown = {
        "may": may, "editable": request.method == "POST" or problem is None, "provider": provider,
        "no": no, "code": code, "at": at, "fields": asked.facts(typed), "grid": asked.grid(typed["rows"]),
        "means": "".join(gettext(means) for means in FORM_MEANS.values()),
        "legend": _legend(), "warn": itemrules.WARN[reader.language()],
    }  # fmt: skip
    told = corrections.refused(shown, problem)
    return render(request, "desk/entry_form.html", told, status=statuses.of(problem) if problem else 200)


_TEXTS = ("name", "abstract", "sharing_condition", "sharing_basis", "service")
_CHOICES = ("format", "method", "sharing_type", "update_cycle")


def _read(form: QueryDict) -> dict:
    fields.check(form)
    given = [(number, row) for number, row in enumerate(_rows(form), 1) if not _empty_row(row)]
    if uncoded := [str(number) for number, row in given if not row["code"]]:
        raise ItemCodeMissing(rows=joined(uncoded))
    rows = [row for _, row in given]
    return {
        **{name: form.get(name, "").strip() for name in _TEXTS},
        **{name: fields.number(form, name, 1) for name in _CHOICES},
        "time_out": fields.number(form, "time_out", 0),
        "personal": form.get("personal") == "on",
        "items": [_item(row) for row in rows],
        "key": [row["code"] for row in rows if row["key"]],
    }


def _item(row: dict) -> dict:
    said, length = row["name"] or row["code"], row["length"]
    if length and bounds.whole(length) is None:
        raise LengthUnreadable(item=said, value=length[: fields.SHOWN])
    return {
        **{name: value for name, value in row.items() if name != "key"},
        "length": int(length or 0),
        "rules": itemrules.read(row["rules"], item=said, type=row["type"]),
    }


def _empty_row(row: dict) -> bool:
    """Whether nothing was written or ticked in a row; what is chosen from a list always has a value."""
    typed = (value for field, value in row.items() if field not in ("type", "offered"))
    return not any(value.strip() if isinstance(value, str) else value for value in typed)


def _rows(form: QueryDict) -> list[dict]:
    numbers = sorted(int(m[1]) for name in form if (m := re.fullmatch(r"item-(\d{1,3})-code", name)))
    return [
        {
            "code": form.get(f"item-{n}-code", "").strip(),
            "name": form.get(f"item-{n}-name", "").strip(),
            "type": form.get(f"item-{n}-type") if form.get(f"item-{n}-type") in list(Type) else "C",
            "offered": form.get(f"item-{n}-offered") if form.get(f"item-{n}-offered") in list(Mode) else "compare",
            "length": form.get(f"item-{n}-length", "").strip(),
            "rules": form.get(f"item-{n}-rules", ""),
            **{flag: form.get(f"item-{n}-{flag}") == "on" for flag in asked.FLAGS},
        }
        for n in numbers
    ]


def _typed(form: QueryDict) -> dict:
    texts = {name: form.get(name, "") for name in (*_TEXTS, *_CHOICES, "time_out", "code")}
    rows = [{**row, "given": not _empty_row(row)} for row in _rows(form)]
    rows += [{} for _ in range(MORE if "more" in form else 0)]
    return {**texts, "personal": form.get("personal") == "on", "rows": rows}


def _kept(change: Change) -> dict:
    rows = [_shown(raw, key=raw["code"] in change.key) for raw in change.items]
    facts = {name: str(getattr(change, name)) for name in (*_TEXTS, *_CHOICES)}
    facts["time_out"] = str(change.time_out or "")
    return {**facts, "personal": change.personal, "rows": rows + [{} for _ in range(MORE)]}


def _shown(raw: dict, *, key: bool) -> dict:
    rules_said = itemrules.write(raw.get("rules", ()), language=reader.language())
    return {**raw, "key": key, "length": raw.get("length") or "", "rules": rules_said}


def _legend() -> list[tuple[str, str, str]]:
    return [(kind.word[reader.language()], kind.example, kind.means) for kind in itemrules.KINDS]


def _empty() -> dict:
    return {"format": "3", "method": "1", "sharing_type": "2", "update_cycle": "4", "personal": True,
            "rows": [{} for _ in range(ROWS)]}  # fmt: skip
