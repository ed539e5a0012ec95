"""What an application says: the facts of its form, what stands for them while nothing is said, and their entry."""

from datetime import datetime

from hutong.control.recording import record
from hutong.control.sharing.models import Application
from hutong.core import beijing, canonical
from hutong.plane.definition import Mode

FACTS = (
    "mode", "items", "conditions", "row_filter", "need", "purpose", "legal_basis", "matters", "system", "users",
    "devices", "quota", "guesses", "yearly_records", "from_at", "until_at",
)  # fmt: skip
"""The columns that its form fills."""


def nothing(now: datetime) -> dict:
    """Return the facts of an application of which nothing is said yet."""
    today = beijing.day(now)
    return {
        "mode": str(Mode.COMPARE), "items": [], "conditions": [], "need": [], "row_filter": {}, "purpose": "",
        "legal_basis": "", "matters": [], "system": "", "users": [], "devices": [], "quota": 1, "guesses": 1,
        "yearly_records": 1, "from_at": beijing.midnight(today), "until_at": beijing.over(today),
    }  # fmt: skip


def enter(made: Application, *, by: str, now: datetime) -> None:
    """Enter what an application says; until it is lodged nobody else knows of it."""
    fields = {
        "application": made.no, "resource": made.entry.code, "unit": made.consumer_id, "system": made.system,
        "mode": made.mode, "items": list(made.items), "purpose": made.purpose, "matter": ", ".join(made.matters),
        "legal_basis": made.legal_basis,
        "digest": digest({name: getattr(made, name) for name in FACTS}), "by": by,
    }  # fmt: skip
    record("sharing.application_drafted", fields, now=now, unit=made.consumer_id)


def digest(facts: dict) -> str:
    """Return the digest of what an application says, as entries have it."""
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }
    return canonical.digest(plain)
