#!/usr/bin/env python3
"""Make the small county that every later version upgrades: tests/fixtures/county-VERSION/, and the names beside it.

Usage: tools/county.py (`make fixture`). On a server of its own the county is founded, and some days of its past are
lived through by its officers and systems, as the demonstration's are: nothing is written past an operation. Besides,
records are purged and kept, and both keys of the platform are changed. Kept are a dump of the database (pg_dump's own
format), the folder of the keys and what else the data folder has, and `county.json`, which says what a test cannot find
out: under 2 MB in all. The keys are those of a training county and protect nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]

# Only now is the package on the path.
from hutong import settings as settings_room  # noqa: E402
from hutong.core import beijing, versions  # noqa: E402
from hutong.db import logins, postmaster  # noqa: E402
from hutong.db.database import Database  # noqa: E402
from hutong.db.embedded import LOGIN  # noqa: E402
from hutong.demo import living, past, run  # noqa: E402
from hutong.installation import identity, opening  # noqa: E402
from hutong.installation.opening import Installation  # noqa: E402

FIXTURES = ROOT / "tests" / "fixtures"
ROWS, DAYS = 120, 6
MOST_BYTES = 2_000_000
LEFT = shutil.ignore_patterns("postgres", "spool", "spool.*", "measures", "*.lock", "client.*")
"""What of the data folder is not kept: the database is in the dump, and the rest is of its processes."""
OVERLAP_DAYS = 30


def main() -> int:
    """Make the fixture anew and return the exit status."""
    kept = FIXTURES / f"county-{versions.own()}"
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # the database's own system user comes here where root makes it
        settings = replace(settings_room.read({}, data=Path(made) / "data"), now=run.START)
        with opening.opened(settings, training=True) as county:
            closed = _live(county)
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(settings.data, kept / "data", ignore=LEFT)
            _leave_out_where(kept / "data" / identity.FILE)
            (kept / "county.json").write_text(json.dumps(closed, indent=1) + "\n", encoding="utf-8")
            _dump(county, kept / "county.dump")
            _names(county)
    size = sum(each.stat().st_size for each in kept.rglob("*") if each.is_file())
    print(f"{kept.relative_to(ROOT)}: {size // 1024} KiB")
    return 0 if size < MOST_BYTES else 1


def _leave_out_where(path: Path) -> None:
    """Leave out on which machine and where the folder lay: whoever puts it back says so anew."""
    told = json.loads(path.read_text(encoding="utf-8"))
    told["folder"] = {"path": "/srv/hutong", "device": 0, "inode": 0, "host": "county", "machine": ""}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _live(county: Installation) -> dict[str, object]:
    """Let the county live, and return what its fixture says of it: when it ended, and how much its log has."""
    until = beijing.day(county.clock())
    size = past.Size(until - timedelta(days=DAYS), until, applications=16, deliveries=8, uses=90, resources=6)
    living.fill_county(county, rows=ROWS, size=size, lanes=1, tell=lambda share, what: print(f"{share:4.0%} {what}"))
    _decide(county)
    now = county.clock()
    placed = _place(county)
    return {"closed_at": now.isoformat(), "rows": ROWS, "entries": placed, "log_key": county.log_verifier}


def _decide(county: Installation) -> None:
    """Purge records, keep others beyond their time, and change both keys of the platform: two officers each."""
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


def _place(county: Installation) -> int:
    """Place and sign all entries that wait; returns how many the log has."""
    from hutong.audit import tree  # with Django's settings there, as above

    url = county.address(logins.WORKER)
    with closing(Database(url, role="logkeeper", size=1, statement_seconds=60.0)) as keeper:
        while tree.integrate(keeper, now=county.clock(), signer=county.log_keys, heads=county.log_heads):
            pass
        with keeper.transaction() as cur:
            ((placed,),) = cur.execute("select count(*) from audit.leaf").fetchall()
            return int(placed)


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
    raise SystemExit(main())
