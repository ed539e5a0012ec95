"""What is let in before any page looks at it: characters that can be kept, and no larger body than was asked for."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import Resolver404, resolve

from hutong.control.catalog import rules as catalog
from hutong.control.procedures import attachment_bounds
from hutong.control.rulebook import queries as rulebook
from hutong.control.units import queries
from hutong.core import bounds
from hutong.core.errors import Conflicting, Malformed, Problem, TooLarge, Unavailable
from hutong.core.labels import both
from hutong.plane.delivery import receiving
from hutong.web import clock
from hutong.web.front import beside, middleware
from hutong.web.front.buffering import FAULT, FORM_BYTES, declared
from hutong.web.login import ended, kept_pages, sessions

DELIVERY_BYTES = 512 << 20
"""The largest body of an officer's delivery; what is larger is delivered by a system, or in parts."""
DELIVERIES_AT_ONCE = 3
"""In all processes of the pages together; of the threads of each at least as many are left for everybody else."""
DELIVERIES = "deliveries"
"""Name of the address at which a delivery is handed in."""
ITEMS = ("entry-new", "change-edit")
"""Names of the addresses to which a file is sent that names the items of an entry."""
ITEMS_BYTES = 20 << 20
"""The largest of these: it may be a file of data, of which the header and some rows are looked at."""
ATTACHMENTS = "-attachments"
"""How the names of addresses end to which a file is added; a file and the rest of its form are taken there."""

Next = Callable[[HttpRequest], HttpResponse]
_BEFORE = "before_body"
View = TypeVar("View", bound=Callable[..., HttpResponse])


class UploadTooLarge(TooLarge):
    """What was sent has {size}; at most {limit} are taken here."""


class FileTooLarge(TooLarge):
    """The file has {size}; one file may have {limit} here."""


class UploadIncomplete(Malformed):
    """What was sent did not arrive in full, or not in time."""


class UploadUnderWay(Conflicting):
    """Another file of this account is being received."""


class UploadsFull(Unavailable):
    """{taking} files are being received; no more at this moment."""


UNREAD = (UploadTooLarge, FileTooLarge, UploadUnderWay, UploadsFull)
"""Why a file is not read at all."""


def before_body(check: Callable[..., object]) -> Callable[[View], View]:
    """Let a view say of a large body, before a byte of it is read, that it will not take it.

    `check` is given the officer as `actor` and what stands in the address, and raises what the view would.
    """

    def with_check(view: View) -> View:
        setattr(view, _BEFORE, check)
        return view

    return with_check


def characters(get_response: Next) -> Next:
    """Refuse an address, a parameter or a cookie with a character that PostgreSQL cannot keep.

    Stands before the sessions, which look a cookie up.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        try:
            _check([(request.path_info, "")])
            _check((name, value) for name, values in request.GET.lists() for value in values)
            _check(request.COOKIES.items())
        except Problem as problem:
            request.COOKIES.clear()
            return middleware.page(request, problem)
        return get_response(request)

    return answer


def bodies(get_response: Next) -> Next:
    """Refuse a body that is too large before its file is read, and a form with an unusable character.

    Where the page of the form is known, that tells it, with what was typed beside the file; who has to log in anew is
    led there.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        try:
            with _room(request):
                _check(_fields(request))
                return get_response(request)
        except Problem as problem:
            try:
                if isinstance(problem, UNREAD) and (told := _on_its_page(request, problem, get_response)):
                    return told
            except Problem as worse:  # of what was typed beside the file
                return _page(request, worse)
            return _page(request, problem)

    return answer


def _page(request: HttpRequest, problem: Problem) -> HttpResponse:
    with suppress(*middleware.AWAY):
        sessions.reader(request)  # who came in is shown as such
    return middleware.page(request, problem)


def _on_its_page(request: HttpRequest, problem: Problem, get_response: Next) -> HttpResponse | None:
    """Return how the page of a form answers a file that is not taken; None where there is no such page."""
    try:
        of, found = kept_pages.rules(request), resolve(request.path_info)
    except Resolver404:
        return None
    if of is None or request.method != "POST":
        return None
    known = auth.get_user(request).is_authenticated
    if known and not _takes_files(found.url_name or ""):
        return None
    if field := beside.read(request):
        _check(_fields(request))
        problem.at = (field,)
        setattr(request, kept_pages.UNTAKEN, problem)
        return get_response(request)
    return None if known else ended.led_to_login(request, of, unread=True)


def _takes_files(name: str) -> bool:
    return name in (DELIVERIES, *ITEMS) or name.endswith(ATTACHMENTS)


@contextmanager
def _room(request: HttpRequest) -> Iterator[None]:
    fault, length = request.META.get(FAULT), declared(request.META)
    if fault == "slow":
        raise UploadIncomplete
    if length <= FORM_BYTES and not fault:
        yield
        return
    limit, refusal = _limit(request)
    if fault or length > limit:
        size = both("sizes.exact", size=_told(length)) if length else both("sizes.above", size=_told(limit))
        raise refusal(size=size, limit=_told(limit))
    with _place(auth.get_user(request).get_username()):
        yield


def _place(account: str) -> AbstractContextManager[None]:
    """Return a place for a large body of an account; entered, it raises UploadUnderWay or UploadsFull."""
    full = UploadsFull(taking=DELIVERIES_AT_ONCE)
    return receiving.place(settings.SPOOL, most=DELIVERIES_AT_ONCE, whose=account, twice=UploadUnderWay(), full=full)


def _told(size: int) -> str:
    """Return a size as people say it."""
    return f"{math.ceil(10 * size / (1 << 20)) / 10:.1f}".removesuffix(".0") + " MB"


def _limit(request: HttpRequest) -> tuple[int, type[TooLarge]]:
    """Return how many bytes of body are taken of this sender at this address, and as what more is refused."""
    form = (FORM_BYTES, UploadTooLarge)
    try:
        found = resolve(request.path_info)
        user = auth.get_user(request)
        if request.method != "POST" or not user.is_authenticated:
            return form
        actor = queries.actor(user.get_username(), now=clock.now())
    except (Resolver404, queries.NoSuchOfficer):
        return form
    name = found.url_name or ""
    if name == DELIVERIES:
        if not catalog.edits(actor):
            return form
        return min(DELIVERY_BYTES, rulebook.in_force(clock.today()).number("delivery.upload_bytes")), FileTooLarge
    if name in ITEMS:
        return (ITEMS_BYTES + FORM_BYTES, FileTooLarge) if catalog.edits(actor) else form
    if name.endswith(ATTACHMENTS):
        getattr(found.func, _BEFORE, lambda **given: None)(actor=actor, **found.kwargs)
        return attachment_bounds.in_force(clock.today()).file_bytes + FORM_BYTES, UploadTooLarge
    return form


def _fields(request: HttpRequest) -> Iterator[tuple[str, str]]:
    try:
        form, files = request.POST, request.FILES
    except UnreadablePostError:
        raise UploadIncomplete from None
    yield from ((name, value) for name, values in form.lists() for value in values)
    yield from ((name, file.name or "") for name, file in files.items())


def _check(given: Iterable[tuple[str, str]]) -> None:
    for name, value in given:
        bounds.check_characters(value, field=name)
