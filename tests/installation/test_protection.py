"""What is wanting of the protection of evidence is seen by the process itself, and told in both languages."""

import os
import stat
from dataclasses import replace

import pytest

from hutong import settings
from hutong.core import text
from hutong.db import logins
from hutong.installation import opening, protection

DOORS = tuple(protection.NOT_ITS_OWN)


@pytest.fixture
def given(tmp_path):
    found = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(found)
    return found


@pytest.mark.parametrize("door", DOORS)
def test_one_login_and_one_system_user_are_seen_and_a_login_of_its_own_is(given, door):
    one = replace(given, database_url="postgresql://hutong:x@db.county/county")
    own = replace(given, database_url=f"postgresql://county_{door}_login:x@db.county/county")
    another = replace(given, database_url="postgresql://county_owner_login:x@db.county/county")
    found = [protection.wanting(each, door=door) for each in (one, own, another)]
    assert found == [("ONE_LOGIN", "ONE_SYSTEM_USER"), ("ONE_SYSTEM_USER",), ("ONE_LOGIN", "ONE_SYSTEM_USER")]


@pytest.mark.parametrize("door", DOORS)
def test_who_can_read_no_key_but_its_own_is_apart(given, door):
    own = replace(given, database_url=f"postgresql://county_{door}_login:x@db.county/county")
    for name in protection.NOT_ITS_OWN[door]:
        (given.keys / name).unlink()  # as on a machine that has them not, root cannot read them either
    assert protection.wanting(own, door=door) == ()


def test_each_warning_says_what_to_do_in_both_languages():
    for warning in protection.WARNINGS.values():
        chinese, english = (text.say(warning(), language=language) for language in ("zh", "en"))
        assert "存证" in chinese.message and chinese.advice
        assert english.message.isascii() and english.advice.isascii()


def test_every_door_is_held_against_keys_of_another(given):
    assert set(DOORS) == set(logins.LOGINS) - {logins.OWNER, logins.COMMAND}
    for names in protection.NOT_ITS_OWN.values():
        assert names
        assert all(stat.S_ISREG(os.stat(given.keys / name).st_mode) for name in names)
