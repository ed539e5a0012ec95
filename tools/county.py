#!/usr/bin/env python3
"""Make the small county that every later version upgrades: tests/fixtures/county-VERSION/, and the names beside it.

Usage: tools/county.py (`make fixture`). On a server of its own the county is founded, and some days of its past are
lived through by its officers and systems, as the demonstration's are: nothing is written past an operation. Besides,
records are purged and kept, both keys of the platform are changed, a grant is suspended, a plan and a drill are on
their way, a witness cosigns. Then the county is lost, comes back from its backup set, and two
officers begin the next epoch of its log. Kept are a dump of the database (pg_dump's own format), the folder of the keys
and what else the data folder has, and `county.json`, which says what a test cannot find out: under 2 MB in all. The
keys are those of a training county and protect nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]

# Only now is the package on the path.
from hutong import settings as settings_room  # noqa: E402
from hutong.core import beijing, versions  # noqa: E402
from hutong.core.cosignature import WitnessSigner  # noqa: E402
from hutong.db import logins, postmaster  # noqa: E402
from hutong.db.database import Database  # noqa: E402
from hutong.db.embedded import LOGIN  # noqa: E402
from hutong.demo import fill, living, past, run  # noqa: E402
from hutong.installation import identity, joining, opening  # noqa: E402
from hutong.installation.opening import Installation  # noqa: E402

FIXTURES = ROOT / "tests" / "fixtures"
ROWS, DAYS = 120, 6
MOST_BYTES = 2_000_000
LEFT = shutil.ignore_patterns("postgres", "spool", "spool.*", "measures", "*.lock", "client.*")
"""What of the data folder is not kept: the database is in the dump, and the rest is of its processes."""
OVERLAP_DAYS = 30
WAITING = {
    "catalog.change", "registration.registration", "security.drill", "security.plan", "sharing.application",
}  # fmt: skip
"""Kinds of cases of which some are on their way."""
PASSPHRASES = {"operator": "correct horse battery", "authority": "主席台上有一盏绿灯一直亮着"}
"""Of whom the county's keys are wrapped for, and comes back by."""
WITNESSES = ("witness.example", "former-witness.example")
"""The second is ended."""


def main(arguments: list[str]) -> int:
    """Make the fixture anew and return the exit status; with a folder, do there what comes after the loss."""
    if arguments:  # in a process of its own: Django reads its settings once
        _come_back(Path(arguments[0]))
        return 0
    kept = FIXTURES / f"county-{versions.own()}"
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # the database's own system user comes here where root makes it
        settings = replace(settings_room.read({}, data=Path(made) / "data"), now=run.START)
        with opening.opened(settings, training=True) as county:
            _live(county)
            _back_up(county, Path(made) / "second")
        subprocess.run([sys.executable, __file__, made], check=True)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(Path(made) / "restored", kept / "data", ignore=LEFT)
        _leave_out_where(kept / "data" / identity.FILE)
        for name in ("county.json", "county.dump"):
            shutil.copy(Path(made) / name, kept / name)
    size = sum(each.stat().st_size for each in kept.rglob("*") if each.is_file())
    print(f"{kept.relative_to(ROOT)}: {size // 1024} KiB")
    return 0 if size < MOST_BYTES else 1


def _leave_out_where(path: Path) -> None:
    """Leave out on which machine and where the folder lay: whoever puts it back says so anew."""
    told = json.loads(path.read_text(encoding="utf-8"))
    told["folder"] = {"path": "/srv/hutong", "device": 0, "inode": 0, "host": "county", "machine": ""}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _live(county: Installation) -> None:
    """Let the county live, with a case of each kind on its way."""
    until = beijing.day(county.clock())
    size = past.Size(until - timedelta(days=DAYS), until, applications=16, deliveries=8, uses=90, resources=6)
    living.fill_county(county, rows=ROWS, size=size, lanes=1, tell=lambda share, what: print(f"{share:4.0%} {what}"))
    _leave_on_their_way(county)
    _decide(county)
    _witness(county)


def _leave_on_their_way(county: Installation) -> None:
    """Leave the next emergency plan under review, a drill half recorded, and a grant suspended."""
    # Django is set up once the county is filled.
    from hutong.audit.events import RecordClass
    from hutong.control.procedures import attachments
    from hutong.control.procedures.attachments import CaseReference
    from hutong.control.procedures.operations import Grounds
    from hutong.control.security import operations as security
    from hutong.control.security.lifecycle import PLAN
    from hutong.control.sharing import service
    from hutong.control.units import queries as units
    from hutong.core.workdays import Calendar
    from hutong.demo import emergency
    from hutong.plane.definition import Mode
    from hutong.plane.keys import Keyring
    from hutong.plane.suspensions import Suspendable

    now, today = county.clock(), beijing.day(county.clock())
    operator = units.actor("operator", now=now)
    on = {"actor": operator, "now": now, "calendar": Calendar.official()}
    facts = {
        "title": emergency.TITLE, "unit": operator.unit, "owner": operator.name, "summary": emergency.SUMMARY,
        "rehearsal_date": today + timedelta(days=emergency.REHEARSAL_DAYS),
    }  # fmt: skip
    no = security.draft(facts, region="", actor=operator, now=now)
    attachments.add(
        CaseReference(PLAN.name, no), name="plan.txt", source=[emergency.TEXT.encode()], by=operator, now=now,
        record_class=RecordClass.ADMINISTRATION, keyring=Keyring.load(county.keyring_path),
    )  # fmt: skip
    security.take_of_plan(no, "submit", grounds=Grounds(), **on)
    drill = security.plan_drill(planned_date=today, scope="年度恢复演练", region="", **on)
    found = {"set_number": 24, "set_ended_at": now - timedelta(hours=8)}
    security.record_step(drill, "back_up", facts=found, **on)
    kept = fill.kept(county.settings.data)
    assert kept is not None
    service.suspend(
        Suspendable.GRANT, kept["grants"][Mode.SUBSCRIBE.value], reason="用途与所办事项不符，待核查。",
        clause="SX-16-(二)", actor=operator, now=now,
    )  # fmt: skip


def _decide(county: Installation) -> None:
    """Purge records, keep others beyond their time, and change both keys of the platform: two officers each.

    A second purge is asked for and waits.
    """
    # Django is set up once the county is filled.
    from hutong.audit import holds
    from hutong.audit.events import RecordClass
    from hutong.console import key, opening, purge
    from hutong.control.units import queries as units

    one, other = (units.actor(name, now=county.clock()) for name in ("operator", "authority"))
    asked = purge.request(county, record_class=RecordClass.USAGE, before=date(2020, 1, 1), by=one)
    purge.approve(county, number=asked.id, by=other)
    purge.request(county, record_class=RecordClass.SECURITY, before=date(2020, 1, 1), by=one)
    with opening.database(county, role="retention") as db:
        holds.place(
            db, record_class=RecordClass.USAGE, reason="审计〔2026〕3号", by=other.officer,
            seats=other.platform_seats, now=county.clock(), until_at=None,
        )  # fmt: skip
    for kind in ("replies", "log"):
        number = key.request(county, kind=kind, days=OVERLAP_DAYS, reason="年度更换", by=one)
        _place(county)
        key.approve(county, number=number, by=other)


def _witness(county: Installation) -> None:
    """Register two witnesses, let the first cosign, and end the other."""
    # With Django's settings, as above.
    from hutong.audit import witnesses
    from hutong.console import opening
    from hutong.control.units import queries as units

    authority = units.actor("authority", now=county.clock())
    given = {"by": authority.officer, "seats": authority.platform_seats, "now": county.clock()}
    with opening.database(county, role="retention") as db:
        for name in WITNESSES:
            witnesses.register(db, key=str(_signer(name).public), **given)
        witnesses.end(db, name=WITNESSES[1], reason="该单位不再担任见证方。", **given)
    _cosign(county)


def _signer(name: str) -> WitnessSigner:
    return WitnessSigner.from_seed(name, name.encode().ljust(32, b"-"))


def _cosign(county: Installation) -> None:
    """Place what waits, and let the witness cosign what was signed last."""
    from hutong.audit import checkpoint, epochs, witnesses  # as above

    _place(county)
    now = county.clock()
    with closing(_keeper(county)) as keeper, keeper.transaction() as cur:
        head = checkpoint.latest(cur, epoch=epochs.current(cur).number)
        line = _signer(WITNESSES[0]).cosign(head.note, at=int(now.timestamp()))
        witnesses.take(cur, head.note + line, vkeys=county.log_keys.vkeys, now=now)


def _place(county: Installation) -> int:
    """Place and sign all entries that wait; returns how many the log has."""
    from hutong.audit import tree  # with Django's settings there, as above

    with closing(_keeper(county)) as keeper:
        while tree.integrate(keeper, now=county.clock(), signer=county.log_keys, heads=county.log_heads):
            pass
        with keeper.transaction() as cur:
            ((placed,),) = cur.execute("select count(*) from audit.leaf").fetchall()
            return int(placed)


def _keeper(county: Installation) -> Database:
    return Database(county.address(logins.WORKER), role="logkeeper", size=1, statement_seconds=60.0)


def _back_up(county: Installation, second: Path) -> None:
    """Take a backup set and wrap the keys for two officers."""
    from hutong.backup import copying, place, recovery  # what stands on the whole platform
    from hutong.console import backup

    second.mkdir()
    data = county.settings.data
    backup.take_unnoted(replace(county, settings=replace(county.settings, backup=second)))
    at = place.find(second)
    copying.copy(at, heads=data / "keys" / "heads", settings=data / "settings.json")
    officers = [recovery.Officer(*each) for each in PASSPHRASES.items()]
    copy = recovery.wrap(data, officers=officers, platform=at.owner()["log_name"], now=datetime.now(UTC))
    recovery.write(at.folder / recovery.FILE, copy)


def _come_back(made: Path) -> None:
    """Bring the county back from its backup set, begin the next epoch of its log, and keep what it is then."""
    from hutong.backup import place, recovery, restoring  # what stands on the whole platform
    from hutong.console import epoch

    data, at = made / "restored", place.find(made / "second")
    settings = settings_room.read({}, data=data)

    def told(step: str) -> None:
        if step == "keys":  # it goes on by its training clock
            shutil.copy(made / "data" / opening.TRAINING, data)

    content = recovery.opened(recovery.read(at.folder / recovery.FILE), passphrases=PASSPHRASES)
    found = restoring.plan(at, moment=None, number=None)
    one, other = PASSPHRASES
    restoring.restore(settings, found, content, by=(one, other), told=told, durable=False)
    shutil.copytree(made / "data", data, ignore=_only_the_demonstration(made / "data"), dirs_exist_ok=True)
    with opening.opened(settings) as county:
        joining.join_django(county)
        from hutong.control.units import queries as units  # Django is set up only now

        officers = [units.actor(name, now=county.clock()) for name in PASSPHRASES]
        number = epoch.request(county, reason="机房火灾，由备份恢复。", by=officers[0])
        epoch.approve(county, number=number, by=officers[1])
        _cosign(county)
        closed = {
            "closed_at": county.clock().isoformat(), "rows": ROWS, "entries": _place(county),
            "log_key": epoch.verifier(county), "epochs": 2, "waiting": _waiting(),
        }  # fmt: skip
        (made / "county.json").write_text(json.dumps(closed, indent=1) + "\n", encoding="utf-8")
        _dump(county, made / "county.dump")
        _names(county)


def _waiting() -> list[str]:
    """Return the kinds of cases of which some wait for a step; where one kind has none, no fixture is made."""
    from hutong.control.procedures.models import Turn  # with Django's settings, as above

    waiting = {str(name) for name in Turn.objects.values_list("lifecycle", flat=True)}
    if lacking := WAITING - waiting:
        raise SystemExit(f"no case is on its way of {', '.join(sorted(lacking))}")
    return sorted(waiting)


def _only_the_demonstration(data: Path):  # type: ignore[no-untyped-def]  # shutil's own kind of function
    def ignored(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name != "demo"] if Path(folder) == data else []

    return ignored


def _dump(county: Installation, file: Path) -> None:
    assert county.server is not None
    command = [postmaster.find_binaries() / "pg_dump", "-Fc", "-Z", "9", "-f", file, county.server.superuser_url(LOGIN)]
    subprocess.run(command, check=True)


def _names(county: Installation) -> None:
    import names  # beside this file

    path = FIXTURES / f"names-{versions.own()}.txt"
    assert county.server is not None
    path.write_text(names.written(names.collect(county.server.superuser_url(LOGIN))), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    for variable in [name for name in os.environ if name.startswith("HUTONG_")]:
        del os.environ[variable]
    raise SystemExit(main(sys.argv[1:]))
