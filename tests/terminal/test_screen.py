"""A terminal obeys nothing that officers or systems typed."""

import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from hutong.client import cli as client
from hutong.console import opening
from hutong.terminal import screen, speaking

WIPES = "\x1b[2K\x1b[1A\x9b31m\r\x08张三\u202e"


def obeyed(text: str) -> set[str]:
    return {each for each in text if unicodedata.category(each) == "Cc" and each not in "\n\t"} | ({"\u202e"} & {*text})


def test_every_console_of_the_command_line_is_such_a_screen():
    for each in (opening.out, opening.err, client.out, client.errors):
        assert isinstance(each, screen.Screen)


@pytest.mark.parametrize("coloured", [False, True])
def test_values_are_printed_neutral_in_words_and_in_tables_and_colours_stay(coloured):
    made = io.StringIO()
    system = "standard" if coloured else None
    console = screen.Screen(file=made, force_terminal=coloured, width=200, color_system=system)
    table = Table(WIPES)
    table.add_row(WIPES)
    console.print(f"[red]{WIPES}[/]")
    console.print(WIPES, markup=False)
    console.print(table)
    speaking.show(console, "console.officer.done", login=WIPES)
    said = made.getvalue()
    assert said.count("张三") == 5
    assert ("\x1b[31m" in said) == coloured
    assert "\x1b[2K" not in said
    assert obeyed(said) <= ({"\x1b"} if coloured else set())


def test_a_value_makes_no_line_of_its_own():
    assert speaking.say("console.officer.done", login="a\n第 9 号") == "a\u240a第 9 号：已办理。"


@given(st.text())
def test_a_line_of_json_says_the_same_and_nothing_that_is_obeyed(text):
    line = screen.json_line({"a": text})
    assert json.loads(line) == {"a": text}
    assert obeyed(line) == set()


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))))
def test_what_people_write_is_printed_as_it_stands(text):
    assert screen.one_line(text) == text
