"""The form of an application: a new one, and what was typed before."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from hutong.control.catalog.models import Version
from hutong.control.procedures import since
from hutong.control.sharing import operations, reading
from hutong.control.sharing.models import Application
from hutong.control.sharing.rules import AlreadyApplied
from hutong.control.units.rules import Actor
from hutong.core import beijing, statuses
from hutong.core.errors import Judging, Problem
from hutong.plane.definition import Mode
from hutong.web import clock, corrections
from hutong.web.desk import acts, fields, history, unfinished
from hutong.web.desk.application import fields as asked
from hutong.web.desk.application.kind import KIND
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import items


@officers
def new(request: PageRequest, code: str) -> HttpResponse:
    """Show the form for a new application; posted, draft it and go to its page, where it is lodged."""
    actor = request.actor
    if request.method == "POST":
        no = drafted(request.POST, code, actor=actor, now=clock.now())
        return acts.led_to(request, KIND, no, done=acts.SAVED)
    begun = reading.new_form(code, actor=actor, again=request.GET.get("again", ""))
    suggested = _again(begun.former) if begun.former else _suggested(actor.unit)
    typed = _typed(request.POST) if request.typed else suggested
    return _form(request, begun.version, typed, request.refused, may=begun.may)


@officers
def edit(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what was typed before; posted, change it."""
    actor = request.actor
    if request.method == "POST":
        try:
            amended(request.POST, no, actor=actor, now=clock.now())
            return acts.led_to(request, KIND, no, saved=True)
        except since.AlreadyDone:
            return acts.led_to(request, KIND, no, done=acts.AGAIN)
    found = reading.form(no, actor=actor)
    application = found.application
    typed = _typed(request.POST) if request.typed else _kept(application)
    at, problem = acts.shown_at(request, found.at), request.refused or found.refusal
    return _form(request, application.entry.current, typed, problem, may=found.may, application=application, at=at)


def drafted(form: QueryDict, code: str, *, actor: Actor, now: datetime) -> str:
    """Draft the application for a resource that a form says, and return its number; raises what drafting does."""
    judging = Judging()
    return operations.draft(
        code=code, form_id=_id(form), twice="twice" in form, actor=actor, now=now, judging=judging,
        typed=unfinished.typed(form), **_read(form, judging),
    )  # fmt: skip


def amended(form: QueryDict, no: str, *, actor: Actor, now: datetime) -> None:
    """Change an application to what a form says; raises what amending does."""
    judging = Judging()
    changes = _read(form, judging)
    operations.amend(
        no, changes=changes, actor=actor, now=now, judging=judging, meant_for=form.get(acts.AT, ""),
        typed=unfinished.typed(form), twice="twice" in form,
    )  # fmt: skip


def _form(
    request: PageRequest, version: Version, typed: dict, problem: Problem | None, *, may: bool,
    application: Application | None = None, at: str = "",
) -> HttpResponse:  # fmt: skip
    unit = application.consumer_id if application else request.actor.unit
    shown_fields = typed_fields(version, typed, unit=unit)
    names = {raw["code"]: raw["name"] for raw in version.items}
    shown = {
        "name": version.name,
        "may": may,
        "editable": request.typed or problem is None,
        "no": application.no if application else "",
        "at": at,
        "sent_back": history.returned(KIND.procedure, application) if application else None,
        "form_id": f"{_id(request.POST) or uuid4()}",
        "applicant": application.consumer.name if application else request.actor.unit_name,
        **shown_fields,
        "twice": asked.twice() if isinstance(problem, AlreadyApplied) or "twice" in request.POST else None,
        "earlier": problem.facts.get("no", "") if isinstance(problem, AlreadyApplied) else "",
    }  # fmt: skip
    places = {"days": "until_at", "row_filter": "row_filter", asked.NEED: asked.place_of_need(problem)}
    told = corrections.refused(shown, problem, items=names, places=places, order=asked.ORDER)
    return render(request, "desk/apply.html", told, status=statuses.of(problem) if problem else 200)


def typed_fields(version: Version, typed: dict, *, unit: str) -> dict:
    """Return the fields and boxes of the form, with what was typed."""
    return {
        "fields": asked.texts(typed, unit=unit, region=version.entry.provider.region_code),
        "boxes": asked.boxes(items.rows(version), typed, unit=unit),
        "needs": asked.needs(typed),
        "limits": asked.limits(version.items, typed),
    }


def lacks(application: Application) -> tuple[Problem | None, dict]:
    """Return what an unfinished draft lacks, and the fields with what was typed."""
    kept, judging = unfinished.form(application.unfinished or {}), Judging()
    problem = operations.judged(application, _read(kept, judging), now=clock.now(), judging=judging)
    version = application.entry.current
    assert version is not None
    return problem, typed_fields(version, _typed(kept), unit=application.consumer_id)


_TEXTS = (
    "mode", "purpose", "legal_basis", "system", "quota", "guesses", "yearly_records", "from_at", "until_at", "matters",
)  # fmt: skip
_LISTS = ("items", "conditions", "need", "users", "devices")


def _read(form: QueryDict, judging: Judging) -> dict:
    """Return what was typed; what cannot be read is kept in `judging`, and something stands for it."""
    soon = beijing.midnight(clock.today())
    nothing: list[str] = []
    read = {
        "mode": form.get("mode", "compare") if form.get("mode") in list(Mode) else "compare",
        "purpose": fields.judged(judging, fields.one_code, _coded(form, "purpose", "purpose"), "purpose", ""),
        "legal_basis": form.get("legal_basis", "").strip(),
        "system": form.get("system", ""),
        "matters": fields.judged(judging, fields.coded, _coded(form, "matters", "matter"), "matters", nothing),
        **{name: fields.judged(judging, _amount, form, name, usual) for name, usual in asked.USUAL.items()},
        **{name: fields.judged(judging, fields.moment, form, name, soon) for name in ("from_at", "until_at")},
        **{name: form.getlist(name) for name in _LISTS},
    }
    read["row_filter"] = {code: values for code, said in _inside(form).items() if (values := _lines(said))}
    fields.judge(form, judging)  # after numbers and days, which are refused as what they are
    return read


def _coded(form: QueryDict, name: str, kind: str) -> QueryDict:
    """Return the form with the codes of what was typed by its registered name, as the list beside the field has it."""
    given = form.get(name, "").strip()
    if given.isascii():
        return form
    codes, coded = asked.codes(kind), form.copy()
    coded[name] = codes.get(given) or " ".join(codes.get(word, word) for word in fields.words(form, name))
    return coded


def _amount(form: QueryDict, name: str) -> int:
    return fields.number(form, name, asked.USUAL[name])


def _typed(form: QueryDict) -> dict:
    lists = {n: form.getlist(n) for n in _LISTS}
    return {**{n: form.get(n, "") for n in _TEXTS}, **lists, "inside": _inside(form)}


def _id(form: QueryDict) -> UUID | None:
    """Return which form was sent, so that sent twice it drafts once; None where it does not say."""
    try:
        return UUID(form.get("form_id", ""))
    except ValueError:
        return None


def _inside(form: QueryDict) -> dict[str, str]:
    """Return what was typed for each item that may limit the records, by its code."""
    return {name.removeprefix(asked.INSIDE): form.get(name, "") for name in form if name.startswith(asked.INSIDE)}


def _lines(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.strip()]


def _kept(application: Application) -> dict:
    if application.unfinished is not None:
        return _typed(unfinished.form(application.unfinished))
    kept = {name: getattr(application, name) for name in (*_TEXTS, *_LISTS)}
    days = {n: beijing.day(kept[n]).isoformat() for n in ("from_at", "until_at")}
    inside = {code: "\n".join(values) for code, values in application.row_filter.items()}
    return {**kept, **days, "matters": " ".join(kept["matters"]), "inside": inside}


def _again(former: Application) -> dict:
    """Return what an earlier application said, for a period as long from today on."""
    today = clock.today()
    until = today + (former.until_at - former.from_at)
    return {**_kept(former), "from_at": f"{today}", "until_at": f"{until}"}


def _suggested(unit: str) -> dict:
    """Return what stands in a new form: of systems, users and devices the unit's only one."""
    today = clock.today()
    only = asked.only(unit)
    return {
        "mode": "compare", **asked.USUAL, "from_at": f"{today}", "until_at": f"{today + timedelta(days=365)}",
        **{n: [] for n in _LISTS}, "inside": {}, **only, "system": "".join(only["system"]),
    }  # fmt: skip
