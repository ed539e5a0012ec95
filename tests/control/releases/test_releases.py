"""Releases: what a form says is what is released, line by line."""

from releasing import FIRST, typed

from hutong.control.releases import rules
from hutong.core.errors import Judging


def test_sentences_are_written_as_lines_and_read_from_them():
    judging = Judging()
    assert rules.sentences(typed(), judging=judging) == [*FIRST]
    assert rules.sentences(f"\n{typed()}\n \n", judging=judging) == [*FIRST]
    assert judging.found == []


def test_a_line_that_is_none_is_told_by_its_number():
    judging = Judging()
    rules.sentences("SX-10-d | 甲 | a\nSX-10-d | 乙\nXX | 丙 | c", judging=judging)
    assert [(each.code, each.facts) for each in judging.found] == [
        ("SENTENCE_UNFIT", {"line": 2}), ("SENTENCE_UNFIT", {"line": 3}),
    ]  # fmt: skip
