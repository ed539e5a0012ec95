"""What was released: each at its address for good, beside another where one is asked for; and its very bytes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from hutong.control.releases import queries
from hutong.control.releases.rules import NoSuchRelease
from hutong.core import bounds
from hutong.web.login.sessions import reader
from hutong.web.wording import reader as language


@require_safe
def newest(request: HttpRequest, kind: str) -> HttpResponse:
    """Lead to the newest release of a kind; raises NoSuchRelease."""
    reader(request)
    found = queries.newest(kind)
    if found is None:
        raise NoSuchRelease(release_kind=kind, number=1)
    return redirect("release", kind, found.number)


@require_safe
def release(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Show one release; `with` in the address names another, with which it is compared."""
    reader(request)
    words = language.language()
    shown = queries.page(kind, number, beside=bounds.whole(request.GET.get("with", "")))
    page = {
        "found": shown.release,
        "whole": shown.whole,
        "other": shown.other,
        "before": number - 1,
        "newest": shown.newest,
        "sentences": [(each.clause, each.words[words]) for each in shown.sentences],
        "compared": [
            (each.how, each.sentence.clause, each.sentence.words[words]) for each in shown.compared
        ],
    }
    return render(request, "portal/release.html", page)


@require_safe
def body(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Hand out the very bytes of a release, of which its digest was made."""
    found = queries.release(kind, number)
    answer = HttpResponse(found.body.encode(), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{number}.json"'
    return answer
