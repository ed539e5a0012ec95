"""Registrations as a small county makes them: an administrator of the civil affairs bureau, and what is applied for."""

from datetime import date

import psycopg
from acting import NOW, PASSWORD, County
from django.db import transaction

from hutong.audit.events import RecordClass
from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.operations import Grounds
from hutong.control.registration import listing, operations, renewals
from hutong.control.registration.models import Registration
from hutong.control.units import operations as members
from hutong.demo.papers import certificate
from hutong.plane.keys import Keyring

FACTS: dict[str, dict[str, object]] = {
    "system": {
        "name": "低保核对系统", "code": "relief-2", "department": "社会救助科", "purpose": "核对低保对象",
        "address": "", "mlps_level": 2, "mlps_no": "33052399001-00001", "mlps_until": date(2027, 12, 31),
        "public_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    },
    "department": {"name": "低保科", "code": "低保科"},
    "user": {
        "name": "周敏", "code": "zhou", "department": "社会救助科", "identity_no": "110101190001010014",
        "phone_no": "0572-1234567",
    },
    "device": {"name": "二号窗口电脑", "code": "pc-8", "department": "社会救助科", "address": "10.0.0.8"},
}  # fmt: skip
"""Kind → what the application for one of it says; a department is known by its name."""
KEYRING = Keyring({"0123456789abcdef": bytes(range(32))}, current="0123456789abcdef")
DEPARTMENT = "社会救助科"
"""The department that the others are of."""


def keys() -> Keyring:
    """Return the keys, as the platform opens them."""
    return KEYRING


def department(unit: str, name: str = DEPARTMENT) -> None:
    """Register a department: else the one that the others are of."""
    with transaction.atomic():
        listing.have_department(name, unit=unit, now=NOW, by="init")


def administrator(county: County) -> str:
    """Give the civil affairs bureau its administrator, and a department; returns the username."""
    given = {"name": "何静", "unit": county.civil, "roles": ["unit_admin"], "password": PASSWORD}
    department(county.civil)
    return members.add_officer(username="unit_admin", **given, now=NOW, by="init")


def applied(county: County, kind: str, *, papers: bool = True, **changes: object) -> str:
    """Return the number of a registration that the administrator wrote down; a system's has its `papers`."""
    facts = {**FACTS[kind], **changes}
    no = operations.apply(kind, facts=facts, actor=county.actor("unit_admin"), now=NOW, keyring=keys)
    if kind == "system" and papers:
        attach(county, no)
    return no


PAPER = certificate("网络安全等级保护备案证明")


def attach(
    county: County, no: str, *, name: str = "备案证明.pdf", content: bytes = PAPER,
    lifecycle: str = "registration.registration",
) -> None:  # fmt: skip
    """Attach the certificate of a system's protection level, or another file, to its registration or a renewal."""
    attachments.add(
        CaseReference(lifecycle, no), name=name, source=[content], by=county.actor("unit_admin"),
        record_class=RecordClass.ADMINISTRATION, keyring=KEYRING, now=NOW,
    )  # fmt: skip


def take(county: County, no: str, action: str, *, by: str = "operator", **grounds: str) -> str:
    """Take a step of a registration and return the state it has come into."""
    given = {"actor": county.actor(by), "now": NOW, "calendar": county.calendar}
    return operations.take(no, action, **given, **grounds)


LONGER = date(2028, 12, 31)
"""Until when the new evidence of a system is valid."""


def renewed(county: County, *, papers: bool = True, **changes: object) -> str:
    """Return the number of a renewal that the administrator wrote down for the bureau's first system."""
    of = Registration.objects.get(kind="system", unit=county.civil, code="civil-app").no
    facts = {"mlps_level": 2, "mlps_no": "33052399001-00009", "mlps_until": LONGER, **changes}
    no = renewals.hand_in(of, facts=facts, actor=county.actor("unit_admin"), now=NOW)
    if papers:
        attach(county, no, lifecycle="registration.renewal")
    return no


def take_of_renewal(county: County, no: str, action: str, *, by: str, **grounds: str) -> str:
    """Take a step of a renewal and return the state it has come into."""
    given = {"actor": county.actor(by), "now": NOW, "calendar": county.calendar}
    return renewals.take(no, action, **given, grounds=Grounds(**grounds))


def registered(county: County) -> list[tuple[str, ...]]:
    """Return what the plane has registered, as kind, id, unit and state, besides what the county began with."""
    found = " union all ".join(f"select '{kind}', id, unit, state from plane.{kind}" for kind in FACTS)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute(f"select * from ({found}) t order by 1, 2").fetchall()
    return [row for row in rows if row[1] not in ("civil-app", "zhang", "pc-1", DEPARTMENT)]
