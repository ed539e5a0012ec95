"""Deliveries: the list, rejected rows and why, what a file has to be, handing it in, approving one that waits."""

from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hutong.control.catalog import deliveries, expected, handing_in
from hutong.control.catalog.deliveries import WaitingDelivery
from hutong.control.catalog.handing_in import Desk, HandIn, Looked, SentFile
from hutong.control.units import meanwhile
from hutong.core import statuses
from hutong.core.errors import Judging, Problem
from hutong.plane.delivery import loading, merging
from hutong.plane.delivery.ledger import DeliveryReceipt
from hutong.web import clock, corrections, plane
from hutong.web.desk import fields, outcome
from hutong.web.desk.acts import AGAIN, AT, DONE
from hutong.web.desk.deliveries import columns as file_columns
from hutong.web.desk.deliveries import faults, form, lists, read
from hutong.web.front.admission import DELIVERY_BYTES
from hutong.web.lists import files, pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import filters, resources, telling
from hutong.web.wording.names import named


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show the unit's deliveries or hand out their file, and the form; what was read of a posted file is shown first.

    Of a delivery that waits the platform keeps no row, only the digest: the same file is handed in again to approve it.
    """
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return _handed_in(request)

    def more(shown: ListShown) -> dict[str, object]:
        desk = deliveries.desk(actor, now=clock.now())
        typed = QueryDict() if "approve" in request.POST else request.POST
        told = {
            "waiting": [_waiting(each) for each in desk.waiting] if shown.first else [],
            "more_wait": shown.first and desk.more_wait,
            "fields": form.fields(desk.supplied, typed, most=min(desk.most, DELIVERY_BYTES)),
            "templates": [(each.entry.code, each.name) for each in desk.supplied],
            "wanted": next((each for each in desk.supplied if problem and each.entry.code == typed.get("code")), None),
            "due": lists.due(desk.due) if shown.first else None,
            "more_due": desk.more_due,
            "may": desk.may,
            "read": read.of_problem(problem),
            "again": request.GET.get(DONE) == AGAIN,
        }
        waits = next((row.delivery.file for row in desk.waiting if row.delivery.key == request.POST.get("key")), "")
        return corrections.refused(told, problem, page="deliveries", form=waits if "approve" in request.POST else "")

    status = statuses.of(problem) if problem else 200
    return pages.answer(lists.DELIVERIES, request, "desk/deliveries.html", status=status, more=more)


def _waiting(each: WaitingDelivery) -> dict[str, object]:
    """Return a delivery that waits: why, and who may approve it."""
    return {
        "delivery": each.delivery,
        "at": each.at,
        "why": lists.reason(each.delivery),
        "may": each.may,
        "another": each.another,
        "by_name": each.by_name,
        "others": each.others,
        "file": form.again(each.delivery.file),
        "read": read.plainly(each.delivery.what_was_read),
        "deletes": each.delivery.reason != merging.DisplayDiffers.code,
    }


@officers
def rejected(request: PageRequest, code: str, key: str) -> HttpResponseBase:
    """Show the rejected rows and warnings of one delivery, masked as they are kept, or hand out their file.

    Raises NoSuchEntry, and Http404 where nothing was delivered under this key.
    """
    found = deliveries.of_entry(code, key=key, actor=request.actor, now=clock.now())
    if found.delivery is None:
        raise Http404
    shown = {"entry": found.entry, "key": key, "delivery": found.delivery}
    return pages.answer(faults.of(found.entry, key=key), request, "desk/rejected.html", more=lambda _: shown)


@officers
def delivered(request: PageRequest, code: str, key: str) -> HttpResponse:
    """Show one delivery: what came of it, and how its file was read.

    Raises NoSuchEntry, and Http404 where nothing was delivered under this key.
    """
    found = deliveries.of_entry(code, key=key, actor=request.actor, now=clock.now())
    if found.delivery is None:
        raise Http404
    shown = {
        "entry": found.entry, "delivery": found.delivery, "waiting": found.waiting, "why": lists.reason(found.delivery),
        "overtaken": lists.overtaken(found.delivery), "read": read.told(found.delivery.what_was_read, found.entry),
        "state": {"name": named(found.delivery.state, "delivery_state"), "tone": filters.tone(found.delivery.state)},
    }  # fmt: skip
    return render(request, "desk/delivered.html", shown)


@officers
def columns(request: PageRequest, code: str) -> HttpResponse:
    """Show what a file of an entry has to be: its columns with their rules, its size, and templates to fill in."""
    found = expected.of(code, actor=request.actor, today=clock.today())
    shown = {
        "entry": found.entry, "table": file_columns.table(found), "notes": file_columns.notes(found, changes=False),
        "op": file_columns.op_note(found), "most": form.megabytes(min(found.most, DELIVERY_BYTES)),
    }  # fmt: skip
    return render(request, "desk/deliveries/columns.html", shown)


@officers
def template(request: PageRequest, code: str, form: str) -> HttpResponse:
    """Hand out a template to fill in, for all data or with the column of changes; Http404 for other forms."""
    if form not in TEMPLATES:
        raise Http404
    found = expected.of(code, actor=request.actor, today=clock.today())
    make, kind = TEMPLATES[form]
    changes = request.GET.get("kind") == "changes"
    answer = HttpResponse(make(found, changes=changes), content_type=kind)
    name = f"{code.replace('/', '-')}{'-changes' if changes else ''}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


TEMPLATES = {
    "xlsx": (file_columns.workbook, files.EXCEL), "csv": (file_columns.comma_separated, "text/csv; charset=utf-8"),
}  # fmt: skip
"""Ending of a template → what makes it, and its kind."""


@officers
def upload(request: PageRequest, token: str) -> HttpResponse:
    """Show what was read of a file that was sent, and what would come of it; posted, it is loaded or forgotten."""
    desk, said = _desk(request), request.POST
    if request.method == "POST":
        if "confirm" not in said:
            handing_in.cancel(token, desk=desk)
            told = gettext("已取消：所传文件没有交付，也没有保留。")
            return outcome.led(request, reverse("deliveries"), said=told)
        receipt = handing_in.deliver(
            token, desk=desk, code=said.get("code", ""), key=said.get("key", ""), meant_for=said.get(AT, "")
        )
        address = reverse("delivered", args=[receipt.code, receipt.key])
        return outcome.led(request, address, said=_came_of(receipt))
    problem = request.refused
    try:
        if problem is None or isinstance(problem, SHOWN_ANEW):
            shown = _looked_at(handing_in.looked(token, desk=desk)) | {"problem": problem and telling.said(problem)}
            return render(request, "desk/upload.html", shown, status=statuses.of(problem) if problem else 200)
    except Problem as raised:
        problem = raised
    shown = {"problem": telling.said(problem), "read": read.of_problem(problem)}
    if isinstance(problem, loading.NothingAccepted):
        shown["rejected"] = reverse("rejected", args=[request.POST.get("code", ""), request.POST.get("key", "")])
    return render(request, "desk/upload.html", shown, status=statuses.of(problem))


SHOWN_ANEW = (meanwhile.DoneMeanwhile, meanwhile.ChangedMeanwhile, meanwhile.ShownStateMissing)
"""Refusals after which an upload is shown as it would count now, and confirmed from there."""


@officers
@require_safe
def upload_rejected(request: PageRequest, token: str) -> HttpResponseBase:
    """Hand out every fault of a file that was sent and not confirmed yet; raises UploadGone and UploadBeingLoaded."""
    return faults.file(handing_in.faults(token, desk=_desk(request)), actor=request.actor)


def _came_of(receipt: DeliveryReceipt) -> str:
    if receipt.state == "waiting":
        said = gettext("已收到%(resource)s批次 %(key)s，尚未入库：须由提供方确认后才生效。")
        return said % {"resource": resources.called(receipt.code), "key": receipt.key}
    said = gettext(
        "已交付%(resource)s批次 %(key)s：报送 %(sent)s 行，接收 %(accepted)s 行，退回 %(rejected)s 行；"
        "新增 %(inserted)s 条，更新 %(updated)s 条，删除 %(deleted)s 条。"
    )
    told = {name: f"{getattr(receipt, name) or 0:,}" for name in _CAME}
    return said % {"resource": resources.called(receipt.code), "key": receipt.key, **told}


_CAME = ("sent", "accepted", "rejected", "inserted", "updated", "deleted")
"""What is told of a delivery that was loaded."""


@officers
@require_safe
def progress(request: PageRequest) -> HttpResponse:
    """Tell the script how far the officer's own file is: what was done with how many rows, or nothing."""
    found = handing_in.under_way(_desk(request))
    return JsonResponse({"stage": found.stage, "rows": found.rows} if found else {})


def _looked_at(found: Looked) -> dict[str, object]:
    before, waits = found.before, found.expected.waits if found.expected else None
    rows = found.expected.faults if found.expected else ()
    return {
        "faults": faults.table(found.entry, rows) if rows else None,
        "found": found,
        "read": read.told(found.what_was_read, found.entry),
        "before": before if before and before.state != "received" else None,
        "waits": telling.described(merging.waiting(waits, stored=None, removed=None)) if waits else None,
    }


def _handed_in(request: PageRequest) -> HttpResponse:
    said, file = request.POST, request.FILES.get("file")
    judging = Judging()
    fields.judged(judging, fields.said, said, "code", "")
    fields.judged(judging, _kind, said, "kind", "")
    fields.judge(said, judging)
    given = HandIn(
        code=said.get("code", ""), key=said.get("key", "").strip(), changes=said.get("kind") == "changes",
        approves="approve" in said, file=SentFile(file.name, file.chunks()) if file else None,
        meant_for=said.get(AT, ""),
    )  # fmt: skip
    desk = _desk(request)
    if given.approves:
        try:
            receipt = handing_in.approve(given, desk=desk, judging=judging)
        except meanwhile.DoneAlready:
            return redirect(f"{reverse('deliveries')}?{DONE}={AGAIN}")
        return outcome.led(request, reverse("deliveries"), said=_came_of(receipt))
    return redirect("upload", handing_in.look(given, desk=desk, judging=judging))


def _kind(said: QueryDict, field: str) -> str:
    return fields.chosen(said, field, form.KINDS) if field in said else ""


def _desk(request: PageRequest) -> Desk:
    return Desk(request.actor, db=plane.database(), keyring=plane.keyring, folder=plane.spool(), now=clock.now())
