"""A command beside the doors knows where they are open."""

from dataclasses import replace

from hutong import settings
from hutong.installation import address


def test_where_the_doors_were_last_open_is_read_as_it_was_written(tmp_path):
    here = replace(settings.read({}), data=tmp_path)
    elsewhere = replace(here, host="::1", port=8123, gateway_port=8124)
    assert address.where(here) == here
    (tmp_path / address.FILE).write_text(address.lines(elsewhere))
    assert address.where(here) == elsewhere


def test_of_a_folder_that_an_older_version_opened_the_address_is_not_guessed(tmp_path):
    (tmp_path / address.FILE).write_text("4711\n")
    given = replace(settings.read({}), data=tmp_path)
    assert address.where(given) == given
