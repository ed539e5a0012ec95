"""The reading of forms: numbers, days, words and codes as they were typed."""

import re
from collections.abc import Callable, Container
from datetime import date, datetime
from typing import TypeVar

from django.http import QueryDict

from hutong.core import beijing, bounds, identifiers
from hutong.core.blanks import is_blank
from hutong.core.errors import Invalid, Judging, Problem
from hutong.web.forms import FieldEmpty

AT = "at"
"""The hidden field with the state a form is meant for."""


class FieldUnreadable(Invalid):
    """{field} cannot be read: {value}"""


class DayUnreadable(FieldUnreadable):
    """{field} cannot be read: {value}"""


class MomentUnreadable(FieldUnreadable):
    """{field} cannot be read: {value}"""


class CodeUnreadable(FieldUnreadable):
    """{field} asks for a code, and {value} is none."""


Read = TypeVar("Read")
SHOWN = 40
"""Characters of what cannot be read that a refusal repeats."""


def unreadable(field: str, given: str) -> FieldUnreadable:
    """Return the refusal of what was typed, which it repeats as far as it tells anything."""
    return FieldUnreadable(field=field, value=shortened(given))


def shortened(given: str) -> str:
    """Return what was sent as far as a refusal repeats it."""
    return given if len(given) <= SHOWN else f"{given[:SHOWN]}…"


def check(form: QueryDict) -> None:
    """Refuse a form with more in one of its fields than is taken there; raises FieldTooLong and CharacterUnusable.

    To be called where what is raised is shown with the form, and what was typed in it.
    """
    for name, values in form.lists():
        for value in values:
            bounds.check(value, field=name)


def judged(
    judging: Judging, read: Callable[[QueryDict, str], Read], form: QueryDict, field: str, instead: Read
) -> Read:
    """Return what `read` makes of a field; where it refuses, that is kept in `judging`, and `instead` stands for it."""
    with judging.of(field):
        return read(form, field)
    return instead


def said(form: QueryDict, field: str) -> str:
    """Return what was written in a field, without the blanks around it; raises FieldEmpty where nobody sees any."""
    if is_blank(given := form.get(field, "").strip()):
        raise FieldEmpty(field=field)
    return given


def unit(form: QueryDict, field: str) -> str:
    """Return what names a unit, by its credit code or in full; raises FieldEmpty.

    What is meant as a credit code and cannot be one is refused as `identifiers.check_credit_code` does.
    """
    given = said(form, field)
    if _MEANT_AS_CODE.fullmatch(given):
        identifiers.check_credit_code(given)
    return given


_MEANT_AS_CODE = re.compile(r"[0-9][0-9A-Za-z]{9,59}")
"""What somebody means as a credit code who types it, right or wrong."""


def credit_code(form: QueryDict, field: str) -> str:
    """Return a credit code, empty where none is given; raises what `identifiers.check_credit_code` does."""
    given = one_code(form, field)
    if given:
        identifiers.check_credit_code(given)
    return given


def chosen(form: QueryDict, field: str, among: Container[str]) -> str:
    """Return what was chosen from a list; raises FieldEmpty, and FieldUnreadable for what is not in it."""
    found = said(form, field)
    if found not in among:
        raise unreadable(field, found)
    return found


def judge(form: QueryDict, judging: Judging) -> None:
    """Keep in `judging` each field with more than is taken there, or with characters that are not.

    Fields that were refused already are left out: a number is told as what it is.
    """
    for name, values in form.lists():
        for value in values:
            try:
                bounds.check(value, field=name)
            except Problem as problem:
                problem.at = (name,)
                if judging.spared(name):
                    judging.add(problem)


def number(form: QueryDict, field: str, default: int | None = None) -> int:
    """Return a whole number above zero, `default` where nothing stands; raises FieldEmpty and FieldUnreadable."""
    given = form.get(field, "").strip()
    if not given:
        if default is None:
            raise FieldEmpty(field=field)
        return default
    found = bounds.whole(given, field=field)
    if found is None:
        raise unreadable(field, given)
    return found


def moment(form: QueryDict, field: str) -> datetime:
    """Return the beginning of a day in China; raises what `day` does."""
    return beijing.midnight(day(form, field))


def day(form: QueryDict, field: str) -> date:
    """Return a day as an office writes it; raises FieldEmpty, DayUnreadable, and DayFarOff outside `beijing.YEARS`."""
    given = form.get(field, "").strip()
    if not given:
        raise FieldEmpty(field=field)
    found = beijing.written(given)
    if found is None:
        raise DayUnreadable(field=field, value=shortened(given))
    beijing.check(found, field=field)
    return found


def minute(form: QueryDict, field: str) -> datetime:
    """Return a moment of a day and minute in China; raises FieldEmpty, MomentUnreadable and DayFarOff."""
    given = form.get(field, "").strip()
    if not given:
        raise FieldEmpty(field=field)
    found = beijing.written_moment(given)
    if found is None:
        raise MomentUnreadable(field=field, value=shortened(given))
    beijing.check(found, field=field)
    return found


def whole(form: QueryDict, field: str) -> int | None:
    """Return a whole number, zero among them; None where nothing stands. Raises FieldUnreadable."""
    given = form.get(field, "").strip()
    found = 0 if given == "0" else bounds.whole(given, field=field)
    if given and found is None:
        raise unreadable(field, given)
    return found


def words(form: QueryDict, field: str) -> list[str]:
    """Return what stands in a field, separated by spaces, commas or lines."""
    return [word for word in re.split(r"[\s,;\uff0c\u3001\uff1b]+", form.get(field, "")) if word]


def coded(form: QueryDict, field: str) -> list[str]:
    """Return the codes in a field, as a system can sign with them: ASCII, no spaces; raises CodeUnreadable."""
    given = words(form, field)
    for word in given:
        if not re.fullmatch(r"[!-~]{1,100}", word):
            raise CodeUnreadable(field=field, value=shortened(word))
    return given


def one_code(form: QueryDict, field: str) -> str:
    """Return the one code a field holds, empty where it holds none; raises FieldUnreadable where it holds several."""
    given = coded(form, field)
    if len(given) > 1:
        raise unreadable(field, form.get(field, "").strip())
    return "".join(given)
