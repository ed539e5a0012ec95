"""Pages for what no view expected."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.core.errors import Missing
from hutong.web import middleware


class PageNotFound(Missing):
    """There is no such page."""


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for an address that leads nowhere."""
    return middleware.page(request, PageNotFound())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for a request that Django refused."""
    said = {"message": gettext("这次请求没有被接受。"), "advice": gettext("请返回上一页刷新后重试。")}
    return render(request, "problem.html", {"problem": said}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours."""
    said = {
        "message": gettext("平台出现故障，您刚才的操作没有生效。"),
        "advice": gettext("请稍后重试；若仍不行，请联系平台运维单位。"),
    }
    return render(request, "problem.html", {"problem": said}, status=500)
