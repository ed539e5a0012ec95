"""The rules of use: accepted by a person, and released anew by the authority."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from hutong.control.registration import accepting, rules_of_use
from hutong.control.registration import pages as registration_pages
from hutong.control.releases import operations as releases
from hutong.control.releases import rules
from hutong.core import bounds, statuses
from hutong.core.errors import Judging
from hutong.web import clock, corrections
from hutong.web.desk import fields, outcome
from hutong.web.desk.registration import rules_shown
from hutong.web.forms import Field
from hutong.web.front import rules_asked
from hutong.web.login import sessions
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import labels

PAGE = "rules_of_use"
"""Name of the page whose fields these are, where labels are looked up."""


@officers
def accept(request: PageRequest) -> HttpResponse:
    """Show the rules of use that hold; posted, keep that the officer accepts them and go on."""
    problem, wanted = request.refused, request.POST.get("next") or request.GET.get("next") or ""
    if request.method == "POST":
        accepting.accept(request.POST.get("digest", ""), actor=request.actor, now=clock.now())
        rules_asked.answered(request)
        return redirect(sessions.onward(wanted))
    page = {"rules": rules_shown.shown(rules_of_use.current()), "next": wanted}
    told = corrections.refused(page, problem, page=PAGE)
    return render(request, "desk/rules_accept.html", told, status=statuses.of(problem) if problem else 200)


@officers
def release(request: PageRequest) -> HttpResponse:
    """Show the form of the next release of the rules of use; posted, release them and go to their page."""
    problem, now = request.refused, clock.now()
    if request.method == "POST":
        judging = Judging()
        fields.judge(request.POST, judging)
        said = rules.sentences(request.POST.get("sentences", ""), judging=judging)
        number = releases.release(
            rules.RULES_OF_USE, title=request.POST.get("title", "").strip(), sentences=said,
            reason=request.POST.get("reason", "").strip(), actor=request.actor, now=now,
            seen=bounds.whole(request.POST.get("seen", "")) or 0, judging=judging,
        )  # fmt: skip
        address = reverse("release", args=[rules.RULES_OF_USE, number])
        return outcome.led(request, address, said=gettext("已发布使用规则第 %(number)s 号。") % {"number": number})
    form = registration_pages.of_next_release(request.actor)
    current = form.current
    kept = "\n".join(f"{clause} | {zh} | {en or _english(zh)}" for clause, zh, en in current.sentences)
    typed = request.POST.dict() if request.typed else {"sentences": kept, "title": gettext("使用规则")}
    page = {
        "may": form.may,
        "unit": request.actor.unit_name,
        "seen": typed.get("seen", current.number),
        "current": rules_shown.shown(current),
        "fields": [
            Field("title", labels.label("title", page=PAGE), typed.get("title", ""), required=True),
            Field("sentences", labels.label("sentences", page=PAGE), typed.get("sentences", ""), "long", required=True,
                  lines=12, hint=gettext("一行一条：条款 | 中文 | 英文。")),
            Field("reason", labels.label("reason", page=PAGE), typed.get("reason", ""), "long", required=True),
        ],
    }  # fmt: skip
    told = corrections.refused(page, problem, page=PAGE)
    return render(request, "desk/rules_release.html", told, status=statuses.of(problem) if problem else 200)


def _english(words: str) -> str:
    with translation.override("en"):
        return gettext(words)
