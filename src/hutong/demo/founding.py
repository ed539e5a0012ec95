"""Found the county: its units, offices, officers, systems and terms, each by the officer entitled to it."""

from base64 import b64decode
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from hutong.control.enrolment.enrolled import (
    EnrolledDevice,
    EnrolledOffice,
    EnrolledOfficer,
    EnrolledSystem,
    EnrolledTerm,
    EnrolledUnit,
    EnrolledUser,
    FilePosition,
    Listed,
)
from hutong.control.units.rules import ADMINISTRATORS
from hutong.core import beijing
from hutong.demo import county as counties
from hutong.demo import description, hashing, questions
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring

SYSTEM, USER, DEVICE = "approvals-acceptance", "zhang.min", "window-07"
"""The approvals bureau's acceptance system, the officer at its window and her terminal."""

PURPOSE, MATTER = "residence-permit", "3301-0007"

TERMS: tuple[EnrolledTerm, ...] = (
    EnrolledTerm("purpose", PURPOSE, "办理居住证", "Residence permits"),
    EnrolledTerm("purpose", "social-assistance", "核验社会救助对象", "Verifying who receives relief"),
    EnrolledTerm("purpose", "enterprise-registration", "办理企业登记", "Enterprise registration"),
    EnrolledTerm("purpose", "trial", "试用自己的数据", "Trying one's own data"),
    EnrolledTerm("matter", MATTER, "居住证申领", "Applying for a residence permit"),
    EnrolledTerm("matter", "trial", "示范县试用", "Trial in the demonstration county"),
)
"""What the county's purposes and matters are called; `hutong try` asks for `trial`."""

Staff = tuple[str, str, str, tuple[str, ...]]
"""Username, name, unit, roles."""

PASSWORD = "hutong-demo-2026"  # noqa: S105 - a training county's; the demo prints it
OFFICERS: tuple[Staff, ...] = (
    ("police.editor", "赵磊", "police", ("provider_editor",)),
    ("police.approver", "钱芳", "police", ("provider_approver",)),
    ("market.editor", "周强", "market", ("provider_editor",)),
    ("market.approver", "吴敏", "market", ("provider_approver",)),
    ("civil.editor", "郑洁", "civil_affairs", ("provider_editor",)),
    ("civil.approver", "冯涛", "civil_affairs", ("provider_approver",)),
    ("approvals.clerk", "张敏", "approvals", ("consumer",)),
    ("office.reviewer", "孙丽", "government_office", ("competent",)),
    ("authority", "王敏", "authority", ("authority",)),
    ("operator", "李强", "operator", ("operator",)),
    ("auditor", "陈静", "government_office", ("auditor",)),
    ("system.admin", "高洁", "operator", ("system_admin",)),
    ("security.admin", "林峰", "authority", ("security_admin",)),
    ("police.admin", "孔亮", "police", ("unit_admin",)),
    ("market.admin", "曹静", "market", ("unit_admin",)),
    ("civil.admin", "严华", "civil_affairs", ("unit_admin",)),
    ("approvals.admin", "魏红", "approvals", ("unit_admin",)),
    ("office.admin", "陶军", "government_office", ("unit_admin",)),
)
OF_THE_PAST: tuple[Staff, ...] = (
    ("office.head", "郭明", "government_office", ("unit_head",)),
    ("government", "杨帆", "government_office", ("government",)),
)
"""Officers whom only a county with a past has, besides those of its units."""
ENROLS = "system.admin"
"""Who founds the county: the system administrator, whom the list itself names."""

OFFICES = (("authority", "authority"), ("operator", "operator"), ("government", "government_office"))
"""Office, and the unit that holds it."""


def found(installation: Installation, folder: Path, *, past: bool) -> None:
    """Enrol the county's units, offices, administrators, systems and terms, and let its officers be added."""
    # Django is set up now.
    from hutong.control.enrolment import operations
    from hutong.control.units import queries as members

    now = installation.clock()
    key = questions.key_of(folder, SYSTEM)
    listed = enrolment(public_key=b64decode(key.public), today=now.date())
    if past:
        listed = [*listed, *of_units(folder, until=date(now.year + 1, 12, 31))]
    keyring = Keyring.load(installation.keyring_path)
    with hashing.quick():
        if operations.begun():
            outcomes = operations.enrol(listed, keyring=keyring, now=now, actor=members.actor(ENROLS, now=now))
        else:
            outcomes = operations.begin(listed, username=ENROLS, keyring=keyring, now=now)
        for _ in outcomes:
            pass
        staff(officers(past=past), now=now)


def officers(*, past: bool) -> list[Staff]:
    """Return the county's officers, with those of all units where it has a past."""
    own_role = dict(
        zip(description.ROLES, ("provider_editor", "provider_approver", "consumer", "unit_admin"), strict=True)
    )
    more = [
        (f"{unit.login}.{role}", name, unit.code, (own_role[role],))
        for unit in description.units()
        for role, name in zip(description.ROLES, unit.officers, strict=True)
        if name
    ]
    return [*OFFICERS, *OF_THE_PAST, *more] if past else list(OFFICERS)


def of_units(folder: Path, *, until: date) -> list[Listed]:
    """Return the systems, users, devices and terms of all units; the government office endorses what they apply for."""
    names = {made_unit.code: made_unit for made_unit in counties.made_units()}
    listed: list[Listed] = []
    for unit in description.units():
        code, key = unit.credit_code, questions.key_of(folder, unit.system_id)
        listed += [
            (
                FilePosition("units"),
                EnrolledUnit(code, names[unit.code].name, competent=names["government_office"].credit_code),
            ),
            (
                FilePosition("systems"),
                EnrolledSystem(unit.system_id, code, unit.system, 2, until, b64decode(key.public)),
            ),
            *(
                (FilePosition("users"), EnrolledUser(id_, code, f"{section}窗口人员", department=section))
                for id_, section in zip(unit.users, unit.sections, strict=True)
            ),
            *(
                (FilePosition("devices"), EnrolledDevice(id_, code, f"{section}业务终端"))
                for id_, section in zip(unit.devices, unit.sections, strict=True)
            ),
            (FilePosition("purposes"), EnrolledTerm("purpose", *unit.purpose)),
            (FilePosition("matters"), EnrolledTerm("matter", *unit.matter)),
        ]
    return listed


def staff(listed: Sequence[Staff], *, now: datetime) -> None:
    """Let the administrators add the county's officers and give them their roles; who is there already stays.

    A role is given by whom it is for: the unit administrators' and the offices' by the security administrator, a
    unit's own by its administrator, who is therefore there first.
    """
    from django.db import transaction  # Django is set up now

    # Its models can be imported only then.
    from hutong.control.units import officers, operations, powers, queries
    from hutong.control.units.rules import Days

    codes = {made_unit.code: made_unit.credit_code for made_unit in counties.made_units()}
    givers = {"security_admin": "security.admin"}
    units = {made_unit: username for username, _, made_unit, roles in listed if "unit_admin" in roles}
    who = cache(lambda username: queries.actor(username, now=now))
    for username, name, made_unit, roles in sorted(listed, key=lambda each: "unit_admin" not in each[3]):
        if queries.account(username, now=now) is not None:
            continue
        with transaction.atomic():  # broken off, whoever is there has everything
            officers.add(username=username, name=name, unit=codes[made_unit], actor=who(ENROLS), now=now)
            operations.set_password(username=username, password=PASSWORD, now=now, by=username)
            for role in roles:
                by = who(givers.get(powers.GIVEN_BY[role]) or units[made_unit])
                officers.give(username=username, role=role, days=Days(beijing.day(now)), actor=by, now=now)


def enrolment(*, public_key: bytes, today: date) -> list[Listed]:
    """Return the county's units, offices, administrators and terms, and the consumer's own, as in a file.

    The government office is the competent department of the units that apply.
    """
    codes = {made_unit.code: made_unit.credit_code for made_unit in counties.made_units()}
    competent = {"approvals": codes["government_office"]}
    until, unit = date(today.year + 1, 12, 31), codes["approvals"]
    return [
        *(
            (
                FilePosition("units"),
                EnrolledUnit(made_unit.credit_code, made_unit.name, competent=competent.get(made_unit.code)),
            )
            for made_unit in counties.made_units()
        ),
        *((FilePosition("offices"), EnrolledOffice(role, codes[made_unit])) for role, made_unit in OFFICES),
        *(
            (FilePosition("officers"), EnrolledOfficer(username, name, codes[made_unit], roles, PASSWORD))
            for username, name, made_unit, roles in OFFICERS
            if not set(roles).isdisjoint(ADMINISTRATORS)
        ),
        (FilePosition("systems"), EnrolledSystem(SYSTEM, unit, "行政审批局一窗受理系统", 2, until, public_key)),
        (FilePosition("users"), EnrolledUser(USER, unit, "张敏", department="受理科")),
        (FilePosition("devices"), EnrolledDevice(DEVICE, unit, "行政审批局 7 号窗口")),
        *((FilePosition(f"{term.kind}s"), term) for term in TERMS),
    ]
