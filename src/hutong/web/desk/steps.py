"""What several desk pages need: who reads, and the reading of forms."""

import re
from datetime import datetime, time

from django.http import HttpRequest, QueryDict

from hutong.control.catalog import rules
from hutong.control.orgs import queries
from hutong.core.errors import Invalid
from hutong.plane.definition import Mode
from hutong.web import clock


class FieldUnreadable(Invalid):
    """{field} cannot be read: {value}"""


def reader(request: HttpRequest) -> None:
    """Note who reads a public page, where an officer does."""
    if request.user.is_authenticated:
        try:
            request.actor = queries.actor(request.user.get_username())  # type: ignore[attr-defined]
        except queries.NoSuchOfficer:
            return


def number(form: QueryDict, field: str, default: int) -> int:
    """Return a whole number above zero; raises FieldUnreadable."""
    given = form.get(field, "").strip() or str(default)
    if not given.isdecimal() or not 0 < int(given) < 2**31:
        raise FieldUnreadable(field=field, value=given)
    return int(given)


def moment(form: QueryDict, field: str) -> datetime:
    """Return the beginning of a day in China; raises FieldUnreadable."""
    given = form.get(field, "").strip()
    try:
        day = datetime.strptime(given, "%Y-%m-%d").date()
    except ValueError:
        raise FieldUnreadable(field=field, value=given) from None
    return datetime.combine(day, time(), clock.ZONE)


def words(form: QueryDict, field: str) -> list[str]:
    """Return what stands in a field, separated by spaces, commas or lines."""
    return [word for word in re.split(r"[\s,;\uff0c\u3001\uff1b]+", form.get(field, "")) if word]


def items(entry) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]
    """Return the rows of the items table."""
    order = list(Mode)
    return [
        {
            "item": item,
            "key": item.code in entry.key,
            "modes": [(mode, order.index(mode) <= order.index(item.offered)) for mode in order],
        }
        for item in map(rules.item, entry.items)
    ]
