"""Enrolment on a page: nothing is done of a file with faults, and a file that is sent names no other file."""

import pytest
from acting import NOW, County, credit_code

from hutong.control.enrolment import desk, file
from hutong.control.enrolment.file import EnrolmentUnreadable
from hutong.control.procedures.rules import NotYourRole
from hutong.control.units.models import Unit
from hutong.plane.keys import Keyring

NEW = credit_code(77)
SOUND = f'[[units]]\ncredit_code = "{NEW}"\nname = "示范县林业局"\n'
USER = '[[users]]\nid = "lin"\nunit = "没有的单位"\nname = "林木"\n'
RING = Keyring({"k1": bytes(range(32))}, current="k1")


def given(county: County, by: str = "operator") -> dict[str, object]:
    return {"name": "county.toml", "actor": county.actor(by), "keyring": RING, "now": NOW}


def test_a_look_says_what_would_be_done_and_does_nothing(county):
    found = desk.look(SOUND.encode(), **given(county))
    assert ([each.what for each in found.outcomes], found.faults) == (["new"], [])
    assert not Unit.objects.filter(pk=NEW).exists()


def test_a_sound_file_is_carried_out_and_again_changes_nothing(county):
    told = [desk.carry_out(SOUND.encode(), **given(county)) for _ in range(2)]
    assert [[each.what for each in done.outcomes] for done in told] == [["new"], ["same"]]
    assert [done.refused for done in told] == [None, None]


def test_of_a_file_with_a_fault_nothing_is_done(county):
    found = desk.look((SOUND + USER).encode(), **given(county))
    assert [(each.place.section, each.place.line, each.place.field) for each in found.faults] == [("users", 4, "unit")]
    with pytest.raises(type(found.faults[0].problem)):
        desk.carry_out((SOUND + USER).encode(), **given(county))
    assert not Unit.objects.filter(pk=NEW).exists()


def test_who_does_not_enrol_is_refused_before_the_file_is_read(county):
    assert not desk.may(county.actor("consumer"))
    with pytest.raises(NotYourRole):
        desk.look(b"no toml [", **given(county, "consumer"))


def test_what_is_too_large_or_no_toml_is_refused(county):
    with pytest.raises(desk.EnrolmentTooLarge):
        desk.look(b"#" * (desk.MOST + 1), **given(county))
    with pytest.raises(EnrolmentUnreadable):
        desk.look(b"no toml [", **given(county))


def test_what_is_sent_names_no_other_file_wherever_that_lies(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a password that lies there", encoding="utf-8")
    secret.chmod(0o600)
    officer = f'[[officers]]\nusername = "lin"\nname = "林木"\nunit = "甲"\npassword_file = "{secret}"\n'
    (fault,) = file.said(officer.encode(), name="county.toml")[1]
    assert (fault.place.field, fault.problem.code) == ("password_file", "SECRET_FILE_AWAY")
    beside = file.said(officer.encode(), name="county.toml", beside=tmp_path)
    assert beside[1] == []
