"""How far an officer's file is, is told to that officer, while it is dealt with and no longer."""

import pytest

from hutong.plane.delivery import spool_folder, underway
from hutong.plane.delivery.underway import Stage


def test_each_officer_is_told_of_their_own_file_until_it_was_dealt_with(tmp_path):
    with underway.told(tmp_path, officer="a") as tell:
        assert underway.of(tmp_path, officer="a") is None
        for stage, shown in (("read", "read"), ("prepared", "checked"), ("copied", "written"), ("merged", "written")):
            tell(stage, 5)
            assert underway.of(tmp_path, officer="a") == Stage(shown, 5)
        assert underway.of(tmp_path, officer="b") is None
    assert underway.of(tmp_path, officer="a") is None
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_it_stays_where_the_file_fails(tmp_path):
    with pytest.raises(ValueError), underway.told(tmp_path, officer="a") as tell:
        tell("read", 5)
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_a_name_an_officer_chose_leads_nowhere_else_and_what_is_broken_tells_nothing(tmp_path):
    with underway.told(tmp_path, officer="../../etc/x") as tell:
        tell("read", 1)
        (place,) = tmp_path.iterdir()
        place.write_text("{")
        assert underway.of(tmp_path, officer="../../etc/x") is None


def test_what_cannot_be_noted_keeps_no_file_from_being_loaded(tmp_path):
    with underway.told(tmp_path / "gone", officer="a") as tell:
        tell("read", 1)
    assert underway.of(tmp_path / "gone", officer="a") is None


def test_the_sweep_of_the_spool_leaves_what_is_new(tmp_path):
    with underway.told(tmp_path, officer="a") as tell:
        tell("read", 1)
        assert spool_folder.sweep(tmp_path) == 0
        assert underway.of(tmp_path, officer="a") == Stage("read", 1)
