"""A calendar as programs read it (RFC 5545): days with a title each, and nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

LINE = 75
"""Bytes of a line; a longer one goes on in the next (RFC 5545, 3.1)."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class WholeDay:
    """A whole day: what tells it from every other, the day, and its title."""

    uid: str
    day: date
    title: str


def written(events: Iterable[WholeDay], *, name: str, now: datetime) -> bytes:
    """Return a calendar with a name: UTF-8, each line ended by CR and LF."""
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hutong//due//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H",
        *(line for event in events for line in _event(event, now=now)), "END:VCALENDAR",
    )  # fmt: skip
    return b"".join(_folded(line) for line in lines)


def _event(event: WholeDay, *, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"SUMMARY:{_text(event.title)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """Return a text as a value may have it: no character in it ends a line or a value."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each == "\n" or each.isprintable()).translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """Return a line in pieces of at most LINE bytes, of which no character is cut; each after the first is indented."""
    pieces, piece = [], b""
    for letter in line:
        coded = letter.encode()
        if len(piece) + len(coded) > LINE:
            pieces.append(piece)
            piece = b" "
        piece += coded
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
