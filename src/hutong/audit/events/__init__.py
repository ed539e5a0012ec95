"""Every event the log knows and the fields of its record: what may be remembered, and nothing else.

Each `.toml` file beside this module holds the events of one room, which begin with its name::

    [units.role_given]
    class = "administration"
    fields = ["unit", "officer", "role", "by"]

The moment is not a field: it stands in the public leaf, as do event and record class. A field that does
not apply is there and is null, so that a record is complete to the eye. Who adds an operation adds its
event in its room's file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from typing import Any


class RecordClass(StrEnum):
    """What a record is about; how long it is kept follows from it (`audit.years`)."""

    USAGE = "usage"
    """A use of shared information, or its refusal (SX-10-b)."""
    OPERATION = "operation"
    """Data moved or changed on the platform."""
    ADMINISTRATION = "administration"
    """A decision: who has what, who may use it, who is registered."""
    SECURITY = "security"
    """Who came in, who looked, what was tried."""


USAGE = (
    *("unit", "department", "user", "device", "system", "grant", "mode", "purpose", "matter", "resource", "version"),
    *("as_of", "items", "condition_digest", "asked", "result", "latency_us", "profile", "subjects"),
)
"""What every record of class usage has (C.2 UsageLog).

`result` is OK or the code of the refusal; `latency_us` runs from acceptance to just before the commit; `asked` counts
claims, questions or changes; user and device are as the signing system said, department as the user's unit
registered it.
`as_of` is the moment of the last delivery that reached the version, null while deliveries reach it.
`subjects` is the root of the digests that stand beside the record (`audit.subjects`), null where there are none.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """An event's name, record class and fields, and the leaf's bytes round its moment and commitment."""

    name: str
    record_class: RecordClass
    fields: frozenset[str]
    leaf_class: bytes = field(init=False, repr=False)
    leaf_event: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "leaf_class", f'","class":"{self.record_class}","commitment":"'.encode())
        object.__setattr__(self, "leaf_event", f'","event":"{self.name}","v":1}}'.encode())


def read(rooms: Mapping[str, str]) -> dict[str, Event]:
    """Return every event by its name, from the TOML of each room; raises ValueError where one is not as it should be.

    As every name begins with its room, none can stand in two files.
    """
    events: dict[str, Event] = {}
    for room, text in rooms.items():
        for named, table in tomllib.loads(text).items():
            if named != room:
                raise ValueError(f"{named} is no event of {room}: it has a file of its own")
            for name, said in table.items():
                event = _event(f"{room}.{name}", said)
                events[event.name] = event
    return events


def _event(name: str, said: Any) -> Event:
    if not isinstance(said, dict) or set(said) != {"class", "fields"}:
        raise ValueError(f"{name} has not just a class and fields")
    record_class, named = RecordClass(said["class"]), said["fields"]
    fields = [*USAGE, *named] if record_class is RecordClass.USAGE else named
    if not all(isinstance(each, str) and each.isidentifier() for each in fields) or len(set(fields)) != len(fields):
        raise ValueError(f"{name} has a field twice, or one that is no name")
    return Event(name, record_class, frozenset(fields))


def _kept() -> dict[str, str]:
    """Return the files beside this module: room to TOML."""
    found = [file for file in files(__package__).iterdir() if file.name.endswith(".toml")]
    return {file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in sorted(found, key=str)}


EVENTS = read(_kept())
