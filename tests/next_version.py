"""A version of the software that follows this one: a copy of the package with migrations of its own, to upgrade to."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hutong.core import versions
from hutong.installation import schema

AWAY = shutil.ignore_patterns("__pycache__", "static", "*.mo")
VERSION = f"{int(versions.own().partition('.')[0]) + 1}.0"
DJANGO = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("units", "{last}")]
    operations = [migrations.AddField("officer", "planted", models.TextField(db_default=""))]
"""


@dataclass(frozen=True, slots=True)
class NextVersion:
    """The next version, installed in a folder of its own."""

    package: Path

    @property
    def environ(self) -> dict[str, str]:
        """The environment in which it runs, instead of this version."""
        return {**os.environ, "PYTHONPATH": str(self.package.parent), "LANG": "en_US.UTF-8"}

    def plant(self, name: str, text: str) -> None:
        """Give it a migration of SQL: `audit/0990_x.sql`."""
        room, _, file = name.partition("/")
        (self.package / room / "migrations" / file).write_text(text)

    def plant_django(self) -> None:
        """Give it a migration of Django's: a column more of a table that every page reads."""
        folder = self.package / "control" / "units" / "migrations"
        last = max(file.stem for file in folder.glob("0*.py"))
        (folder / "0990_planted.py").write_text(DJANGO.format(last=last))

    def hutong(self, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of it to its end."""
        command = [sys.executable, "-P", "-m", "hutong.cli", *arguments]
        return subprocess.run(
            command, env={**self.environ, **environ}, capture_output=True, text=True, check=False, cwd=self.package,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip


def made(folder: Path, *, version: str = VERSION) -> NextVersion:
    """Install a version that has no migrations of its own yet."""
    package = Path(shutil.copytree(schema.PACKAGE, folder / "src" / "hutong", ignore=AWAY))
    told = folder / "src" / f"hutong-{version}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: hutong\nVersion: {version}\n")
    return NextVersion(package)
