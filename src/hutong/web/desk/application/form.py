"""The form of an application: a new one, and what was typed before."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from hutong.control.catalog.models import Version
from hutong.control.sharing import operations, reading
from hutong.control.sharing.models import Application
from hutong.core import beijing, statuses
from hutong.core.errors import Problem
from hutong.plane.definition import Mode
from hutong.web import clock
from hutong.web.desk import acts, fields
from hutong.web.desk.application import fields as asked
from hutong.web.desk.application.kind import KIND
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import items, telling


@officers
def new(request: PageRequest, code: str) -> HttpResponse:
    """Show the form for a new application; posted, draft it and go to its page, where it is lodged."""
    actor, problem = request.actor, None
    if request.method == "POST":
        try:
            form_id = _id(request.POST)
            no = operations.draft(code=code, form_id=form_id, actor=actor, now=clock.now(), **_read(request.POST))
            return acts.led_to(KIND, no)
        except Problem as raised:
            problem = raised
    typed = _typed(request.POST) if request.method == "POST" else _suggested()
    begun = reading.new_form(code, actor=actor)
    return _form(request, begun.version, typed, problem, may=begun.may)


@officers
def edit(request: PageRequest, no: str) -> HttpResponse:
    """Show the form with what was typed before; posted, change it."""
    actor, problem = request.actor, None
    if request.method == "POST":
        try:
            operations.amend(no, changes=_read(request.POST), actor=actor, now=clock.now())
            return acts.led_to(KIND, no)
        except Problem as raised:
            problem = raised
    found = reading.form(no, actor=actor)
    application = found.application
    typed = _typed(request.POST) if request.method == "POST" else _kept(application)
    problem = problem or found.refusal
    return _form(request, application.entry.current, typed, problem, may=found.may, application=application)


def _form(
    request: PageRequest, version: Version, typed: dict, problem: Problem | None, *, may: bool,
    application: Application | None = None,
) -> HttpResponse:  # fmt: skip
    unit = application.consumer_id if application else request.actor.unit
    names = {raw["code"]: raw["name"] for raw in version.items}
    shown = {
        "name": version.name,
        "may": may,
        "editable": request.method == "POST" or problem is None,
        "no": application.no if application else "",
        "form_id": f"{_id(request.POST) or uuid4()}",
        "applicant": application.consumer.name if application else request.actor.unit_name,
        "fields": asked.texts(typed, unit=unit),
        "boxes": asked.boxes(items.rows(version), typed, unit=unit),
        "needs": asked.needs(typed),
        "limits": asked.limits(version.items, typed),
        "problem": telling.said(problem, items=names) if problem else None,
    }  # fmt: skip
    return render(request, "desk/apply.html", shown, status=statuses.of(problem) if problem else 200)


_TEXTS = (
    "mode", "purpose", "legal_basis", "system", "quota", "guesses", "yearly_records", "from_at", "until_at", "matters",
)  # fmt: skip
_LISTS = ("items", "conditions", "need", "users", "devices")


def _read(form: QueryDict) -> dict:
    read = {
        "mode": form.get("mode", "compare") if form.get("mode") in list(Mode) else "compare",
        "purpose": fields.one_code(form, "purpose"),
        "legal_basis": form.get("legal_basis", "").strip(),
        "system": form.get("system", ""),
        "matters": fields.coded(form, "matters"),
        "quota": fields.number(form, "quota", 1000),
        "guesses": fields.number(form, "guesses", 10),
        "yearly_records": fields.number(form, "yearly_records", 100),
        "from_at": fields.moment(form, "from_at"),
        "until_at": fields.moment(form, "until_at"),
        **{name: form.getlist(name) for name in _LISTS},
    }
    read["row_filter"] = {code: values for code, said in _inside(form).items() if (values := _lines(said))}
    fields.check(form)  # after numbers and days, which are refused as what they are
    return read


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
    kept = {name: getattr(application, name) for name in (*_TEXTS, *_LISTS)}
    days = {n: beijing.day(kept[n]).isoformat() for n in ("from_at", "until_at")}
    inside = {code: "\n".join(values) for code, values in application.row_filter.items()}
    return {**kept, **days, "matters": " ".join(kept["matters"]), "inside": inside}


def _suggested() -> dict:
    today = clock.today()
    return {
        "mode": "compare", "quota": 1000, "guesses": 10, "yearly_records": 100, "from_at": f"{today}",
        "until_at": f"{today + timedelta(days=365)}", **{n: [] for n in _LISTS}, "inside": {},
    }  # fmt: skip
