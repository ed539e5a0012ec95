"""A file that is looked at before it counts: sent once, and carried by the page that shows what it would do."""

from base64 import b64decode, b64encode

from django.http import QueryDict

from hutong.control.catalog.handing_in import FileMissing
from hutong.core.errors import Judging
from hutong.web.desk import fields
from hutong.web.login.request import PageRequest

FILE, CONTENT, CONFIRMED = "file", "content", "confirmed"
"""The field of the file; what was read of it, as the next form carries it; the button by which it counts."""


def sent(request: PageRequest, *, most: int, judging: Judging) -> bytes:
    """Return the file that was sent, up to one byte more than `most`; keeps FileMissing in `judging`."""

    def read(form: QueryDict, field: str) -> bytes:
        file = request.FILES.get(field)
        if file is None:
            raise FileMissing
        return bytes(file.read(most + 1))

    return fields.judged(judging, read, request.POST, FILE, b"")


def along(content: bytes) -> str:
    """Return a file as the next form carries it."""
    return b64encode(content).decode()


def back(form: QueryDict, judging: Judging) -> bytes:
    """Return the file that the form carried; keeps FieldUnreadable in `judging`."""
    return fields.judged(judging, _read, form, CONTENT, b"")


def _read(form: QueryDict, field: str) -> bytes:
    try:
        return b64decode(form.get(field, ""), validate=True)
    except ValueError:
        raise fields.unreadable(field, form.get(field, "")) from None
