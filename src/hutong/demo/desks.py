"""What is left waiting at the end of the county's past: whoever logs in finds something to do."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import date, datetime

from hutong.audit.events import RecordClass
from hutong.control.catalog import operations as catalog
from hutong.control.procedures import attachments, handling
from hutong.control.procedures.attachments import CaseReference
from hutong.control.registration import operations as registration
from hutong.control.registration.lifecycle import REGISTRATION
from hutong.control.sharing import operations as sharing
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar
from hutong.demo import applying, papers, ways
from hutong.demo.description import DemoUnit, Resource, resources, units
from hutong.demo.past import PastCase
from hutong.plane.definition import Item, Mode
from hutong.plane.keys import Keyring

Who = Callable[[str], Actor]
"""Returns an officer by the login."""

OPINION = "请就所申请的信息项是否为办理该事项所必需提出意见。"
GRANT_DAYS = 180


def fill(who: Who, *, listed: Sequence[Resource], keyring: Keyring, now: datetime) -> int:
    """Let something wait at every desk, and return how many applications that made."""
    for number, unit in enumerate(units()):
        _entries(unit, number, who=who, now=now)
        _registrations(unit, number, who=who, keyring=keyring, now=now)
        applying.draft(_case(unit, listed), actor=who(f"{unit.login}.clerk"), now=now)
    return len(units()) + _consulted(who, listed=listed, now=now)


def _entries(unit: DemoUnit, number: int, *, who: Who, now: datetime) -> None:
    """Begin two entries of the catalogue: one that its editor has to submit, and one for the approver to register."""
    prefix = next(each.code for each in resources() if each.unit == unit.code).split("/")[0]
    editor = who(f"{unit.login}.editor")
    for place, word in enumerate(("办理结果", "受理情况")):
        no = catalog.draft(
            code=f"{prefix}/{900 + 2 * number + place}", name=f"{unit.matter[1]}{word}", key=["matter_number"],
            abstract=f"“{unit.matter[1]}”事项的{word}，拟供各单位核验。",
            items=[
                Item("matter_number", "办件编号", length=40, required=True),
                Item("resident_number", "申请人身份证件号码", length=18, sensitive=True),
                Item("result", word, length=20, offered=Mode.QUERY),
            ],
            actor=editor, now=now,
        )  # fmt: skip
        if place:
            catalog.take(no, "submit", actor=editor, now=now, calendar=Calendar.official())


def _registrations(unit: DemoUnit, number: int, *, who: Who, keyring: Keyring, now: datetime) -> None:
    """Apply for a device that the administrator still has to register, and for a system that the operator reviews."""
    admin, section = who(f"{unit.login}.admin"), unit.sections[0]
    device = {"name": f"{section}二号终端", "code": f"{unit.login}-new", "department": section}
    device["address"] = f"10.5.{number}.8"
    registration.apply("device", facts=device, actor=admin, now=now)
    system = {
        "name": f"{unit.system}（移动端）", "code": f"{unit.login}-mobile", "department": section,
        "purpose": unit.purpose[1], "address": "", "mlps_level": 2, "mlps_no": f"33052399001-{number:05}",
        "mlps_until": date(now.year + 2, 12, 31),
        "public_key": b64encode(unit.login.encode().ljust(32, b"-")).decode(),
    }  # fmt: skip
    no = registration.apply("system", facts=system, actor=admin, now=now)
    paper = papers.certificate(
        "网络安全等级保护备案证明（演练数据，不是真实证明）", f"系统：{system['name']}", f"编号：{system['mlps_no']}",
        f"级别：第{system['mlps_level']}级", f"有效期至：{system['mlps_until']}",
    )  # fmt: skip
    attachments.add(
        CaseReference(REGISTRATION.name, no), name="等级保护备案证明.pdf", source=[paper], by=admin,
        record_class=RecordClass.ADMINISTRATION, keyring=keyring, now=now,
    )  # fmt: skip
    registration.take(no, "accept_rules", actor=admin, now=now, calendar=Calendar.official())


def _consulted(who: Who, *, listed: Sequence[Resource], now: datetime) -> int:
    """Ask the units that neither provide nor apply what they think of an application each; returns how many those are.

    So those of their officers for whom no step waits find something too.
    """
    seats = (("office.reviewer", ["authority"]), ("authority", ["auditor", "system.admin"]))
    for place, (asks, asked) in enumerate(seats):
        case = _case(units()[place], listed)
        no, state = applying.draft(case, actor=who(f"{case.unit.login}.clerk"), now=now), "DRAFT"
        while ways.seat(state, "", consumer=case.unit.login, provider="") != asks:
            by = who(ways.seat(state, "", consumer=case.unit.login, provider=""))
            state = sharing.take(no, ways.STRAIGHT[state], actor=by, now=now, calendar=Calendar.official())
        for each in asked:
            handling.consult(APPLICATIONS, no, unit=who(each).unit, actor=who(asks), now=now, words=OPINION)
    return len(seats)


def _case(unit: DemoUnit, listed: Sequence[Resource]) -> PastCase:
    resource = next(each for each in listed if each.unit != unit.code)
    mode = next(mode for mode in Mode if resource.offered(mode))
    return PastCase(unit, resource, mode, ways.WAYS[0], pace=1, grant_days=GRANT_DAYS, turns=[])
