"""What several desk pages need: who reads, and the reading of forms."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language

from hutong.control.catalog import rules
from hutong.control.orgs import queries
from hutong.control.sharing import queries as sharing
from hutong.control.sharing import terms
from hutong.core import beijing
from hutong.core.errors import Invalid
from hutong.plane.definition import Mode
from hutong.web.login import sessions


class FieldUnreadable(Invalid):
    """{field} cannot be read: {value}"""


def reader(request: HttpRequest) -> None:
    """Note who reads a public page, where an officer does."""
    if request.user.is_authenticated and sessions.holds(request, queries.factor(request.user.get_username())):
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
    return beijing.midnight(day)


def words(form: QueryDict, field: str) -> list[str]:
    """Return what stands in a field, separated by spaces, commas or lines."""
    return [word for word in re.split(r"[\s,;\uff0c\u3001\uff1b]+", form.get(field, "")) if word]


def registered(org: str) -> dict[str, dict[str, str]]:
    """Return the names of a unit's systems, users and devices by their codes."""
    lists = {"systems": sharing.systems(org), "persons": sharing.persons(org), "devices": sharing.devices(org)}
    return {kind: {each.id: each.name for each in listed} for kind, listed in lists.items()}


def meanings(kind: str, *, offered: bool = False) -> dict[str, str]:
    """Return what the codes of a `purpose` or a `matter` mean, in the reader's language: all, or those on offer."""
    return terms.names(kind, english=get_language() == "en", offered=offered)


def with_names(codes: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return name and code of each; where no name is known, the code stands alone."""
    return [(names[code], code) if names.get(code, code) != code else (code, "") for code in codes]


def coded(form: QueryDict, field: str) -> list[str]:
    """Return the codes in a field, as a system can sign with them: ASCII, no spaces; raises FieldUnreadable."""
    given = words(form, field)
    for word in given:
        if not re.fullmatch(r"[!-~]{1,100}", word):
            raise FieldUnreadable(field=field, value=word)
    return given


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
