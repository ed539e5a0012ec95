"""Fill an empty county: registers, resources, deliveries and grants, each through the operation a real one uses."""

import hashlib
import json
import shlex
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from hutong.client import generate
from hutong.client.keys import load as load_key
from hutong.db.database import Database
from hutong.demo import county as counties
from hutong.demo import resources
from hutong.installation import Installation
from hutong.plane import grants, loading, registers, tables
from hutong.plane.definition import Definition, Mode
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring
from hutong.plane.ladder import Reason

SYSTEM, USER, DEVICE = "approvals-acceptance", "zhang.min", "window-07"
"""The approvals bureau's acceptance system, the officer at its window and her terminal."""

PURPOSE, MATTER = "residence-permit", "3301-0007"

GRANTS = {Mode.COMPARE: "SQ2026-0001", Mode.QUERY: "SQ2026-0002", Mode.SUBSCRIBE: "SQ2026-0003"}

NEED: dict[Mode, tuple[Reason, ...]] = {
    Mode.COMPARE: (),
    Mode.QUERY: (Reason.VALUE_TO_BE_RECORDED,),
    Mode.SUBSCRIBE: (Reason.VALUE_TO_BE_RECORDED, Reason.CHANGE_TO_BE_FOLLOWED),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A county with everything in it; `people` and `firms` are what the providers' business databases say."""

    folder: Path
    people: pa.Table
    firms: pa.Table
    receipts: tuple[loading.DeliveryReceipt, ...]


def fill(installation: Installation, *, rows: int) -> Filled:
    """Fill the county once; a second call finds everything in place and changes nothing."""
    folder = installation.settings.data / "demo"
    folder.mkdir(exist_ok=True)
    key_file = folder / f"{SYSTEM}.key"
    key = load_key(key_file) if key_file.exists() else generate(key_file)
    now = installation.clock()
    agencies = {agency.code: agency for agency in counties.agencies()}
    kept = folder / "county.json"
    rows = json.loads(kept.read_text())["rows"] if kept.exists() else rows
    people = counties.make_residents(rows)
    firms = counties.make_enterprises(max(100, rows // 10))
    owner = Database(installation.database_url, role="owner", size=2)
    try:
        with owner.transaction() as cur:
            _register(cur, installation, agencies["approvals"].credit_code, b64decode(key.public), now)
            residents = resources.residents(provider=agencies["police"].credit_code)
            enterprises = resources.enterprises(provider=agencies["market"].credit_code)
            for definition in (residents, enterprises):
                if definition.code not in tables.held(cur, codes=[definition.code]):
                    tables.publish(cur, definition=definition, now=now)
        receipts = (
            _deliver(installation, residents, people, now),
            _deliver(installation, enterprises, firms, now),
        )
        with owner.transaction() as cur:
            there = grants.read(cur, nos=list(GRANTS.values()))
            for mode, definition, items in _wanted(residents, enterprises):
                if GRANTS[mode] not in there:
                    _grant(cur, mode, definition, items, agencies["approvals"].credit_code, now)
    finally:
        owner.close()
    kept.write_text(json.dumps({"rows": rows}))
    _write_client_settings(installation, folder)
    return Filled(folder, people, firms, receipts)


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


def _register(cur, installation: Installation, org: str, public_key: bytes, now: datetime) -> None:  # type: ignore[no-untyped-def]
    by = "operator"
    # A fill that was broken off goes on where it was.
    with suppress(registers.IdentityTaken):
        registers.register_person(cur, id=USER, org=org, name="张敏", now=now, by=by)
    with suppress(registers.IdentityTaken):
        registers.register_device(cur, id=DEVICE, org=org, name="行政审批局 7 号窗口", now=now, by=by)
    with suppress(registers.IdentityTaken):
        registers.register_system(
            cur,
            id=SYSTEM,
            org=org,
            name="行政审批局一窗受理系统",
            public_key=public_key,
            mlps_level=2,
            mlps_until=date(now.year + 1, 12, 31),
            now=now,
            by=by,
        )


def _deliver(
    installation: Installation, definition: Definition, table: pa.Table, now: datetime
) -> loading.DeliveryReceipt:
    codes = [item.code for item in definition.items]
    file = counties.write_csv(table.select(codes), installation.settings.spool / f"{definition.name}.csv")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest = loading.Manifest(
        code=definition.code, key="initial", kind="snapshot", rows=table.num_rows, sha256=digest
    )
    db = Database(installation.database_url, role="plane", size=2)
    try:
        return loading.load(
            db,
            source=file,
            manifest=manifest,
            keyring=Keyring.load(installation.keyring_path),
            now=now,
            by=definition.provider,
            spool=installation.settings.spool,
        )
    finally:
        db.close()
        file.unlink()


def _wanted(residents: Definition, enterprises: Definition) -> list[tuple[Mode, Definition, list[str]]]:
    return [
        (Mode.COMPARE, residents, ["name", "birth_date"]),
        (Mode.QUERY, residents, ["street", "address", "household"]),
        (Mode.SUBSCRIBE, enterprises, ["credit_code", "name", "status", "street"]),
    ]


def _grant(cur, mode: Mode, definition: Definition, items: list[str], consumer: str, now: datetime) -> None:  # type: ignore[no-untyped-def]
    grant = Grant(
        no=GRANTS[mode],
        code=definition.code,
        provider=definition.provider,
        consumer=consumer,
        system=SYSTEM,
        mode=mode,
        items=items,
        conditions=[code for code in items if definition.item(code).condition] if mode is Mode.QUERY else [],
        need=[str(reason) for reason in NEED[mode]],
        purpose=PURPOSE,
        matters=[MATTER],
        users=[USER],
        devices=[DEVICE],
        fold_absent=definition.personal,
        quota=1_000_000,
        guesses=5,
        from_at=now - timedelta(days=1),
        until_at=now + timedelta(days=365),
        filing_no=f"备案-{GRANTS[mode]}",
    )
    grants.open_grant(cur, grant=grant, now=now, by="operator")
