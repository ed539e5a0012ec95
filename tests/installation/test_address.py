"""A command beside the doors knows where they are open."""

import socket
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


def test_doors_answer_to_the_names_they_are_given_and_to_their_own_machine(tmp_path):
    given = {"HUTONG_WEB_NAMES": "county.example", "HUTONG_HOST": "192.0.2.4", "HUTONG_DATA": str(tmp_path)}
    assert address.names(settings.read(given)) == ["county.example", "192.0.2.4", "localhost", "127.0.0.1"]
    assert address.authorities(settings.read({**given, "HUTONG_GATEWAY_NAMES": "g.example"})) == ("g.example",)


def test_doors_that_listen_everywhere_answer_to_their_machine_and_to_no_name_of_a_strangers(tmp_path):
    everywhere = settings.read({"HUTONG_HOST": "0.0.0.0", "HUTONG_DATA": str(tmp_path)})
    assert {socket.gethostname(), "localhost", "127.0.0.1"} <= set(address.names(everywhere))
    assert "*" not in address.names(everywhere)
    assert f"{socket.gethostname()}:8001" in address.authorities(everywhere)
    assert "0.0.0.0:8001" not in address.authorities(everywhere)
