"""A published version of an entry as it was published, beside the one before it or another."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.catalog import reading
from hutong.control.catalog.models import Version
from hutong.core import bounds
from hutong.web.desk.catalog import differing
from hutong.web.desk.catalog import shown as facts
from hutong.web.desk.parts import Table
from hutong.web.forms import Field
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording.filters import moment


@officers
def detail(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Show one version and how it differs from the version `with`; every officer may read published versions."""
    beside = bounds.whole(request.GET.get("with", ""))
    page = reading.version_page(code, number, beside=beside)
    version = page.version
    shown = {
        "name": version.name,
        "entry": version.entry.name,
        "code": code,
        "provider": version.entry.provider.name,
        "number": number,
        "change": version.change.no,
        "officer": version.published_by_name,
        "at": moment(version.published_at),
        "digest": version.digest,
        **facts.page(version),
        "beside": _beside(page.numbers, number=number, other=beside or number - 1),
        "differing": _differing(page.other, version) if page.other else None,
    }
    return render(request, "desk/version.html", shown)


def _beside(numbers: list[int], *, number: int, other: int) -> Field | None:
    """Return the field that asks for a version to compare with; none where there is no other."""
    options = tuple((str(each), gettext("第 %(number)s 版") % {"number": each}) for each in numbers if each != number)
    return Field("with", gettext("与哪一版比较"), str(other), kind="choice", options=options) if options else None


def _differing(one: Version, another: Version) -> Table:
    """Return what differs between two versions of an entry, from the earlier to the later."""
    before, after = sorted((one, another), key=lambda each: each.number)
    caption = gettext("第 %(before)s 版与第 %(after)s 版比较") % {"before": before.number, "after": after.number}
    return differing.table(before, after, caption=caption, same=gettext("两个版本内容相同。"))
