"""Imports go down only (`.importlinter`), and a fault would be seen."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FAULTS = {
    "core reaching up to db": ("core/digest.py", "import hutong.db.database"),
    "audit reaching up to plane": ("audit/events.py", "import hutong.plane.definition"),
    "plane using Django": ("plane/definition.py", "import django"),
    "db reading the settings": ("db/sql.py", "import hutong.settings"),
    "one door importing another": ("worker/app.py", "import hutong.gateway"),
    "core needing the driver": ("core/merkle.py", "import psycopg"),
}


def lint(source: Path) -> "subprocess.CompletedProcess[str]":
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from importlinter.cli import lint_imports_command;"
    )
    command = [sys.executable, "-P", "-c", program + "lint_imports_command()", str(source), "--no-cache"]
    return subprocess.run(
        [*command, "--config", str(ROOT / ".importlinter")], capture_output=True, text=True, check=False
    )


def test_imports_go_down_only():
    done = lint(ROOT / "src")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("fault", FAULTS)
def test_sees_a_planted_fault(fault, tmp_path):
    file, line = FAULTS[fault]
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
    )
    faulty = tmp_path / "src" / "hutong" / file
    faulty.write_text(faulty.read_text() + f"\n{line}\n")

    done = lint(tmp_path / "src")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert f"hutong.{file.removesuffix('.py').replace('/', '.')}" in done.stdout
