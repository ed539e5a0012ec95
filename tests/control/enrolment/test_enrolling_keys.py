"""A system's new key is brought by the operator's file, with the last day of the old one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from acting import NOW, credit_code, point_django_at
from django.db import connection, transaction

from hutong import settings
from hutong.control.enrolment import operations
from hutong.control.enrolment.enrolled import EnrolledSystem, EnrolledUnit
from hutong.control.enrolment.file import FilePosition, Listed
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.db.database import joined
from hutong.installation import opening
from hutong.plane import registers
from hutong.plane.keys import Keyring

POLICE = credit_code(7)
UNIT = EnrolledUnit(POLICE, "公安局")
SYSTEM = EnrolledSystem("app", POLICE, "受理系统", 2, date(2027, 12, 31), b"k" * 32)
ROLES = frozenset({"operator", "system_admin", "security_admin", "unit_admin"})
RUNS = Actor("run", "高洁", POLICE, "公安局", ROLES, offices=frozenset({("operator", "")}))


@pytest.fixture
def ring(django_db, tmp_path, monkeypatch) -> Keyring:
    """The keys of a platform with nobody in it."""
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")
    opening.prepare_folder(replace(settings.read({}), data=tmp_path))
    point_django_at(django_db, role="control")
    return Keyring.load(tmp_path / "keys" / "keyring.json")


def brought(ring: Keyring, system: EnrolledSystem, *units: EnrolledUnit) -> tuple[str, ...]:
    """Carry the file out and return what it changed of the system."""
    given: list[Listed] = [
        (FilePosition("units" if each in units else "systems", number), each)
        for number, each in enumerate((*units, system), 1)
    ]
    *_, came = operations.enrol(given, keyring=ring, now=NOW, actor=RUNS)
    return came.changed


def known() -> tuple[object, ...]:
    with transaction.atomic(), joined(connection) as cur:
        found = registers.system(cur, id=SYSTEM.id)
    return found.public_key, found.former_key, found.former_day, found.revision


@pytest.mark.clause("IS-4.1-b", "SX-11-a")
def test_the_operators_file_gives_a_system_a_new_key_beside_the_old_one_and_ends_that_at_once(ring):
    brought(ring, SYSTEM, UNIT)
    old, new, last = SYSTEM.public_key, bytes(32), beijing.day(NOW) + timedelta(days=30)

    both = replace(SYSTEM, public_key=new, old_key_until=last)
    assert brought(ring, both) == ("public_key", "former_day")
    assert known() == (new, old, last, 1)
    assert brought(ring, both) == ()
    assert brought(ring, replace(both, old_key_until=date(2020, 1, 1))) == ("former_day",)
    assert known() == (new, old, beijing.day(NOW), 2)
    assert brought(ring, both) == ()  # what has ended does not come back
    assert brought(ring, replace(both, old_key_until=None)) == ()
    assert known() == (new, old, beijing.day(NOW), 2)
