"""A change of an entry as a case, and the beginning of one."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hutong.control.catalog import operations, reading, rules
from hutong.control.catalog.models import Change
from hutong.core import statuses
from hutong.web import clock, corrections
from hutong.web.desk import acts, cases, outcome, unfinished
from hutong.web.desk.catalog import differing, form
from hutong.web.desk.catalog import shown as facts
from hutong.web.desk.catalog.kind import CHANGE_KIND
from hutong.web.desk.parts import Table
from hutong.web.login.entrance import officers
from hutong.web.login.kept_pages import Rules
from hutong.web.login.request import PageRequest
from hutong.web.wording import resources
from hutong.web.wording.filters import joined


@partial(officers, forms=Rules(page=lambda code: reverse("entry", args=[code])))
@require_POST
def begin(request: PageRequest, code: str) -> HttpResponse:
    """Begin a change of an entry, and go to where it is written down."""
    no = operations.begin(
        code, actor=request.actor, now=clock.now(), calendar=clock.calendar(), meant_for=request.POST.get(acts.AT, "")
    )
    again = request.POST.get("again", "")
    address = acts.anew("change-edit", no, again=again) if again else reverse("change-edit", args=[no])
    said = gettext("已开始变更目录%(resource)s，变更编号 %(no)s，尚未提交。")
    return outcome.led(request, address, said=said % {"resource": resources.called(code), "no": no})


@officers
def detail(request: PageRequest, no: str) -> HttpResponse:
    """Show one change, and do what is posted."""
    actor, problem = request.actor, request.refused
    if request.method == "POST":
        return acts.posted(request, CHANGE_KIND, no)
    page = reading.change_page(no, actor=actor)
    change, typed = page.change, acts.typed(request)
    half = unfinished.half(change, life=CHANGE_KIND.procedure.life, editable=page.editable)
    lacking, kept = form.lacks(change) if half else (None, {})
    shown = {
        "unfinished": half,
        "missing": unfinished.missing(lacking, form=reverse("change-edit", args=[no])),
        "typed_facts": unfinished.facts(kept),
        "case": cases.show(CHANGE_KIND, change, actor=actor, now=clock.now(), typed=typed, done=acts.done(request)),
        "no": no,
        "name": change.name,
        "entry": change.entry.name,
        "code": change.entry.code,
        "provider": change.provider.name,
        "kind": gettext("变更目录") if change.base else gettext("新编目录"),
        "base": change.base.number if change.base else "",
        "differing": _differing(change),
        "ends_sharing": change.base is not None and change.sharing_type == rules.NOT_SHARED != change.base.sharing_type,
        "naming": joined(page.naming),
        **facts.page(change),
        "change": reverse("change-edit", args=[no]) if page.editable else "",
        "change_words": gettext("修改"),
        "anew": acts.anew("entry-new", again=no) if page.again and change.kind == "new" else "",
        "anew_begun": page.entry_at if page.again and change.kind == "change" else "",
    }  # fmt: skip
    told = corrections.refused(shown, problem, form=acts.form_of(request))
    return render(request, "desk/change.html", told, status=statuses.of(problem) if problem else 200)


def _differing(change: Change) -> Table | None:
    """Return what a change alters of the version it began from; None where the entry is new."""
    if change.base is None:
        return None
    caption = gettext("与第 %(number)s 版相比") % {"number": change.base.number}
    return differing.table(change.base, change, caption=caption, same=gettext("与已发布的版本相同。"))
