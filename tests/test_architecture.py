"""Imports go down only (`.importlinter`), and a fault in any contract would be seen."""

import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONTRACTS = configparser.ConfigParser()
CONTRACTS.read(ROOT / ".importlinter", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Fault:
    """Lines that break a contract, by the file they are appended to, and what the linter says of them."""

    contract: str
    lines: dict[str, str]
    said: str


FAULTS = {
    "core reaching up to db": Fault(
        "house", {"core/digest.py": "import hutong.db.database"}, "hutong.core.digest -> hutong.db.database"
    ),
    "audit reaching up to plane": Fault(
        "house", {"audit/log.py": "import hutong.plane.definition"}, "hutong.audit.log -> hutong.plane.definition"
    ),
    "one door importing another": Fault(
        "house", {"worker/app.py": "import hutong.gateway.config"}, "hutong.worker.app -> hutong.gateway.config"
    ),
    "control knowing an installation": Fault(
        "house", {"control/recording.py": "import hutong.installation"}, "hutong.control.recording -> hutong.install"
    ),
    "a folder in no room": Fault("house", {"stray/__init__.py": ""}, "- hutong.stray"),
    "a file in no room": Fault("house", {"stray.py": ""}, "- hutong.stray"),
    "units knowing the catalogue": Fault(
        "control",
        {"control/units/queries.py": "import hutong.control.catalog.rules"},
        "hutong.control.units.queries -> hutong.control.catalog.rules",
    ),
    "notices knowing the catalogue, once there are notices": Fault(
        "control",
        {"control/notices/__init__.py": "", "control/notices/rules.py": "import hutong.control.catalog.rules"},
        "hutong.control.notices.rules -> hutong.control.catalog.rules",
    ),
    "a room of control without its place": Fault(
        "control", {"control/stray/__init__.py": ""}, "- hutong.control.stray"
    ),
    "rules that read": Fault(
        "files",
        {"control/catalog/rules.py": "import hutong.control.catalog.queries"},
        "hutong.control.catalog.rules -> hutong.control.catalog.queries",
    ),
    "models that know what is done to them, in a new application": Fault(
        "files",
        {
            "apps/__init__.py": "",
            "apps/new/__init__.py": "",
            "apps/new/operations.py": "",
            "apps/new/models.py": "import hutong.apps.new.operations",
        },
        "hutong.apps.new.models -> hutong.apps.new.operations",
    ),
    "one application importing another": Fault(
        "apps",
        {
            "apps/__init__.py": "",
            "apps/one/__init__.py": "",
            "apps/two/__init__.py": "",
            "apps/two/rules.py": "import hutong.apps.one",
        },
        "hutong.apps.two.rules -> hutong.apps.one",
    ),
    "deliveries knowing answers": Fault(
        "wings",
        {"plane/delivery/loading.py": "import hutong.plane.answer.limits"},
        "hutong.plane.delivery.loading -> hutong.plane.answer.limits",
    ),
    "a new wing knowing another": Fault(
        "wings",
        {"plane/correction/__init__.py": "import hutong.plane.delivery.loading"},
        "hutong.plane.correction -> hutong.plane.delivery.loading",
    ),
    "the plane's base knowing a wing": Fault(
        "plane-base",
        {"plane/definition.py": "import hutong.plane.delivery.quality"},
        "hutong.plane.definition -> hutong.plane.delivery.quality",
    ),
    "a new module of the plane's base knowing a wing": Fault(
        "plane-base",
        {"plane/stray.py": "import hutong.plane.answer.limits"},
        "hutong.plane.stray -> hutong.plane.answer.limits",
    ),
    "two modules of the gateway needing each other": Fault(
        "circles", {"gateway/shapes.py": "import hutong.gateway.routes"}, "No cycles are allowed in hutong.gateway"
    ),
    "two rooms of an application's pages needing each other": Fault(
        "circles",
        {
            "web/one/__init__.py": "import hutong.web.two",
            "web/two/__init__.py": "import hutong.web.one",
        },
        "No cycles are allowed in hutong.web",
    ),
    "the plane using Django": Fault(
        "no-django", {"plane/definition.py": "import django"}, "hutong.plane.definition -> django"
    ),
    "the gateway using Django by way of another": Fault(
        "no-django",
        {"gateway/shapes.py": "import hutong.control.recording", "control/recording.py": "import django"},
        "hutong.gateway.shapes -> hutong.control.recording",
    ),
    "core needing the driver": Fault("base", {"core/merkle.py": "import psycopg"}, "hutong.core.merkle -> psycopg"),
    "the client needing the platform's JSON": Fault(
        "base", {"client/wire.py": "import msgspec"}, "hutong.client.wire -> msgspec"
    ),
    "verifying with the database at hand": Fault(
        "pure", {"audit/lines.py": "import hutong.db.sql"}, "hutong.audit.lines -> hutong.db.sql"
    ),
    "verifying over the network": Fault("pure", {"audit/verify.py": "import httpx"}, "hutong.audit.verify -> httpx"),
    "the plane reading the settings": Fault(
        "settings", {"plane/tables.py": "import hutong.settings"}, "hutong.plane.tables -> hutong.settings"
    ),
    "a new room of control reading the settings": Fault(
        "settings",
        {"control/notices/__init__.py": "import hutong.settings"},
        "hutong.control.notices -> hutong.settings",
    ),
    "the portal using the consumer's client": Fault(
        "client", {"web/urls.py": "import hutong.client.wire"}, "hutong.web.urls -> hutong.client.wire"
    ),
}
TO_COME = {
    "node": {
        "no-django": "source_modules",
        "base": "source_modules",
        "pure": "forbidden_modules",
        "client": "allowed_importers",
    }
}
"""Rooms still to come that no pattern covers: the contracts that are to name them, once they are there."""


def lint(source: Path, *, only: str | None = None) -> "subprocess.CompletedProcess[str]":
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from importlinter.cli import lint_imports_command;"
    command = [sys.executable, "-P", "-c", program + "lint_imports_command()", str(source), "--no-cache"]
    command += ["--config", str(ROOT / ".importlinter"), *(["--contract", only] if only else [])]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def loose(source: Path) -> list[str]:
    """Return the folders with code that are no packages: the linter does not see them."""
    folders = {file.parent for file in (source / "hutong").rglob("*.py")}
    return [str(each.relative_to(source / "hutong")) for each in folders if not (each / "__init__.py").exists()]


def contracts() -> set[str]:
    return {name.rpartition(":")[2] for name in CONTRACTS.sections() if ":" in name}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the code without its data, for planting."""
    source = tmp_path_factory.mktemp("planted") / "src"
    for file in (ROOT / "src" / "hutong").rglob("*.py"):
        target = source / file.relative_to(ROOT / "src")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return source


def test_imports_go_down_only():
    done = lint(ROOT / "src")

    assert done.returncode == 0, done.stdout + done.stderr


FIRST = {fault.contract: what for what, fault in reversed(FAULTS.items())}.values()
"""One fault of each contract; the others are planted by `make full`."""


@pytest.mark.parametrize(
    "fault", [what if what in FIRST else pytest.param(what, marks=pytest.mark.full) for what in FAULTS]
)
def test_sees_a_planted_fault(fault, copied, tmp_path):
    shutil.copytree(copied, tmp_path / "src")
    for file, line in FAULTS[fault].lines.items():
        faulty = tmp_path / "src" / "hutong" / file
        faulty.parent.mkdir(parents=True, exist_ok=True)
        with faulty.open("a", encoding="utf-8") as add:
            add.write(f"\n{line}\n")

    done = lint(tmp_path / "src", only=FAULTS[fault].contract)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert FAULTS[fault].said in re.sub(r"\s+", " ", done.stdout)


def test_every_contract_has_a_fault_that_is_seen():
    assert {fault.contract for fault in FAULTS.values()} == contracts()


def test_code_lies_in_packages_only():
    assert loose(ROOT / "src") == []


def test_sees_a_folder_that_is_no_package(copied, tmp_path):
    shutil.copytree(copied, tmp_path / "src")
    (tmp_path / "src" / "hutong" / "stray").mkdir()
    (tmp_path / "src" / "hutong" / "stray" / "rules.py").touch()

    assert loose(tmp_path / "src") == ["stray"]


def test_the_base_install_is_kept_from_every_dependency_of_the_platform():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    platform = {_name(each) for each in project["optional-dependencies"]["platform"]}
    imported = {
        module
        for module, names in metadata.packages_distributions().items()
        if not module.startswith("_") and platform & {_name(each) for each in names}
    }

    assert set(CONTRACTS["importlinter:contract:base"]["forbidden_modules"].split()) == imported


@pytest.mark.parametrize("room", TO_COME)
def test_a_room_that_no_pattern_covers_is_named_where_it_belongs(room):
    named = {
        contract
        for contract, list_ in TO_COME[room].items()
        if f"hutong.{room}" in CONTRACTS[f"importlinter:contract:{contract}"][list_].split()
    }

    assert named == (set(TO_COME[room]) if (ROOT / "src" / "hutong" / room).exists() else set())


def _name(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")
