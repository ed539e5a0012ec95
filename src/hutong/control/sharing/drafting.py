"""What an application says: the facts of its form, what stands for them while nothing is said, and their entry."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hutong.control.procedures import unfinished
from hutong.control.procedures.unfinished import Typed
from hutong.control.recording import record
from hutong.control.sharing import queries, rules
from hutong.control.sharing.models import Application
from hutong.core import beijing, canonical
from hutong.core.errors import Judging
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


def said(application: Application) -> dict:
    """Return the facts of an application as they are kept."""
    return {name: getattr(application, name) for name in FACTS}


def says(application: Application, facts: Mapping[str, object], typed: Typed | None) -> bool:
    """Whether an application says this already: these facts, or, while it is not complete, what was `typed`."""
    if application.unfinished is not None:
        return unfinished.says(application.unfinished, typed)
    return all(getattr(application, name) == facts[name] for name in FACTS if name in facts)


def sent(consumer: str, form_id: UUID | None) -> Application | None:
    """Return what was drafted with the same form before; None where nothing was."""
    return Application.objects.filter(consumer=consumer, form_id=form_id, form_id__isnull=False).first()


def enter(made: Application, *, by: str, now: datetime) -> None:
    """Enter what an application says; until it is lodged nobody else knows of it."""
    fields = {
        "application": made.no, "resource": made.entry.code, "unit": made.consumer_id, "system": made.system,
        "mode": made.mode, "items": list(made.items), "purpose": made.purpose, "matter": ", ".join(made.matters),
        "legal_basis": made.legal_basis,
        "digest": digest(said(made)), "by": by,
    }  # fmt: skip
    record("sharing.application_drafted", fields, now=now, unit=made.consumer_id)


def digest(facts: dict) -> str:
    """Return the digest of what an application says, as entries have it."""
    return canonical.digest_of_facts(facts)


def check_registers(facts: dict, *, consumer: str, judging: Judging) -> None:
    """Refuse a system, user or device that is not one of the consumer's registered ones in use (SX-10-d)."""
    for field, asked, listed in (
        ("system", [facts["system"]], queries.systems(consumer)),
        ("users", facts["users"], queries.users(consumer)),
        ("devices", facts["devices"], queries.devices(consumer)),
    ):
        outside = sorted(set(asked) - {each.id for each in listed})
        if outside and judging.spared(field):
            judging.add(rules.OutsideRegisters(field=field, value=", ".join(outside)))
