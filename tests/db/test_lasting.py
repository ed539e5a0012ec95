"""A file that is put in place is whole, closed to others, and belongs to whom it should."""

import os
import stat

import pytest

from hutong.db import lasting


def test_a_file_is_replaced_whole_whatever_somebody_who_was_killed_left_beside_it(tmp_path):
    path = tmp_path / "log.head"
    path.write_bytes(b"before")
    (tmp_path / "log.head.new").write_bytes(b"half of what was to come")
    lasting.put(path, b"after", owner=tmp_path.stat())
    assert path.read_bytes() == b"after"
    assert [each.name for each in tmp_path.iterdir()] == ["log.head"]


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_it_is_as_open_as_is_said(tmp_path, mode):
    lasting.put(tmp_path / "log.vkey", b"key", owner=None, mode=mode)
    assert stat.S_IMODE((tmp_path / "log.vkey").stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_puts_there_belongs_to_whom_is_named(tmp_path):
    os.chown(tmp_path, 12345, 23456)
    for name, owner, found in (("given", tmp_path.stat(), (12345, 23456)), ("own", None, (0, 0))):
        lasting.put(tmp_path / name, b"", owner=owner)
        told = (tmp_path / name).stat()
        assert (told.st_uid, told.st_gid) == found
