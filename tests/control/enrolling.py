"""What a file enrols in the tests: two units, their officer, system, user and device, and carrying that out."""

from dataclasses import replace
from datetime import date

import psycopg
from acting import NOW, credit_code

from hutong.control.enrolment import operations
from hutong.control.enrolment.enrolled import (
    Enrolled,
    EnrolledDevice,
    EnrolledOffice,
    EnrolledOfficer,
    EnrolledSystem,
    EnrolledTerm,
    EnrolledUnit,
    EnrolledUser,
    EnrolmentFault,
    FilePosition,
    Listed,
    Outcome,
)
from hutong.control.units.rules import Actor
from hutong.plane.keys import Keyring

POLICE, OFFICE = credit_code(21), credit_code(22)
KEY, SECRET = bytes(range(32)), b"0123456789abcdef"
OPERATOR = Actor("operator", "李强", OFFICE, "办公室", frozenset({"operator"}), offices=frozenset({("operator", "")}))
EVERYTHING = frozenset({"operator", "system_admin", "security_admin", "unit_admin"})
UNITS = (EnrolledUnit(POLICE, "公安局", competent="办公室"), EnrolledUnit(OFFICE, "办公室"))
OFFICER = EnrolledOfficer("zhao", "赵磊", "公安局", ("provider_editor",))
SYSTEM = EnrolledSystem("app", POLICE, "受理系统", 2, date(2027, 12, 31), KEY, SECRET, ("rfc9421", "gjgxjhpt"))
FOUNDERS = tuple(EnrolledOfficer(username, name, unit, (role,)) for username, name, unit, role in (
    ("gao", "高洁", "办公室", "system_admin"), ("lin", "林峰", "办公室", "security_admin"),
    ("chen", "陈静", "公安局", "auditor"),
))  # fmt: skip
ALL = (*UNITS, OFFICER, SYSTEM, EnrolledUser("zhang", POLICE, "张敏"), EnrolledDevice("pc", POLICE, "一号窗口"))
TERMS = (EnrolledTerm("purpose", "permit", "办理居住证", "Permits"), EnrolledTerm("matter", "permit", "居住证申领"))
SECTION = {EnrolledUnit: "units", EnrolledOffice: "offices", EnrolledOfficer: "officers",
           EnrolledSystem: "systems", EnrolledUser: "users", EnrolledDevice: "devices"}  # fmt: skip


def listed(*given) -> list[Listed]:
    return [(FilePosition(section(entry), number), entry) for number, entry in enumerate(given, 1)]


def section(entry: Enrolled) -> str:
    return f"{entry.kind}s" if isinstance(entry, EnrolledTerm) else SECTION[type(entry)]


def enrolled(platform, *given, by: str = "") -> list[Outcome]:
    """Carry entries out: as somebody who may do all of it, of the unit whose officers are given, or as an operator."""
    unit = next((OFFICE if it.unit == "办公室" else POLICE for it in given if isinstance(it, EnrolledOfficer)), OFFICE)
    actor = OPERATOR if by == "operator" else replace(OPERATOR, unit=unit, roles=EVERYTHING)
    return list(operations.enrol(listed(*given), keyring=ring(platform), now=NOW, actor=actor))


def rehearsed(platform, *given) -> tuple[list[Outcome], list[EnrolmentFault]]:
    return operations.rehearse(listed(*given), keyring=ring(platform), now=NOW, by="operator")


def ring(platform) -> Keyring:
    return Keyring.load(platform.keyring_path)


def logged(platform) -> int:
    with psycopg.connect(platform.database_url, options="-c role=hutong_owner") as opened:
        return opened.execute("select count(*) from audit.entry").fetchone()[0]


HANGING = """
[[units]]
credit_code = "11330523002603139X"
name = "公安局"

[[units]]
credit_code = "%s"
name = "派出所"
competent = "公安局"

[[officers]]
username = "zhao"
name = "赵磊"
unit = "公安局"
roles = ["provider_editor"]

[[officers]]
username = "qian"
name = "钱进"
unit = "派出所"
roles = ["provider_editor"]

[[officers]]
username = "sun"
name = "孙立"
unit = "税务局"
roles = ["provider_editor"]

[[users]]
id = "zhang"
name = "张敏"
unit = "11330523002603139X"
"""
RUNS = EnrolledOffice("operator", "办公室")
