"""What an address asks of a list, and the form that asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.web.forms import Field
from hutong.web.lists.listing import Filter, Listing, ListOrder, ListRequest

ORDER, AFTER, BEFORE, FILE = "order", "after", "before", "file"
"""What an address has besides the fields: the order, after or before which row a page lies, that the file is wanted."""
FORM = "list"
"""What the fields above a list are told from others of the page by."""
TICKED = "on"
"""What a browser sends of a box that is ticked."""


def asked(listing: Listing[Any], given: QueryDict, *, actor: Actor | None, now: datetime) -> ListRequest:
    """Return what an address asks for; what is not to be read or not to be chosen narrows nothing."""
    values = narrowing(listing.filters, given, actor=actor)
    orders = {order.name for order in listing.orders}
    wanted = given.get(ORDER, "")
    typed = {each.name: given.get(each.name, "").strip()[: each.longest] for each in listing.filters}
    unread = {each.name: typed[each.name] for each in listing.filters if each.kind == "day" and not values[each.name]}
    return ListRequest(actor, now, values, wanted if wanted in orders else listing.orders[0].name, unread)


def narrowing(filters: Sequence[Filter], given: Mapping[str, str], *, actor: Actor | None) -> dict[str, str]:
    """Return the value of each field that narrows; empty where what is given is not to be read or to be chosen."""
    return {field.name: _value(field, given.get(field.name, ""), actor) for field in filters}


def order(listing: Listing[Any], found: ListRequest) -> ListOrder:
    """Return the order that is asked for."""
    return next(order for order in listing.orders if order.name == found.order)


def kept(listing: Listing[Any], found: ListRequest) -> str:
    """Return what is asked for as part of an address; empty where all is listed in its first order."""
    return address({**found.values, ORDER: found.order if found.order != listing.orders[0].name else ""})


def address(fields: Mapping[str, str]) -> str:
    """Return the fields that narrow anything as part of an address."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in fields.items() if value})
    return query.urlencode()


def form(listing: Listing[Any], found: ListRequest) -> tuple[Field, ...]:
    """Return the fields of the form, the order last where there is a choice; without choices that nobody has."""
    shown = [_unread(each, found.unread) for each in fields(listing.filters, found.values, actor=found.actor)]
    if len(listing.orders) > 1:
        orders = tuple((each.name, gettext(each.label)) for each in listing.orders)
        shown.append(Field(ORDER, gettext("排序"), found.order, "choice", options=orders, form=FORM))
    return tuple(shown)


def fields(filters: Sequence[Filter], values: Mapping[str, str], *, actor: Actor | None) -> list[Field]:
    """Return the fields that narrow, as they stand in a form; without choices that nobody has."""
    shown = [_field(field, values.get(field.name, ""), actor) for field in filters]
    return [field for field in shown if field.kind != "choice" or len(field.options) > 1]


def told(listing: Listing[Any], found: ListRequest) -> list[tuple[str, str]]:
    """Return in words what the list is narrowed to and how it is ordered, as label and value."""
    said = []
    for field in form(listing, found):
        if field.ticked:
            said.append((field.label, gettext("是")))
        elif field.value and field.name not in found.unread:
            said.append((field.label, dict(field.options).get(field.value, field.value)))
    return said


def _field(field: Filter, value: str, actor: Actor | None) -> Field:
    label = gettext(field.label)
    if field.kind == "choice":
        options = (("", gettext(field.unchosen)), *field.options(actor))
        return Field(field.name, label, value, "choice", options=options, form=FORM)
    if field.kind == "box":
        return Field(field.name, label, kind="box", ticked=bool(value), form=FORM)
    if field.kind == "day":
        return Field(field.name, label, value, "date", form=FORM)
    wrong = gettext(field.misfit) if value and field.misfit and not field.fits(value) else ""
    example = gettext(field.example)
    return Field(field.name, label, value, "search", longest=field.longest, example=example, form=FORM, wrong=wrong)


def _unread(field: Field, unread: Mapping[str, str]) -> Field:
    """Return a field with what was typed into it for a day and is none, which is told beside it."""
    if not (typed := unread.get(field.name, "")):
        return field
    wrong = gettext("无法识别这个日期，没有按它筛选。例如 2026-03-02、2026年3月2日 或者 20260302。")
    return replace(field, value=typed, wrong=wrong)


def _value(field: Filter, text: str, actor: Actor | None) -> str:
    text = text.strip()[: field.longest].replace("\0", "")
    if field.kind == "choice":
        return text if text and text in dict(field.options(actor)) else ""
    if field.kind == "box":
        return TICKED if text == TICKED else ""
    if field.kind == "day":
        return f"{day(text) or ''}"
    return text


def day(text: str) -> date | None:
    """Return a day as an office writes it; None for anything else, and outside the days that are reckoned with."""
    found = beijing.written(text)
    return found if found and beijing.FIRST <= found < beijing.AFTER else None
