"""Counties of earlier versions (`tests/fixtures/county-VERSION/`, by `make fixture`), put back to be upgraded."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from databases import a_name, fresh_database
from hutong.db import postmaster, rights
from hutong.db.embedded import Server
from hutong.installation import identity
from hutong.installation.opening import TRAINING

FIXTURES = Path(__file__).parent / "fixtures"
PUBLIC = (".vkey", ".name")
COUNTIES = sorted(FIXTURES.glob("county-*"))


def state(county: Path) -> dict[str, object]:
    """Return what a county's fixture says of it."""
    found: dict[str, object] = json.loads((county / "county.json").read_text())
    return found


@contextmanager
def put_back(server: Server, county: Path, data: Path) -> Iterator[str]:
    """Put a county back in the block, its database on a server, its data folder in `data`; yields the address."""
    name = a_name()
    with fresh_database(server, name=name) as url:
        with psycopg.connect(url) as connection, connection.cursor() as cur:
            rights.prepare(cur)
        load_dump(server.superuser_url(name), county)
        copy_folder(county, data)
        yield url


def load_dump(url: str, county: Path) -> None:
    """Load a county's dump into an empty database, at its superuser's address; the group roles are there."""
    program = postmaster.find_binaries() / "pg_restore"
    subprocess.run([program, "--exit-on-error", "-d", url, county / "county.dump"], check=True)


def copy_folder(county: Path, data: Path) -> None:
    """Copy a county's data folder as it was, secrets for their owner alone, its clock going on where it ended."""
    closed_at = datetime.fromisoformat(str(state(county)["closed_at"]))
    shutil.copytree(county / "data", data)
    for each in [data / "keys", *(data / "keys").rglob("*"), *data.glob("demo/*.key")]:
        each.chmod(0o700 if each.is_dir() else 0o644 if each.suffix in PUBLIC else 0o600)
    own = json.loads((data / identity.FILE).read_text())
    own["folder"] = asdict(identity.located(data))  # as if it had always lain here
    (data / identity.FILE).write_text(json.dumps(own))
    shift = closed_at + timedelta(minutes=1) - datetime.now(UTC)
    (data / TRAINING).write_text(json.dumps({"shift_seconds": shift.total_seconds()}))
