"""Filters every template has: codes of the plane in words, moments and numbers as they are written here."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hutong.plane.definition import Holding, Mode, Type

register = template.Library()

MODES = {Mode.COMPARE: _("Compare"), Mode.QUERY: _("Query"), Mode.SUBSCRIBE: _("Subscribe")}

HOLDINGS = {Holding.SEALED: _("Sealed"), Holding.PROTECTED: _("Encrypted"), Holding.PLAIN: _("Plain")}

TYPES = {
    Type.STRING: _("text"),
    Type.NUMERIC: _("number"),
    Type.CURRENCY: _("money"),
    Type.DATE: _("date"),
    Type.DATETIME: _("date and time"),
    Type.LOGICAL: _("yes or no"),
    Type.MEMO: _("long text"),
    Type.DOUBLE: _("double"),
    Type.INTEGER: _("whole number"),
    Type.FLOAT: _("floating point"),
}

# The catalogue guide's codes (requirements B.1.2, version 2).
CYCLES = {
    1: _("in real time"),
    2: _("daily"),
    3: _("weekly"),
    4: _("monthly"),
    5: _("quarterly"),
    6: _("every half year"),
    7: _("yearly"),
    8: _("irregularly"),
    9: _("not updated"),
}


@register.filter
def mode(code: str) -> object:
    """Return the word for a sharing mode."""
    return MODES[Mode(code)]


@register.filter
def holding(code: str) -> object:
    """Return the word for how an item is held."""
    return HOLDINGS[Holding(code)]


@register.filter
def item_type(code: str) -> object:
    """Return the word for an item's data type."""
    return TYPES[Type(code)]


@register.filter
def cycle(code: int) -> object:
    """Return the word for an update cycle; a code outside the guide is shown as it is."""
    return CYCLES.get(code, code)


@register.filter
def grouped(number: int) -> str:
    """Return a number with its thousands set apart."""
    return f"{number:,}"


@register.filter
def moment(at: datetime) -> str:
    """Return a moment to the second in the county's time zone."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")
