"""What processes say of themselves: one event a line. Of a fault it says where it happened, never with which values.

A flood of the same is folded: what is refused a thousand times a second for one reason fills no disk.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import structlog

SINGLY = 5
"""Messages of one kind that are written out within the time below; what follows is counted, or shortened."""
SECONDS = 60.0
NUMBERS = ("number", "incident")
"""What somebody was shown: a message with one is always there, though of a flood no more than that."""


@dataclass(slots=True)
class _Kind:
    since: float
    said: int = 0
    left_out: int = 0


@dataclass(slots=True)
class Folded:
    """A step on the way of a message: of a kind that comes too often it is left out, and how many were is told."""

    clock: Callable[[], float] = time.monotonic
    _kinds: dict[tuple[str, ...], _Kind] = field(default_factory=dict)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _: Any, method: str, message: MutableMapping[str, Any]) -> Mapping[str, Any]:
        """Return the message, shortened where it has a number, or leave it out; raises DropEvent."""
        with self._alone:
            kind, left_out = self._counted(self._kind_of(method, message))
        if left_out:
            message["left_out_before"] = left_out
        if kind.said <= SINGLY:
            return message
        if numbered := {name: message[name] for name in NUMBERS if name in message}:
            return {"event": message.get("event"), **numbered, "as_before": True}
        kind.left_out += 1
        raise structlog.DropEvent

    def _counted(self, key: tuple[str, ...]) -> tuple[_Kind, int]:
        now, left_out = self.clock(), 0
        kind = self._kinds.get(key)
        if kind is None or now - kind.since >= SECONDS:
            left_out = kind.left_out if kind else 0
            self._kinds = {each: old for each, old in self._kinds.items() if now - old.since < SECONDS or old.left_out}
            kind = self._kinds[key] = _Kind(now)
        kind.said += 1
        return kind, left_out

    @staticmethod
    def _kind_of(method: str, message: Mapping[str, Any]) -> tuple[str, ...]:
        fault = message.get("exc_info")
        fault = sys.exc_info()[1] if fault is True or (fault is None and method == "exception") else fault
        facts = (str(message.get(name, "")) for name in ("door", "task", "fault", "error"))
        return (str(message.get("event")), type(fault).__name__, *facts)


# structlog's own way of showing a fault prints every local variable: the very claims and records that were asked about.
structlog.configure(
    processors=[
        Folded(),
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ],
    # Beside what a command prints, which another program may read.
    logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
)
logger = structlog.get_logger()


class _Passed(logging.Handler):
    """Passes on what a library says of itself, so that a flood of it is folded, too."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it once more, by the library's name and the pattern of its words."""
        say = logger.error if record.levelno >= logging.ERROR else logger.warning
        said = record.getMessage().partition("\n")[0][:300]
        say("library.said", library=record.name, said=said, fault=f"{record.name}: {record.msg}")


for _library in ("psycopg", "psycopg.pool"):
    logging.getLogger(_library).addHandler(_Passed(logging.WARNING))
    logging.getLogger(_library).propagate = False
