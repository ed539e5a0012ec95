"""The JSON that a program sends, read as what a form would have said: one reading and one judgement for both doors.

What a form has in rows is a list of objects: `items` with `code` and `name` is `item-1-code`, `item-1-name` and so on.
What it has for each of some codes is an object: `inside` with `town` is `inside-town`.
"""

import json
import re
from collections.abc import Iterator, Set
from typing import Any

from django.http import HttpRequest, QueryDict

from hutong.core import bounds
from hutong.core.errors import Invalid, Malformed

JSON = "application/json"
TICKED = "on"
"""What a browser sends of a box that is ticked."""
_PARTS = re.compile(r"[-|]")
"""What stands in the name of a field between the whole and its part."""
YES_OR_NO = ("agrees",)
"""Fields that a form asks as a question: true and false are both an answer. All others are boxes, ticked or not."""


class BodyNotJson(Malformed):
    """The body is not a JSON object with texts, numbers, true or false, and lists or rows of them."""


class NoSuchField(Invalid):
    """There is no field {field} here."""


def read(request: HttpRequest) -> QueryDict:
    """Return what a program sends, as a form has it: each field with the texts it says, a box where it is ticked.

    Raises BodyNotJson and CharacterUnusable.
    """
    if request.content_type != JSON:
        raise BodyNotJson
    try:
        told = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BodyNotJson from None
    if not isinstance(told, dict):
        raise BodyNotJson
    form = QueryDict(mutable=True)
    for name, value in told.items():
        for field, part in _fields(name, value):
            for each in _texts(field, part):
                bounds.check_characters(each, field=field)
                form.appendlist(field, each)
    return form


def _fields(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields that a form has for a value: one, or one for each cell of its rows."""
    if isinstance(value, dict):
        yield from ((f"{name}-{part}", each) for part, each in value.items())
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for place, row in enumerate(value, 1):
            if not isinstance(row, dict):
                raise BodyNotJson
            yield from ((f"{name.removesuffix('s')}-{place}-{part}", each) for part, each in row.items())
    else:
        yield name, value


def check_known(form: QueryDict, known: Set[str]) -> None:
    """Refuse a field that nobody reads, for it may be one of the `known` misspelt; raises NoSuchField.

    What a form has in rows, for each of some codes or for each part of a hand-over goes by the name of the whole.
    """
    for name in form:
        whole = _PARTS.split(name)[0]
        if known.isdisjoint({name, whole, f"{whole}s"}):
            raise NoSuchField(field=name[:40])


def _texts(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        if name in YES_OR_NO:
            yield "yes" if value else "no"
        elif value:
            yield TICKED
    elif isinstance(value, str | int):
        yield str(value)
    elif isinstance(value, list):
        for each in value:
            if not isinstance(each, str | int) or isinstance(each, bool):
                raise BodyNotJson
            yield str(each)
    elif value is not None:
        raise BodyNotJson
