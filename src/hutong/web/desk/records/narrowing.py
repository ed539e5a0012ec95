"""What a page of the log is narrowed to, as its form and its address have it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from hutong.audit.events import EVENTS, RecordClass
from hutong.audit.searching import Asked
from hutong.core import beijing
from hutong.web.desk.narrowing import address

LONGEST = {"unit": 18, "person": 150, "receipt": 64, "event": 60, "from": 10, "until": 10}
"""Field of the form → characters that are taken."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The fields of the form as they were typed; what cannot be read is empty and narrows nothing."""

    record_class: RecordClass
    event: str
    unit: str
    person: str
    receipt: str
    from_day: date | None
    until_day: date | None

    @classmethod
    def read(cls, given: QueryDict, *, record_class: RecordClass) -> "Narrowed":
        """Return what an address asks for."""
        typed = {name: given.get(name, "").strip()[:most] for name, most in LONGEST.items()}
        event = EVENTS.get(typed["event"])
        return cls(
            record_class,
            typed["event"] if event and event.record_class == record_class else "",
            typed["unit"],
            typed["person"] if record_class is not RecordClass.USAGE else "",
            typed["receipt"],
            _day(typed["from"]),
            _day(typed["until"]),
        )

    def asked(self) -> Asked:
        """Return it as the log is asked: the last day is included."""
        return Asked(
            self.record_class,
            self.event or None,
            self.unit or None,
            self.person or None,
            beijing.midnight(self.from_day) if self.from_day else None,
            beijing.midnight(self.until_day + timedelta(days=1)) if self.until_day else None,
            self.receipt or None,
        )

    def kept(self) -> str:
        """Return it as part of an address."""
        days = {"from": self.from_day, "until": self.until_day}
        return address({
            "event": self.event, "unit": self.unit, "person": self.person, "receipt": self.receipt,
            **{name: day.isoformat() for name, day in days.items() if day},
        })  # fmt: skip


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if beijing.FIRST <= found < beijing.AFTER else None
