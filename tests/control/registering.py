"""Registrations as a small county makes them: an administrator of the civil affairs bureau, and what is applied for."""

from datetime import date

import psycopg
from acting import NOW, PASSWORD, County

from hutong.audit.events import RecordClass
from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.registration import operations
from hutong.control.units import operations as members
from hutong.demo.papers import certificate
from hutong.plane.keys import Keyring

FACTS: dict[str, dict[str, object]] = {
    "system": {
        "name": "低保核对系统", "code": "relief-2", "department": "社会救助科", "purpose": "核对低保对象",
        "address": "", "mlps_level": 2, "mlps_no": "33052399001-00001", "mlps_until": date(2027, 12, 31),
        "public_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    },
    "user": {"name": "周敏", "code": "zhou", "department": "社会救助科"},
    "device": {"name": "二号窗口电脑", "code": "pc-8", "department": "社会救助科", "address": "10.0.0.8"},
}  # fmt: skip
"""Kind → what the application for one of it says."""


def administrator(county: County) -> str:
    """Give the civil affairs bureau its administrator; returns the username."""
    given = {"name": "何静", "unit": county.civil, "roles": ["unit_admin"], "password": PASSWORD}
    return members.add_officer(username="unit_admin", **given, now=NOW, by="init")


def applied(county: County, kind: str, *, papers: bool = True, **changes: object) -> str:
    """Return the number of a registration that the administrator wrote down; a system's has its `papers`."""
    facts = {**FACTS[kind], **changes}
    no = operations.apply(kind, facts=facts, actor=county.actor("unit_admin"), now=NOW)
    if kind == "system" and papers:
        attach(county, no)
    return no


PAPER = certificate("网络安全等级保护备案证明")


def attach(county: County, no: str, *, name: str = "备案证明.pdf", content: bytes = PAPER) -> None:
    """Attach the certificate of a system's protection level, or another file, to its registration."""
    attachments.add(
        CaseReference("registration.registration", no), name=name, source=[content], by=county.actor("unit_admin"),
        record_class=RecordClass.ADMINISTRATION, keyring=Keyring({"k1": bytes(range(32))}, current="k1"), now=NOW,
    )  # fmt: skip


def take(county: County, no: str, action: str, *, by: str = "operator", **grounds: str) -> str:
    """Take a step of a registration and return the state it has come into."""
    given = {"actor": county.actor(by), "now": NOW, "calendar": county.calendar}
    return operations.take(no, action, **given, **grounds)


def registered(county: County) -> list[tuple[str, ...]]:
    """Return what the plane has registered, as kind, id, unit and state, besides what the county began with."""
    found = " union all ".join(f"select '{kind}', id, unit, state from plane.{kind}" for kind in FACTS)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute(f"select * from ({found}) t order by 1, 2").fetchall()
    return [row for row in rows if row[1] not in ("civil-app", "zhang", "pc-1")]
