"""Records that are alike but for a field or two: written once, filled in many times.

Answers of one list under one grant differ in what was asked about and how long it took. A template keeps the canonical
text of the rest, so that hundreds of records cost one.
"""

from collections.abc import Mapping, Sequence

from hutong.audit import columns
from hutong.audit.events import EVENTS, Event
from hutong.core import canonical


class WrongRecord(ValueError):
    """An entry that its event does not allow: a fault of the program, never of the input."""


class RecordTemplate:
    """A record of `event` with the fields `open` still to be filled in."""

    __slots__ = ("_parts", "columns", "event")

    def __init__(self, event: str, record: Mapping[str, object], *, open: Sequence[str]) -> None:
        """Raises WrongRecord where record and open fields together are not exactly the event's fields."""
        whole = {**record, **dict.fromkeys(open)}
        if len(whole) != len(record) + len(open):
            raise WrongRecord(f"{event}: an open field is filled in already")
        self.event = checked(event, whole)
        self.columns = columns.texts(whole)
        rest = canonical.dumps(whole)
        self._parts = []
        # Within a text its quotation marks are escaped, so this is found nowhere but at the field itself.
        for name in sorted(open):
            before, mark, rest = rest.partition(f'"{name}":null'.encode())
            self._parts.append(before + mark[:-4])
        self._parts.append(rest)

    def filled(self, *values: str | int | None) -> bytes:
        """Return the canonical text of the record with `values` in the open fields, these in alphabetical order."""
        text = self._parts[0]
        for value, part in zip(values, self._parts[1:], strict=True):
            text += _text(value) + part
        return text


def checked(name: str, record: Mapping[str, object]) -> Event:
    """Return the event called `name`; raises WrongRecord where there is none, or `record` has not just its fields."""
    event = EVENTS.get(name)
    if event is None:
        raise WrongRecord(f"{name} is not in audit.events")
    if record.keys() != event.fields:
        wrong = sorted(record.keys() ^ event.fields)
        raise WrongRecord(f"{name}: missing or not of this event: {', '.join(wrong)}")
    return event


def _text(value: str | int | None) -> bytes:
    # Digests and numbers, mostly: what needs no escaping is written as it is.
    if type(value) is int and 0 <= value <= canonical.LARGEST:
        return b"%d" % value
    if isinstance(value, str) and value.isascii() and value.isalnum():
        return b'"%b"' % value.encode()
    return canonical.dumps(value)
