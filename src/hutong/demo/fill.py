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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict

import pyarrow as pa

from hutong.audit import retention, training
from hutong.core.workdays import Calendar
from hutong.db import logins
from hutong.db.database import Database
from hutong.demo import county as counties
from hutong.demo import description, founding, resources, ways
from hutong.demo.description import Resource
from hutong.demo.founding import DEVICE, MATTER, PURPOSE, SYSTEM, USER
from hutong.installation.joining import join_django
from hutong.installation.opening import Installation
from hutong.plane.definition import Definition, Form, Mode
from hutong.plane.delivery import ledger, spool_folder
from hutong.plane.ladder import Reason

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
    "DEPARTMENT_ENDORSED": ("accept", "authority"),
    "COMPLIANCE_CHECK": ("pass_on", "authority"),
    "PROVIDER_REPLY": ("agree", "{provider}.approver"),
    "PROVIDER_AGREED": ("confirm", "authority"),
    "CONFIRMED": ("begin_supply", "{provider}.editor"),
    "PROVIDER_SUPPLYING": ("report_supply", "{provider}.editor"),
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
    past: str
    """`NONE`, `PLAYING` or `PLAYED`."""


NONE, PLAYING, PLAYED = "none", "playing", "played"
"""Whether a county has a past: none, one that is being played or was broken off, a whole one."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A county with its units, officers and first resources, and what its providers' business databases say."""

    folder: Path
    people: pa.Table
    firms: pa.Table
    deliveries: tuple[tuple[ledger.DeliveryReceipt, float], ...]
    state: _State

    def keep(self) -> None:
        """Write down what was done so far."""
        (self.folder / FILE).write_text(json.dumps(self.state))


FILE = "county.json"


def kept(data: Path) -> _State | None:
    """Return what is written down of the county in a data folder; None where none was begun there."""
    file = data / "demo" / FILE
    return json.loads(file.read_text()) if file.exists() else None


def fill(installation: Installation, *, rows: int) -> Filled:
    """Fill the county once; where that was finished before, change nothing.

    What those who tried it out did since stays done: officers stopped, roles taken, resources withdrawn.
    """
    return finish(installation, begin(installation, rows=rows))


def begin(installation: Installation, *, rows: int, past: bool = False) -> Begun:
    """Begin a county: found it, publish the first resources and deliver them. A `past` needs more units and officers.

    Where that was done before, nothing is changed.
    """
    join_django(installation)
    # Django is set up now.
    from hutong.control.enrolment import operations

    folder = installation.settings.data / "demo"
    folder.mkdir(exist_ok=True)
    state = kept(installation.settings.data) or {"rows": rows, "grants": {}, "past": PLAYING if past else NONE}
    people, firms = counties.make_residents(state["rows"]), counties.firms(state["rows"])
    if _finished(state):
        return Begun(folder, people, firms, (), state)
    begun = Begun(folder, people, firms, (), state)
    begun.keep()
    if not operations.begun():
        _declare(installation)
    founding.found(installation, folder, past=past)
    return replace(begun, deliveries=_supply(installation, people, firms))


def finish(installation: Installation, begun: Begun) -> Filled:
    """Open those grants of the county's consumer that are missing, and return the county."""
    state, folder = begun.state, begun.folder
    for mode, definition, provider, items in _main_grants():
        if str(mode) not in state["grants"]:
            state["grants"][str(mode)] = apply(installation, definition, mode=mode, provider=provider, items=items)
            begun.keep()
    _write_client_settings(installation, folder)
    return Filled(folder, begun.people, begun.firms, _grants(state), begun.deliveries)


def _declare(installation: Installation) -> None:
    """Make the months of the log that the county lives through, and let its first entry name the training clock."""
    now = installation.clock()
    worker = Database(installation.address(logins.WORKER), role="worker", size=1)
    try:
        with worker.transaction() as cur:
            retention.ensure_months(cur, now=now)
        training.declare(worker, now=now)
    finally:
        worker.close()


def _supply(
    installation: Installation, people: pa.Table, firms: pa.Table
) -> tuple[tuple[ledger.DeliveryReceipt, float], ...]:
    """Publish the county's first resources and deliver the two that are held."""
    now = installation.clock()
    police, market = (_provider(code) for code in ("police", "market"))
    residents, enterprises = resources.residents(provider=police), resources.enterprises(provider=market)
    publish(residents, abstract="本县户籍人口的基本登记信息，用于核验身份和住址。", provider="police", now=now)
    publish(enterprises, abstract="本县企业登记信息，用于核验和跟踪企业登记状态。", provider="market", now=now)
    licences, vehicles = resources.licences(provider=market), resources.vehicles(provider=police)
    publish(licences, abstract="本县营业执照的扫描件，用于核验所持执照是否为登记机关所发。", provider="market", now=now)
    publish(vehicles, abstract="按号牌核查机动车登记情况，由公安交管系统即时应答。", provider="police", now=now)
    supplied = (("police", residents, people), ("market", enterprises, firms))
    return tuple(deliver(installation, *given) for given in supplied)


def publish_all(listed: Sequence[Resource], *, now: datetime) -> None:
    """Publish resources that the county is described with."""
    logins = {unit.code: unit.login for unit in description.units()}
    for each in listed:
        names = "、".join(column.item.name for column in each.columns)
        told = f"{each.name}，含{names}，供各单位办理业务时核验。"
        publish(each.definition, abstract=told, provider=logins[each.unit], now=now, sharing_type=each.sharing)


def _provider(code: str) -> str:
    return next(made_unit.credit_code for made_unit in counties.made_units() if made_unit.code == code)


def _main_grants() -> tuple[tuple[Mode, Definition, str, list[str]], ...]:
    residents = resources.residents(provider=_provider("police"))
    enterprises = resources.enterprises(provider=_provider("market"))
    return (
        (Mode.COMPARE, residents, "police", ["name", "birth_date"]),
        (Mode.QUERY, residents, "police", ["street", "address", "household"]),
        (Mode.SUBSCRIBE, enterprises, "market", ["credit_code", "name", "status", "street"]),
    )


def _finished(state: _State) -> bool:
    return state["grants"].keys() == {*map(str, Mode)}


def _grants(state: _State) -> dict[Mode, str]:
    return {Mode(mode): no for mode, no in state["grants"].items()}


def publish(definition: Definition, *, abstract: str, provider: str, now: datetime, sharing_type: int = 2) -> None:
    """Take a resource from draft to published (W1); one that was broken off goes on where it was."""
    # Django's models can be imported only once it is set up.
    from hutong.control.catalog import operations, queries
    from hutong.control.units import queries as members

    editor = members.actor(f"{provider}.editor", now=now)
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
            sharing_type=sharing_type,
            service=definition.service,
            time_out=definition.time_out,
            actor=editor,
            now=now,
        ), "DRAFT"
    steps = {"DRAFT": ("submit", "editor"), "SUBMITTED": ("register", "approver"), "REGISTERED": ("publish", "")}
    while state in steps:
        action, who = steps[state]
        actor = members.actor(f"{provider}.{who}" if who else "authority", now=now)
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
    from hutong.control.sharing import operations, queries, verifying
    from hutong.control.units import queries as members

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
        actor=members.actor("approvals.clerk", now=now),
        now=now,
        twice=True,  # who tries a file again gets a grant again
    )
    calendar = Calendar.official()
    state = "DRAFT"
    while state in STEPS:
        action, who = STEPS[state]
        now = installation.clock()
        actor = members.actor(who.format(provider=provider), now=now)
        state = operations.take(
            no, action, actor=actor, now=now, calendar=calendar,
            finding=verifying.read(ways.FINDINGS.get(action, {})),
        )  # fmt: skip
    return queries.application(no, actor=members.actor("operator", now=now)).grant_no


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


def shift(installation: Installation) -> int:
    """Return how many seconds the county's clock runs ahead of the real one."""
    return round((installation.clock() - datetime.now(UTC)).total_seconds())


def _write_client_settings(installation: Installation, folder: Path) -> None:
    settings = installation.settings
    lines = {
        "URL": f"http://{settings.host}:{settings.gateway_port}",
        "SYSTEM": SYSTEM,
        "KEY": folder / f"{SYSTEM}.key",
        "PLATFORM_KEY": installation.reply_public_key,
        "LOG": installation.log_verifier,
        "BOOKMARKS": folder / "client.json",
        "USER": USER,
        "DEVICE": DEVICE,
        "PURPOSE": PURPOSE,
        "MATTER": MATTER,
        "SHIFT_SECONDS": shift(installation),
    }
    text = "".join(f"HUTONG_CLIENT_{name}={shlex.quote(str(value))}\n" for name, value in lines.items())
    (folder / "client.env").write_text(text)
