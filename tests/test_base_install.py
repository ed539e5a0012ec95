"""The base install alone, as on a stranger's machine: evidence is verified with it, and the client asks with it.

The wheel is built and installed into an empty environment. Its dependencies are those that run these tests, linked
there one by one as the wheel asks for them; nothing of the platform's is there, and the network is not needed.
"""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.parser import Parser
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from hutong.audit import export, log, tree
from hutong.core import versions
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import LogSigner

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def needed(requirements: list[str], *, extras: frozenset[str] = frozenset()) -> Iterator[metadata.Distribution]:
    """Yield the distributions that requirements name where no extra but `extras` is asked for, and those they need."""
    for each in map(Requirement, requirements):
        if each.marker and not any(each.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            continue
        found = metadata.distribution(each.name)
        yield found
        yield from needed(found.requires or [], extras=frozenset(each.extras))


def link(distribution: metadata.Distribution, packages: Path) -> None:
    """Put what a distribution installed beside each other into `packages`."""
    for top in {file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")}:
        if not (packages / top).exists():
            (packages / top).symlink_to(Path(str(distribution.locate_file(top))))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from a copy: building leaves its traces where it is done."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder / name)
    build = "import sys; from setuptools import build_meta; print(build_meta.build_wheel('.'), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-P", "-c", build], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of programs of an environment with the wheel and its base dependencies."""
    home = tmp_path_factory.mktemp("base")
    venv.create(home, with_pip=False, symlinks=True)
    (packages,) = home.glob("lib/python*/site-packages")
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-index", "--no-deps", str(wheel)], check=True)
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        told = Parser().parsestr(opened.read(name).decode())
    for each in needed(told.get_all("Requires-Dist") or []):
        link(each, packages)
    return home / "bin"


def run(base: Path, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUTONG_", "PYTHON", "LC_"))}
    return subprocess.run(
        [base / program, *arguments],
        env={**clean, "LANG": "en_US.UTF-8", "COLUMNS": "200"},
        cwd=base.parent,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def exported(db, tmp_path: Path) -> Path:
    """Return the export of a log of 300 entries."""
    signer = LogSigner.from_seed("log.county.example", bytes(range(32)))
    read = {"by": "sys-a", "unit": "11330100000000002X", "grants": 1}
    with db.transaction() as cur:
        log.append(cur, [log.LogEntry("plane.grants_read", NOW, read, "11330100000000002X") for _ in range(300)])
    tree.integrate(db, now=NOW, signer=signer, limit=300)
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=frozenset({Seat("auditor")}), vkey=signer.verifier)
    return tmp_path / "log"


@pytest.mark.parametrize("module", ["django", "psycopg", "pyarrow", "procrastinate", "structlog", "msgspec"])
def test_nothing_of_the_platform_is_there(base, module):
    done = run(base, "python", "-c", f"import {module}")

    assert "ModuleNotFoundError" in done.stderr


def test_what_is_installed_is_the_wheel(base):
    done = run(base, "python", "-c", "import hutong; print(hutong.__file__)")

    assert done.stdout.startswith(str(base.parent))


def test_verifies_evidence(base, exported):
    done = run(base, "hutong", "audit", "verify", str(exported))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "300 of 300 entries are verified; 300 records" in done.stdout
    assert "no fault" in done.stdout


def test_finds_what_was_changed_in_evidence(base, exported):
    records = exported / "records.jsonl"
    whole = records.read_text(encoding="utf-8")
    records.write_text(whole.replace("sys-a", "sys-b", 1), encoding="utf-8")

    done = run(base, "hutong", "audit", "verify", str(exported))

    assert done.returncode == 1
    assert "records.jsonl: entry 0" in done.stderr

    records.write_text(whole.replace('"unit":"11330100000000002X"', '"unit":"11330100000000003X"', 1))

    done = run(base, "hutong", "audit", "verify", str(exported))

    assert done.returncode == 1
    assert "records.jsonl: entry 0: is not the record its leaf was made for, or has other parties" in done.stderr


def test_a_consumer_makes_its_key_and_is_told_what_the_client_does(base, tmp_path):
    told = run(base, "hutong", "client", "--help")
    made = run(base, "hutong", "client", "keygen", str(tmp_path / "key"))

    assert told.returncode == 0, told.stderr
    assert "compare" in told.stdout
    assert made.returncode == 0, made.stderr
    assert len((tmp_path / "key").read_bytes()) == 32


def test_it_tells_its_version(base):
    told = run(base, "hutong", "--version")

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines()[0] == f"Hutong {versions.own()}"


def test_all_of_core_terminal_and_client_can_be_imported(base):
    walk = (
        "import importlib, pkgutil, hutong.core, hutong.terminal, hutong.client\n"
        "for room in (hutong.core, hutong.terminal, hutong.client):\n"
        "    for each in pkgutil.walk_packages(room.__path__, room.__name__ + '.'):\n"
        "        importlib.import_module(each.name)\n"
        "        print(each.name)\n"
    )
    done = run(base, "python", "-c", walk)

    assert done.returncode == 0, done.stderr
    assert "hutong.core.merkle\n" in done.stdout
    assert "hutong.client.cli\n" in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        *("up", "load x FILE", "enrol FILE", "try FILE --key id", "calendar show", "audit export DIR"),
        *(
            pytest.param(command, marks=pytest.mark.full)
            for command in (
                *("init", "upgrade", "serve", "gateway", "work", "demo"), *("calendar load FILE", "audit hold list")
            )
        ),
    ],
)
def test_a_command_of_the_platform_says_that_it_is_not_installed(base, command, tmp_path):
    (tmp_path / "file.csv").write_text("id\n1\n", encoding="utf-8")
    places = {"FILE": str(tmp_path / "file.csv"), "DIR": str(tmp_path / "new")}

    done = run(base, "hutong", *(places.get(each, each) for each in command.split()))

    assert done.returncode == 1, done.stdout + done.stderr
    assert "This is done by the platform, which is not installed here" in done.stderr
    assert "pip install 'hutong[platform]'" in done.stderr
    assert "Traceback" not in done.stderr
