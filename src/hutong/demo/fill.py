"""Fill an empty county: units, officers, resources, deliveries, applications and grants.

Nothing is written past an operation: what stands in the demonstration county got there the way it gets there in a
real one, with its entry in the log.
"""

import json
import os
import shlex
import shutil
import sys
import time
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypedDict

import pyarrow as pa

from hutong.client import generate, keys
from hutong.control.enrolment.entries import Device, Listed, Office, Officer, Person, Place, System, Term, Unit
from hutong.control.orgs.rules import ADMINISTRATORS
from hutong.core import beijing
from hutong.core.workdays import Calendar
from hutong.demo import county as counties
from hutong.demo import resources
from hutong.installation.joining import join_django
from hutong.installation.opening import Installation
from hutong.plane.definition import Definition, Form, Mode
from hutong.plane.delivery import ledger, spool_folder
from hutong.plane.keys import Keyring
from hutong.plane.ladder import Reason

SYSTEM, USER, DEVICE = "approvals-acceptance", "zhang.min", "window-07"
"""The approvals bureau's acceptance system, the officer at its window and her terminal."""

PURPOSE, MATTER = "residence-permit", "3301-0007"

TERMS: tuple[Term, ...] = (
    Term("purpose", PURPOSE, "办理居住证", "Residence permits"),
    Term("purpose", "social-assistance", "核验社会救助对象", "Verifying who receives relief"),
    Term("purpose", "enterprise-registration", "办理企业登记", "Enterprise registration"),
    Term("purpose", "trial", "试用自己的数据", "Trying one's own data"),
    Term("matter", MATTER, "居住证申领", "Applying for a residence permit"),
    Term("matter", "trial", "示范县试用", "Trial in the demonstration county"),
)
"""What the county's purposes and matters are called; `hutong try` asks for `trial`."""

PASSWORD = "hutong-demo-2026"  # noqa: S105 - a training county's; the demo prints it
OFFICERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
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
"""Username, name, agency, roles."""
ENROLS = "system.admin"
"""Who founds the county: the system administrator, whom the list itself names."""

OFFICES = (("authority", "authority"), ("operator", "operator"), ("government", "government_office"))
"""Office, and the agency that holds it."""

NEED: dict[Mode, tuple[Reason, ...]] = {
    Mode.COMPARE: (),
    Mode.QUERY: (Reason.VALUE_TO_BE_RECORDED,),
    Mode.SUBSCRIBE: (Reason.VALUE_TO_BE_RECORDED, Reason.CHANGE_TO_BE_FOLLOWED),
}

SHARED: dict[Form, tuple[int, int]] = {Form.TABLE: (3, 1), Form.FILE: (4, 2), Form.INTERFACE: (7, 3)}
"""Form of a resource → its format and sharing method in the catalogue."""
STEPS = {
    "DRAFT": ("lodge", "approvals.clerk"),
    "LODGED": ("endorse", "office.reviewer"),
    "DEPT_ENDORSED": ("accept", "authority"),
    "COMPLIANCE_CHECK": ("pass_on", "authority"),
    "PROVIDER_REPLY": ("agree", "{provider}.approver"),
    "PROVIDER_AGREED": ("confirm", "authority"),
    "CONFIRMED": ("begin_supply", "{provider}.editor"),
    "PROVIDER_SUPPLYING": ("supplied", "{provider}.editor"),
    "SUPPLIED": ("verify", "operator"),
    "PURPOSE_VERIFYING": ("file", "operator"),
}
"""The straight way of an application (W3): its state, the step from there and who takes it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A county with everything in it; `people` and `firms` are what the providers' business databases say."""

    folder: Path
    people: pa.Table
    firms: pa.Table
    grants: dict[Mode, str]
    deliveries: tuple[tuple[ledger.DeliveryReceipt, float], ...]
    """The providers' first deliveries, and the seconds each took."""


class _State(TypedDict):
    rows: int
    grants: dict[str, str]
    """Number of the grant by its mode."""


def fill(installation: Installation, *, rows: int) -> Filled:
    """Fill the county once; where that was finished before, change nothing.

    What those who tried it out did since stays done: officers stopped, roles taken, resources withdrawn.
    """
    join_django(installation)
    # Django is set up now.
    from hutong.control.enrolment import operations
    from hutong.control.orgs import queries as orgs

    folder = installation.settings.data / "demo"
    folder.mkdir(exist_ok=True)
    kept = folder / "county.json"
    state: _State = json.loads(kept.read_text()) if kept.exists() else {"rows": rows, "grants": {}}
    people, firms = counties.make_residents(state["rows"]), counties.make_enterprises(max(100, state["rows"] // 10))
    key_file = folder / f"{SYSTEM}.key"
    key = keys.load(key_file) if key_file.exists() else generate(key_file)
    agencies = {agency.code: agency for agency in counties.agencies()}
    if _finished(state):
        _write_client_settings(installation, folder)
        return Filled(folder, people, firms, _grants(state), deliveries=())
    now = installation.clock()
    listed = enrolment(public_key=b64decode(key.public), today=now.date())
    keyring = Keyring.load(installation.keyring_path)
    if operations.begun():
        outcomes = operations.enrol(listed, keyring=keyring, now=now, actor=orgs.actor(ENROLS, now=now))
    else:
        outcomes = operations.begin(listed, username=ENROLS, keyring=keyring, now=now)
    for _ in outcomes:
        pass
    staff(now=now)
    residents = resources.residents(provider=agencies["police"].credit_code)
    enterprises = resources.enterprises(provider=agencies["market"].credit_code)
    publish(residents, abstract="本县户籍人口的基本登记信息，用于核验身份和住址。", provider="police", now=now)
    publish(enterprises, abstract="本县企业登记信息，用于核验和跟踪企业登记状态。", provider="market", now=now)
    licences = resources.licences(provider=agencies["market"].credit_code)
    vehicles = resources.vehicles(provider=agencies["police"].credit_code)
    publish(licences, abstract="本县营业执照的扫描件，用于核验所持执照是否为登记机关所发。", provider="market", now=now)
    publish(vehicles, abstract="按号牌核查机动车登记情况，由公安交管系统即时应答。", provider="police", now=now)
    supplied = (("police", residents, people), ("market", enterprises, firms))
    deliveries = tuple(deliver(installation, *given) for given in supplied)
    for mode, definition, provider, items in (
        (Mode.COMPARE, residents, "police", ["name", "birth_date"]),
        (Mode.QUERY, residents, "police", ["street", "address", "household"]),
        (Mode.SUBSCRIBE, enterprises, "market", ["credit_code", "name", "status", "street"]),
    ):
        if str(mode) not in state["grants"]:
            state["grants"][str(mode)] = apply(installation, definition, mode=mode, provider=provider, items=items)
            kept.write_text(json.dumps(state))
    _write_client_settings(installation, folder)
    return Filled(folder, people, firms, _grants(state), deliveries)


def _finished(state: _State) -> bool:
    return state["grants"].keys() == {*map(str, Mode)}


def _grants(state: _State) -> dict[Mode, str]:
    return {Mode(mode): no for mode, no in state["grants"].items()}


def staff(*, now: datetime) -> None:
    """Let the administrators add the county's officers and give them their roles; who is there already stays.

    A role is given by whom it is for: the unit administrators' and the offices' by the security administrator, a
    unit's own by its administrator, who is therefore there first.
    """
    from django.db import transaction  # Django is set up now

    # Its models can be imported only then.
    from hutong.control.orgs import officers, operations, powers, queries
    from hutong.control.orgs.rules import Days

    codes = {agency.code: agency.credit_code for agency in counties.agencies()}
    givers = {"security_admin": "security.admin"}
    units = {agency: username for username, _, agency, roles in OFFICERS if "unit_admin" in roles}
    for username, name, agency, roles in sorted(OFFICERS, key=lambda each: "unit_admin" not in each[3]):
        if queries.account(username, now=now) is not None:
            continue
        adds = queries.actor(ENROLS, now=now)
        with transaction.atomic():  # broken off, whoever is there has everything
            officers.add(username=username, name=name, org=codes[agency], actor=adds, now=now)
            operations.set_password(username=username, password=PASSWORD, now=now, by=username)
            for role in roles:
                by = queries.actor(givers.get(powers.GIVEN_BY[role]) or units[agency], now=now)
                officers.give(username=username, role=role, days=Days(beijing.day(now)), actor=by, now=now)


def enrolment(*, public_key: bytes, today: date) -> list[Listed]:
    """Return the county's units, offices, administrators and terms, and the consumer's own, as in a file.

    The government office is the competent department of the units that apply.
    """
    codes = {agency.code: agency.credit_code for agency in counties.agencies()}
    competent = {"approvals": codes["government_office"]}
    until, org = date(today.year + 1, 12, 31), codes["approvals"]
    return [
        *(
            (Place("units"), Unit(agency.credit_code, agency.name, competent=competent.get(agency.code)))
            for agency in counties.agencies()
        ),
        *((Place("offices"), Office(role, codes[agency])) for role, agency in OFFICES),
        *(
            (Place("officers"), Officer(username, name, codes[agency], roles, PASSWORD))
            for username, name, agency, roles in OFFICERS
            if not set(roles).isdisjoint(ADMINISTRATORS)
        ),
        (Place("systems"), System(SYSTEM, org, "行政审批局一窗受理系统", 2, until, public_key)),
        (Place("persons"), Person(USER, org, "张敏", dept="受理科")),
        (Place("devices"), Device(DEVICE, org, "行政审批局 7 号窗口")),
        *((Place(f"{term.kind}s"), term) for term in TERMS),
    ]


def publish(definition: Definition, *, abstract: str, provider: str, now: datetime) -> None:
    """Take a resource from draft to published (W1); one that was broken off goes on where it was."""
    # Django's models can be imported only once it is set up.
    from hutong.control.catalog import operations, queries
    from hutong.control.orgs import queries as orgs

    editor = orgs.actor(f"{provider}.editor", now=now)
    format, method = SHARED[definition.form]
    try:
        if queries.entry(definition.code).state != "UNPUBLISHED":
            return
        change = queries.under_way(definition.code)
    except queries.NoSuchEntry:
        change = None
    if change is not None:
        no, state = change.no, change.state
    else:
        no, state = operations.draft(
            code=definition.code,
            name=definition.name,
            abstract=abstract,
            items=definition.items,
            key=definition.key,
            personal=definition.personal,
            format=format,
            method=method,
            service=definition.service,
            time_out=definition.time_out,
            actor=editor,
            now=now,
        ), "DRAFT"
    steps = {"DRAFT": ("submit", "editor"), "SUBMITTED": ("register", "approver"), "REGISTERED": ("publish", "")}
    while state in steps:
        action, who = steps[state]
        actor = orgs.actor(f"{provider}.{who}" if who else "authority", now=now)
        state = operations.take(no, action, actor=actor, now=now, calendar=Calendar.official())


def apply(
    installation: Installation,
    definition: Definition,
    *,
    mode: Mode,
    provider: str,
    items: list[str],
    purpose: str = PURPOSE,
    matter: str = MATTER,
    legal_basis: str = "《居住证暂行条例》第九条",
) -> str:
    """Take an application of the approvals bureau from draft to filed (W3) and return the number of its grant."""
    # As above.
    from hutong.control.orgs import queries as orgs
    from hutong.control.sharing import operations, queries

    now = installation.clock()
    no = operations.draft(
        code=definition.code,
        mode=mode,
        items=items,
        conditions=[code for code in items if definition.item(code).condition] if mode is Mode.QUERY else [],
        need=[str(reason) for reason in NEED[mode]],
        purpose=purpose,
        legal_basis=legal_basis,
        matters=[matter],
        system=SYSTEM,
        users=[USER],
        devices=[DEVICE],
        quota=1_000_000,
        from_at=now,
        until_at=now + timedelta(days=365),
        actor=orgs.actor("approvals.clerk", now=now),
        now=now,
    )
    calendar = Calendar.official()
    state = "DRAFT"
    while state in STEPS:
        action, who = STEPS[state]
        now = installation.clock()
        actor = orgs.actor(who.format(provider=provider), now=now)
        state = operations.take(no, action, actor=actor, now=now, calendar=calendar)
    return queries.application(no, actor=orgs.actor("operator", now=now)).grant_no


def deliver(
    installation: Installation, provider: str, definition: Definition, table: pa.Table
) -> tuple[ledger.DeliveryReceipt, float]:
    """Deliver a table as the provider's first full snapshot, and return its receipt and the seconds it took.

    The second time the receipt is returned again.
    """
    # Django's models can be imported only once it is set up.
    from hutong.console import load

    start = time.perf_counter()
    codes = [item.code for item in definition.items]
    with spool_folder.working(installation.settings.spool) as folder:
        file = counties.write_csv(table.select(codes), folder / f"{definition.name}.csv")
        receipt = load.hand_in(
            installation, resource=definition.code, file=file, key="initial", by=f"{provider}.editor"
        )
    return receipt, time.perf_counter() - start


def program() -> str:
    """Return how the reader starts `hutong` in the folder they are in."""
    beside = Path(sys.executable).parent / "hutong"
    if shutil.which("hutong") == str(beside) or not beside.exists():
        return "hutong"
    return os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside)


def _write_client_settings(installation: Installation, folder: Path) -> None:
    settings = installation.settings
    shift = round((installation.clock() - datetime.now(UTC)).total_seconds())
    lines = {
        "URL": f"http://{settings.host}:{settings.gateway_port}",
        "SYSTEM": SYSTEM,
        "KEY": folder / f"{SYSTEM}.key",
        "PLATFORM_KEY": installation.reply_public_key,
        "LOG": installation.log_signer.verifier,
        "STORE": folder / "client.json",
        "USER": USER,
        "DEVICE": DEVICE,
        "PURPOSE": PURPOSE,
        "MATTER": MATTER,
        "SHIFT_SECONDS": shift,
    }
    text = "".join(f"HUTONG_CLIENT_{name}={shlex.quote(str(value))}\n" for name, value in lines.items())
    (folder / "client.env").write_text(text)
