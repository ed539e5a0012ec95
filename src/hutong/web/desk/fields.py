"""The reading of forms: numbers, days, words and codes as they were typed."""

import re
from datetime import datetime

from django.http import QueryDict

from hutong.core import beijing
from hutong.core.errors import Invalid


class FieldUnreadable(Invalid):
    """{field} cannot be read: {value}"""


class FieldEmpty(Invalid):
    """{field} is not filled in."""


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


def coded(form: QueryDict, field: str) -> list[str]:
    """Return the codes in a field, as a system can sign with them: ASCII, no spaces; raises FieldUnreadable."""
    given = words(form, field)
    for word in given:
        if not re.fullmatch(r"[!-~]{1,100}", word):
            raise FieldUnreadable(field=field, value=word)
    return given
