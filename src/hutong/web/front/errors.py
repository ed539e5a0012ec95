"""Pages for what no view expected."""

import sys
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from hutong.core.errors import Missing
from hutong.web.front import away, faults, middleware
from hutong.web.front.middleware import AWAY
from hutong.web.login import ended, sessions
from hutong.web.login.request import known
from hutong.web.wording import telling


class PageNotFound(Missing):
    """There is no such page."""


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for an address that leads nowhere."""
    _reader(request)
    return middleware.page(request, PageNotFound())


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for a request that Django could not read."""
    return _told(request, "REQUEST_MALFORMED", "这次请求无法读取。", "请返回上一页，核对填写的内容后重试。", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Return the page for a request that Django refused: a form that is too old, or not ours."""
    _reader(request)
    if known(request) and (shown_again := ended.of_earlier_login(request)):
        return shown_again
    told = "这个表单已经失效，您刚才的操作没有生效。"
    return _told(request, "FORM_EXPIRED", told, "请返回上一页，刷新后重新填写并提交。", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours, with its number in the log; where the database is away, that page."""
    fault = sys.exception()
    if isinstance(fault, AWAY):
        return away.told(request, fault)
    number = faults.note(request, fault)
    told = "平台出现故障，您刚才的操作没有生效。"
    advice = "请稍后重试；若仍不行，请联系平台运维单位，并告知故障编号。"
    return _told(request, "PLATFORM_FAULT", told, advice, status=500, number=number)


def _told(
    request: HttpRequest, code: str, message: str, advice: str, *, status: int, number: str = ""
) -> HttpResponse:
    telling.note(code)
    said = {"message": gettext(message), "advice": gettext(advice), "code": code, "number": number}
    return middleware.telling_page(request, said, status=status)


def _reader(request: HttpRequest) -> None:
    with suppress(*AWAY, AttributeError):
        sessions.reader(request)
