"""The page of a list, and its file, from what an address asks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control import recording
from hutong.control.units import rules
from hutong.core.counting import COUNTED
from hutong.web import clock, plane
from hutong.web.forms import Field
from hutong.web.lists import asking, counting, files, places
from hutong.web.lists.asking import AFTER, BEFORE, FILE
from hutong.web.lists.listing import WORDS, FoundRows, Listing, ListRequest, Part
from hutong.web.login.request import known
from hutong.web.shown import Shown
from hutong.web.wording.names import named


@dataclass(frozen=True, slots=True)
class ListShown(Shown):
    """A list as `parts/list.html` shows it."""

    title: str
    searched: tuple[Field, ...]
    """The field for words, where the list has one."""
    fields: tuple[Field, ...]
    """All others, the order last."""
    chosen: bool
    """Whether another than the words narrows the list, or it stands in another order than its first."""
    narrowed: bool
    kept: str
    """What is asked for, as part of an address."""
    said: str
    """How many there are."""
    sums: Any
    """What `Listing.summed` found besides."""
    rows: Any
    """What `Listing.shown` made of the rows: for `parts/list.html` a `desk.parts.Table`."""
    any: bool
    """Whether there are rows on this page."""
    empty: str
    readers: tuple[str, ...]
    """The roles that find rows in it, in words, where the reader has none of them."""
    parts: bool
    """Whether the reader may see a part of what there is."""
    more: str
    """Where the next page begins; empty on the last."""
    earlier: str
    """Where the page before ends; empty on the first, and where the list leads only onward."""
    first: bool
    file: str
    """The address of the file."""

    @property
    def unread(self) -> bool:
        """Whether nothing stands here because its reader has no role that reads it."""
        return bool(self.readers) and not self.any


def answer(
    listing: Listing[Any], request: HttpRequest, template: str, *, status: int = 200,
    more: Callable[["ListShown"], Mapping[str, object]] = lambda _: {},
) -> HttpResponseBase:  # fmt: skip
    """Return the page that is asked for, or the file of the whole list.

    `more` returns what else the page shows, from the list as it is shown.
    """
    if request.method != "POST" and FILE in request.GET:
        return handed_out(listing, request)
    told = shown(listing, request)
    return render(request, template, {"list": told, **more(told)}, status=status)


def shown(listing: Listing[Any], request: HttpRequest) -> ListShown:
    """Return the page of a list that an address asks for."""
    asked = _asked(listing, request)
    # Counted before it is read: that records are read is a record too, which the next opening finds.
    said, sums = listing.summed(asked) if listing.summed else (_said(listing, asked), None)
    found, first = _page(listing, asked, request.GET)
    kept, narrowed = asking.kept(listing, asked), any(asked.values.values())
    fields = asking.form(listing, asked)
    return ListShown(
        title=gettext(listing.title),
        searched=tuple(field for field in fields if field.name == WORDS.name),
        fields=tuple(field for field in fields if field.name != WORDS.name),
        chosen=bool(asking.kept(listing, replace(asked, values={**asked.values, WORDS.name: ""}))),
        narrowed=narrowed,
        kept=kept,
        said=said,
        sums=sums,
        rows=listing.shown(found.rows, asked),
        any=bool(found.rows),
        empty=_empty(listing, narrowed=narrowed, first=first),
        readers=readers(listing, asked.actor),
        parts=listing.parts and asked.actor is not None,
        more=places.written(listing.place(found.rows[-1], asked.order)) if found.more else "",
        earlier=_earlier(listing, asked, found) if not first else "",
        first=first,
        file=f"?{kept}&{FILE}=1" if kept else f"?{FILE}=1",
    )


def readers(listing: Listing[Any], actor: Any) -> tuple[str, ...]:
    """Return the roles, in words, that find rows in a list, where the reader has none of them; else nothing."""
    if actor is None or not listing.room:
        return ()
    return tuple(named(role, "role") for role in rules.readers(actor, listing.room))


def _page(listing: Listing[Any], asked: ListRequest, given: Mapping[str, str]) -> tuple[FoundRows[Any], bool]:
    """Return the rows of the page that lies before or after a row, or of the first, and whether it is the first."""
    order = asking.order(listing, asked)
    before = places.read(given.get(BEFORE, ""), of=order.place) if order.turned else None
    if before is not None:
        found = listing.read(replace(asked, order=order.turned), Part(before, listing.size))
        if found.more:
            return FoundRows(found.rows[::-1], True), False
        return listing.read(asked, Part(None, listing.size)), True  # fewer than a page lie before it
    after = places.read(given.get(AFTER, ""), of=order.place)
    return listing.read(asked, Part(after, listing.size)), after is None


def _earlier(listing: Listing[Any], asked: ListRequest, found: FoundRows[Any]) -> str:
    if not found.rows or not asking.order(listing, asked).turned:
        return ""
    return places.written(listing.place(found.rows[0], asked.order))


def _empty(listing: Listing[Any], *, narrowed: bool, first: bool) -> str:
    if not first:
        return gettext("这一页没有内容。")
    return gettext(listing.none_fit if narrowed else listing.empty)


def _said(listing: Listing[Any], asked: ListRequest) -> str:
    return gettext(listing.said) % {"count": counting.told(listing.count(asked, COUNTED + 1))}


def handed_out(listing: Listing[Any], request: HttpRequest) -> HttpResponseBase:
    """Return the file of all that is asked for; that it is handed out is entered in the log before it is made."""
    asked = _asked(listing, request)
    many = listing.count(asked, files.MOST + 1)
    told = asking.told(listing, asked)
    if asked.actor is not None:
        recording.list_exported(
            listing.name, filters={name: value for name, value in asked.values.items() if value}, rows=many,
            by=asked.actor.officer, unit=asked.actor.unit, now=asked.now,
        )  # fmt: skip
    file = files.File(
        name=f"hutong-{listing.name}-{clock.today():%Y%m%d}",
        title=gettext(listing.title),
        columns=tuple(gettext(column) for column in listing.columns),
        about=files.about(told, now=asked.now, actor=asked.actor),
    )
    return files.response(file, lines(listing, asked), many=many, spool=plane.spool())


def lines(listing: Listing[Any], asked: ListRequest) -> Iterator[Sequence[object]]:
    """Yield every line of a list's file; its rows are read piece by piece, never all at once."""
    after = None
    while True:
        found = listing.read(asked, Part(after, listing.piece))
        yield from listing.lines(found.rows, asked)
        if not found.more:
            return
        after = listing.place(found.rows[-1], asked.order)


def _asked(listing: Listing[Any], request: HttpRequest) -> ListRequest:
    return asking.asked(listing, request.GET, actor=known(request), now=clock.now())
