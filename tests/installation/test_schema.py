"""A room's migrations are applied to an installation that exists, wherever under the package the room lies."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from databases import fresh_database
from hutong.installation import schema

PACKAGE = schema.PACKAGE
MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    operations = [migrations.RunSQL("create table planted ()")]
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package, to plant rooms in."""
    away = shutil.ignore_patterns("__pycache__", "static", "*.mo")
    return Path(shutil.copytree(PACKAGE, tmp_path / "src" / "hutong", ignore=away))


def plant(tree: Path, room: str) -> None:
    """Put an application with one migration at `room`, a path under the package, and install it."""
    folder = tree / room / "migrations"
    folder.mkdir(parents=True)
    for package in (folder, *(each for each in folder.parents if tree in each.parents)):
        (package / "__init__.py").touch()
    (folder / "0001_planted.py").write_text(MIGRATION)
    conf, name = tree / "web" / "conf.py", "hutong." + room.replace("/", ".")
    said = conf.read_text()
    conf.write_text(said.replace('"hutong.control.units",', f'"hutong.control.units", "{name}",'))
    assert conf.read_text() != said


def migrate(tree: Path, url: str) -> None:
    """Do what a command of the program in `tree` does when it opens the installation at `url`."""
    program = "import sys; from hutong.installation import schema; schema.migrate(sys.argv[1])"
    environ = {**os.environ, "PYTHONPATH": str(tree.parent)}
    subprocess.run([sys.executable, "-P", "-c", program, url], env=environ, check=True, cwd=tree)


@pytest.mark.full
@pytest.mark.parametrize("room", ["apps/x", "apps/deep/er/x"])
def test_a_new_rooms_migration_is_applied_to_an_installation_that_exists(server, tree, room):
    with fresh_database(server) as url:
        migrate(tree, url)
        plant(tree, room)
        migrate(tree, url)
        with psycopg.connect(url) as connection:
            assert connection.execute("select to_regclass('public.planted') is not null").fetchone() == (True,)
        assert schema.noted_schema(url) == schema.django_schema(tree)


@pytest.mark.parametrize("room", ["control/units", "apps/x", "apps/deep/er/x", "x"])
def test_the_note_tells_a_migration_that_came_changed_or_moved(tree, room):
    before = schema.django_schema(tree)
    file = tree / room / "migrations" / "0099_new.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("one")
    came = schema.django_schema(tree)
    file.write_text("other")
    changed = schema.django_schema(tree)
    file.rename(file.with_name("0098_new.py"))

    assert len({before, came, changed, schema.django_schema(tree)}) == 4


def test_the_note_is_the_same_for_the_same_migrations_whatever_else_changed(tree):
    (tree / "control" / "units" / "rules.py").write_text("")
    assert schema.django_schema(tree) == schema.django_schema()
