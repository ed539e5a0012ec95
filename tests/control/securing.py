"""Emergency plans and restore drills as a small county makes them, and the keys what is reported is sealed under."""

from datetime import date, datetime, timedelta

from acting import NOW, County

from hutong.audit.events import RecordClass
from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.operations import Grounds
from hutong.control.security import operations
from hutong.core import beijing
from hutong.plane.keys import Keyring

TEXT = "示范县数据共享交换平台网络安全事件应急预案".encode()
REHEARSAL = date(2026, 9, 1)
FAULT = NOW - timedelta(hours=2)


def keyring() -> Keyring:
    """Return keys that nothing else is sealed under."""
    return Keyring({"k1": bytes(range(32))}, current="k1")


def facts(county: County, **changes: object) -> dict[str, object]:
    """Return what a plan says."""
    told = {
        "title": "数据共享交换平台网络安全事件应急预案", "unit": county.seat("operator").unit, "owner": "李强",
        "rehearsal_date": REHEARSAL, "summary": "首次编制。",
    }  # fmt: skip
    return {**told, **changes}


def drafted(county: County, *, now: datetime = NOW, **changes: object) -> str:
    """Return the number of a plan that the operator drafted."""
    return operations.draft(facts(county, **changes), region="", actor=county.actor("operator", now=now), now=now)


def attached(county: County, no: str, *, now: datetime = NOW) -> None:
    """Attach the text of a plan."""
    attachments.add(
        CaseReference("security.plan", no), name="应急预案.txt", source=[TEXT], by=county.actor("operator", now=now),
        record_class=RecordClass.ADMINISTRATION, keyring=keyring(), now=now,
    )  # fmt: skip


def take(county: County, no: str, action: str, *, by: str, now: datetime = NOW, **grounds: str) -> str:
    """Take a step of a plan, and return its state."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return operations.take_of_plan(no, action, **given, grounds=Grounds(**grounds))


def in_force(county: County, *, now: datetime = NOW, **changes: object) -> str:
    """Return the number of a plan that was adopted."""
    no = drafted(county, now=now, **changes)
    attached(county, no, now=now)
    take(county, no, "submit", by="operator", now=now)
    take(county, no, "adopt", by="authority", now=now)
    return no


def planned(county: County, *, day: date | None = None, now: datetime = NOW) -> str:
    """Return the number of a drill that the operator planned."""
    given = {"actor": county.actor("operator", now=now), "now": now, "calendar": county.calendar, "region": ""}
    return operations.plan_drill(planned_date=day or beijing.day(now), scope="在备用服务器上恢复全部数据", **given)


def report(**changes: object) -> dict[str, object]:
    """Return what `hutong drill` reports of one that passed."""
    told: dict[str, object] = {
        "set_number": 12, "set_ended_at": FAULT - timedelta(hours=5), "fault_at": FAULT,
        "log_until": FAULT - timedelta(seconds=42), "rpo_seconds": 42.0, "restore_seconds": 311.4,
        "rto_seconds": 425.2, "entries": 51_204, "checkpoint_size": 51_204, "checkpoint_root": "k3" * 22,
        "verified": True, "compare": {"entry": 50_001, "index": 50_001, "verdict": "match"},
        "steps": (("unpack", 95.25, True, "12 files"), ("start", 4.0, True, ""), ("verify", 31.5, True, "")),
        "postgres": "PostgreSQL 18.1", "hutong": "0.1.0", "machine": "spare-1",
    }  # fmt: skip
    return {**told, **changes}


def record(county: County, no: str, action: str, *, by: str = "operator", now: datetime = NOW, **changes) -> str:
    """Take a step of a drill with what it asks for, and return its state."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    said = {"read_back_at": FAULT, **report(), **changes}
    return operations.record_step(no, action, facts=said, **given)


def step(county: County, no: str, action: str, *, by: str = "operator", now: datetime = NOW, **grounds: str) -> str:
    """Take a step of a drill that asks for no measures, and return its state."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar, "keyring": keyring()}
    return operations.take_of_drill(no, action, **given, grounds=Grounds(**grounds))


def filed(
    county: County, *, by: str = "operator", now: datetime = NOW, no: str | None = None, **changes: object
) -> str:
    """File what `hutong drill` reported, and return the number of the case."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar, "keyring": keyring()}
    return operations.file_drill(report(**changes), no=no, **given)
