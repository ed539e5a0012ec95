"""The form of an entry: a new one, and what a change of it says."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from hutong.control.catalog import operations, queries, reading
from hutong.control.catalog.codes import CodesInUse
from hutong.control.catalog.handing_in import FileMissing
from hutong.control.catalog.models import Change
from hutong.control.procedures import since
from hutong.control.units.rules import Actor
from hutong.core import bounds, statuses
from hutong.core.errors import Invalid, Judging, Problem
from hutong.plane.definition import Mode, Type
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields, history, unfinished
from hutong.web.desk.catalog import fields as asked
from hutong.web.desk.catalog import from_file, itemrules
from hutong.web.desk.catalog.explained import EXPLAINED
from hutong.web.desk.catalog.kind import CHANGE_KIND
from hutong.web.desk.history import StepShown
from hutong.web.front.admission import ITEMS_BYTES
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import reader
from hutong.web.wording.names import FORM_MEANS

COPY = "copy"
"""Says in the address of a new form the code of the entry that it begins as a copy of."""
ROWS, MORE = 12, 4
"""Item rows a new form offers, and how many more an edit offers than there are; as many are added at a time."""


class ItemCodeMissing(Invalid):
    """The row {rows} of the items has no field."""

    clause = "B.1.1"


class LengthUnreadable(Invalid):
    """{item}: the length {value} is not a whole number above zero."""


class GuessesUnchecked(Invalid):
    """The types of {number} items are guessed from data and were not checked."""


def copy_of(code: str) -> str:
    """Return the address of the form of a new entry that begins as a copy of this one."""
    return f"{reverse('entry-new')}?{urlencode({COPY: code})}"


@officers
def new(request: PageRequest) -> HttpResponse:
    """Show the form of a new entry; posted, draft it, or show it laid out anew."""
    if request.method == "POST" and not _lays_out(request):
        no = drafted(request.POST, actor=request.actor, now=clock.now())
        return acts.led_to(request, CHANGE_KIND, no, saved=True)
    actor = request.actor
    begun, problem = _begun(request)
    former = {**_kept(begun.former), "code": begun.former.entry.code} if begun.former else _empty()
    if begun.copied:
        former |= _copied(begun.copied)
    typed, at = _laid_out(request) if _shown_again(request) else former, acts.opened(request.POST)
    return _form(
        request, typed, problem, may=begun.may, provider=actor.unit_name, at=at, copied=request.GET.get(COPY, ""),
        codes=begun.codes,
    )  # fmt: skip


def drafted(form: QueryDict, *, actor: Actor, now: datetime) -> str:
    """Draft the entry that a form says, and return the number of its change; raises what drafting does."""
    judging = Judging()
    given = _read(form, judging)
    return operations.draft(
        code=form.get("code", "").strip(), actor=actor, now=now, judging=judging, meant_for=form.get(acts.AT, ""),
        typed=unfinished.typed(form), **given,
    )  # fmt: skip


def amended(form: QueryDict, no: str, *, actor: Actor, now: datetime) -> None:
    """Let a change say what a form says; raises what editing does."""
    judging = Judging()
    given = _read(form, judging)
    operations.edit(
        no, changes=given, actor=actor, now=now, key_ordered=False, meant_for=form.get(acts.AT, ""), judging=judging,
        typed=unfinished.typed(form),
    )  # fmt: skip


def _begun(request: PageRequest) -> tuple[reading.NewEntry, Problem | None]:
    """Return what a new entry begins from, and why its form is shown with a fault; None where it is not."""
    given, copy = request.GET.get("again", ""), request.GET.get(COPY, "").strip()
    try:
        return reading.new_form(actor=request.actor, again=given, copy=copy), request.refused
    except queries.NoSuchEntry as unknown:
        unknown.at = (COPY,)
        return reading.new_form(actor=request.actor), request.refused or unknown


@officers
def edit(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what a change says; posted, alter it, or show it laid out anew."""
    actor = request.actor
    if request.method == "POST" and not _lays_out(request):
        try:
            amended(request.POST, no, actor=actor, now=clock.now())
            return acts.led_to(request, CHANGE_KIND, no, saved=True)
        except since.AlreadyDone:
            return acts.led_to(request, CHANGE_KIND, no, done=acts.AGAIN)
    found = reading.change_form(no, actor=actor, again=request.GET.get("again", ""))
    at = request.POST.get(acts.AT, "") if request.method == "POST" else acts.shown_at(request, found.at)
    change, problem = found.change, request.refused or found.refusal
    typed = _laid_out(request) if _shown_again(request) else _kept(found.said)
    return _form(
        request, typed, problem, no=no, code=change.entry.code, may=found.may, provider=change.provider.name, at=at,
        sent_back=history.returned(CHANGE_KIND.procedure, change),
    )  # fmt: skip


def _shown_again(request: PageRequest) -> bool:
    """Whether the form is shown with what was typed: it was refused, kept, or laid out anew."""
    return request.typed or request.method == "POST"


def _lays_out(request: PageRequest) -> bool:
    """Whether what was sent is to be shown in another layout, and nothing saved; a file that was chosen is read."""
    return any(name in request.POST for name in ("more", "move", from_file.TAKE)) or from_file.FILE in request.FILES


def _laid_out(request: PageRequest) -> dict:
    """Return what was typed, with the items of a file, a row moved, or more rows, as was asked."""
    typed, file = _typed(request.POST), request.FILES.get(from_file.FILE)
    if request.method != "POST":
        return typed
    if isinstance(file, UploadedFile):
        given = [row for row in typed["rows"] if row]
        rows, taken = from_file.take(file, given)
        return {**typed, "rows": [*given, *rows, *({} for _ in range(MORE))], "taken": taken}
    if from_file.TAKE in request.POST:
        missing = FileMissing()
        missing.at = (from_file.FILE,)
        raise missing
    return typed


def _form(
    request: PageRequest, typed: dict, problem: Problem | None, *, may: bool, provider: str, no: str = "",
    code: str = "", at: str = "", copied: str | None = None, codes: Sequence[CodesInUse] = (),
    sent_back: StepShown | None = None,
) -> HttpResponse:  # fmt: skip
    shown = {
        "copy": None if copied is None else asked.copy(COPY, copied), "copied": copied if problem is None else "",
        "sent_back": sent_back, "may": may,
        "editable": _shown_again(request) or problem is None or copied is not None, "provider": provider,
        "no": no, "code": code, "at": at, "fields": asked.facts(typed, codes=codes), "codes": codes,
        "grid": asked.grid(typed["rows"]),
        "means": "".join(gettext(means) for means in FORM_MEANS.values()),
        "explained": [(title, gettext(EXPLAINED[name])) for name, title in asked.titles().items()],
        "legend": _legend(), "warn": itemrules.WARN[reader.language()], "taken": typed.get("taken"),
        "guesses": asked.guesses(typed["rows"], ticked=typed.get("checked") == "on"),
        "file": asked.file(from_file.FILE, most=ITEMS_BYTES >> 20),
    }  # fmt: skip
    told = corrections.refused(shown, problem, places=PLACES)
    return render(request, "desk/entry_form.html", told, status=statuses.of(problem) if problem else 200)


PLACES = {"items": "item-1-code"}
"""What is said of an entry → the field of the form where it begins."""
def lacks(change: Change) -> tuple[Problem | None, dict]:
    """Return what an unfinished change lacks, and the fields with what was typed."""
    kept, judging = unfinished.form(change.unfinished or {}), Judging()
    typed = _typed(kept)
    problem = operations.judged(change, _read(kept, judging), judging=judging)
    return problem, {"fields": asked.facts({**typed, "code": change.entry.code})}


_TEXTS = ("name", "abstract", "sharing_condition", "sharing_basis", "service")
_CHOICES = ("format", "method", "sharing_type", "update_cycle")
_ITEM = re.compile(r"item-(0|[1-9]\d{0,2})-(\w+)")
_LISTS = {"type": (tuple(Type), "C"), "offered": (tuple(Mode), "compare")}
"""What is chosen for an item: from what, and what stands there at first."""


def _read(form: QueryDict, judging: Judging) -> dict:
    """Return what was typed; what cannot be read is kept in `judging`, and something stands for it."""
    rows = [row for row in _rows(form) if not _empty_row(row)]
    read = {
        **{name: form.get(name, "").strip() for name in _TEXTS},
        **{name: fields.judged(judging, _chosen, form, name, 1) for name in _CHOICES},
        "time_out": fields.judged(judging, _seconds, form, "time_out", 0),
        "personal": form.get("personal") == "on",
        "items": [_item(row, place, judging) for place, row in enumerate(rows, 1)],
        "key": [row["code"] for row in rows if row["key"]],
    }
    _judge(form, judging)
    if form.get("checked") != "on" and (guessed := sum(map(asked.is_guess, rows))):
        judging.add(GuessesUnchecked(number=guessed), "checked")
    return read


def _chosen(form: QueryDict, field: str) -> int:
    return fields.number(form, field, 1)


def _seconds(form: QueryDict, field: str) -> int:
    return fields.number(form, field, 0)


def _judge(form: QueryDict, judging: Judging) -> None:
    """Keep in `judging` what has more than is taken, each item by its place among those that say something."""
    given = [number for number, row in _numbered(form).items() if not _empty_row(row)]
    places = {f"{number}": f"{place}" for place, number in enumerate(given, 1)}
    typed = QueryDict(mutable=True)
    for name, values in form.lists():
        row = _ITEM.fullmatch(name)
        if row is None:
            typed.setlist(name, values)
        elif row[1] in places:
            typed.setlist(f"item-{places[row[1]]}-{row[2]}", values)
    fields.judge(typed, judging)


def _item(row: dict, place: int, judging: Judging) -> dict:
    """Return an item as an entry keeps it; what cannot be read is kept in `judging`."""
    said, length, written = row["name"] or row["code"] or f"{place}", row["length"], []
    if not row["code"]:
        judging.add(ItemCodeMissing(rows=f"{place}"), f"item-{place}-code")
    if length and bounds.whole(length) is None:
        judging.add(LengthUnreadable(item=said, value=length[: fields.SHOWN]), f"item-{place}-length")
        length = ""
    chosen = {field: row[field] if row[field] in among else usual for field, (among, usual) in _LISTS.items()}
    for field in (field for field in _LISTS if chosen[field] != row[field]):
        judging.add(fields.unreadable(f"item-{place}-{field}", row[field]))
    with judging.of(f"item-{place}-rules"):
        written = itemrules.read(row["rules"], item=said, type=chosen["type"])
    kept = {name: value for name, value in row.items() if name not in ("key", "guessed")}
    return {**kept, **chosen, "length": int(length or 0), "rules": written}


def _empty_row(row: dict) -> bool:
    """Whether nothing was written or ticked in a row; what is chosen from a list always has a value."""
    typed = (value for field, value in row.items() if field not in _LISTS)
    return not any(value.strip() if isinstance(value, str) else value for value in typed)


def _rows(form: QueryDict) -> list[dict]:
    return [*_numbered(form).values()]


def _numbered(form: QueryDict) -> dict[int, dict]:
    """Return the rows of items as they were written, by the numbers they bear in the form."""
    found = (_ITEM.fullmatch(name) for name in form)
    return {
        n: {
            "code": form.get(f"item-{n}-code", "").strip(),
            "name": form.get(f"item-{n}-name", "").strip(),
            **{field: form.get(f"item-{n}-{field}") or usual for field, (_, usual) in _LISTS.items()},
            "length": form.get(f"item-{n}-length", "").strip(),
            "rules": form.get(f"item-{n}-rules", ""),
            "guessed": form.get(f"item-{n}-guessed", ""),
            **{flag: form.get(f"item-{n}-{flag}") == "on" for flag in asked.FLAGS},
        }
        for n in sorted(int(row[1]) for row in found if row and row[2] == "code")
    }


def _typed(form: QueryDict) -> dict:
    texts = {name: form.get(name, "") for name in (*_TEXTS, *_CHOICES, "time_out", "code", "checked")}
    rows = _rows(form)
    given = _moved(form)  # first, so that each stands at its place among the items
    empty = len(rows) - len(given) + (MORE if "more" in form or not rows else 0)
    return {**texts, "personal": form.get("personal") == "on", "rows": given + [{} for _ in range(empty)]}


def _moved(form: QueryDict) -> list[dict]:
    """Return the rows that say something, one of them a place up or down where that was asked."""
    given = {number: row for number, row in _numbered(form).items() if not _empty_row(row)}
    rows, numbers = [*given.values()], [*given]
    number, _, way = form.get("move", "").partition("-")
    place = next((at for at, each in enumerate(numbers) if f"{each}" == number), None)
    other = None if place is None else place + {"up": -1, "down": 1}.get(way, len(rows))
    if place is not None and other is not None and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], {**rows[place], "moved": way}
    return rows


def _kept(change: Change) -> dict:
    if change.unfinished is not None:
        return {**_typed(unfinished.form(change.unfinished)), "code": change.entry.code}
    rows = [_shown(raw, key=raw["code"] in change.key) for raw in change.items]
    facts = {name: str(getattr(change, name)) for name in (*_TEXTS, *_CHOICES)}
    facts["time_out"] = str(change.time_out or "")
    return {**facts, "personal": change.personal, "rows": rows + [{} for _ in range(MORE)]}


def _copied(said: Mapping[str, Any]) -> dict:
    """Return what stands in the form of a copy; nothing stands where the entry's own facts were."""
    facts = {name: str(said[name]) for name in (*_TEXTS, *_CHOICES) if name in said}
    rows = [_shown(raw, key=raw["code"] in said["key"]) for raw in said["items"]]
    return {**facts, "personal": said["personal"], "rows": rows + [{} for _ in range(MORE)]}


def _shown(raw: dict, *, key: bool) -> dict:
    rules_said = itemrules.write(raw.get("rules", ()), language=reader.language())
    return {**raw, "key": key, "length": raw.get("length") or "", "rules": rules_said}


def _legend() -> list[tuple[str, str, str]]:
    return [(kind.word[reader.language()], kind.example, kind.means) for kind in itemrules.KINDS]


def _empty() -> dict:
    return {"format": "3", "method": "1", "sharing_type": "2", "update_cycle": "4", "personal": True,
            "rows": [{} for _ in range(ROWS)]}  # fmt: skip
