"""What is said by code is there in both languages, with the same facts, and nobody is left without words."""

import re
import string
from pathlib import Path

import pytest

import hutong
from hutong.core import labels, text
from hutong.core.labels import Both

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ALIKE = {
    ("evidence", "at"), ("enrolment", "and"), ("demo", "and"), ("client", "named"), ("what_was_read", "between"),
    ("rejected", "between"),
    ("console", "hold.records_of_class"), ("headers", "item"), ("headers", "between"),
}  # fmt: skip
"""Labels that are signs alone."""


def every() -> list[tuple[str, str, Both]]:
    return [(subject, code, both) for subject in labels.subjects() for code, both in labels.subject_of(subject).items()]


def facts(words: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(words) if field is not None}


def test_every_label_is_there_in_both_languages_and_in_one_at_a_time():
    named = {"clauses.SX-03", "clauses.B.1.1", "clauses.SX-09", "client.compare.help", "console.calendar.load.help"}
    """English that quotes a number or a word of a Chinese text, or has an example with names in it."""
    without = [f"{subject}.{code}" for subject, code, both in every() if not both.zh or not both.en]
    assert without == []
    half = {f"{subject}.{code}" for subject, code, both in every() if CHINESE.search(both.en)}
    assert half - named == set()
    foreign = {(subject, code) for subject, code, both in every() if not CHINESE.search(both.zh)}
    assert foreign - ALIKE == set()


def test_both_languages_tell_the_same_facts_where_the_reader_needs_them():
    only_chinese = {
        f"{subject}.{code}": facts(both.zh) ^ facts(both.en)
        for subject, code, both in every()
        if facts(both.zh) ^ facts(both.en)
    }
    numbered = {"numeral", "number", "item", "place"}
    assert {code: found for code, found in only_chinese.items() if not found <= numbered and "paused" not in code} == {}


def test_a_label_is_told_in_one_language_with_its_facts_or_in_both():
    assert labels.label("deadlines.ends", language="en", at="noon") == "It ends at noon."
    assert labels.both("deadlines.counted", span="S", why=Both("甲", "a")) == Both("；S甲，计入", "; S counted (a)")
    assert labels.joined([Both("甲。", "A."), Both("乙。", "B.")]) == Both("甲。乙。", "A. B.")
    with pytest.raises(KeyError):
        labels.label("deadlines.nothing", language="zh")


def test_who_gives_a_role_reads_every_role_by_code_and_name_and_who_purges_every_class():
    help_of_roles, help_of_classes = (
        labels.both(f"console.{code}") for code in ("officer.role", "purge.request.record_class")
    )
    for code, name in text.ROLES.items():
        assert f"{code} {name.zh}" in help_of_roles.zh
        assert f"{code} ({name.en})" in help_of_roles.en
    assert [f"{code} {name}" in help_of_classes.zh for code, name in text.RECORD_CLASSES.items()] == [True] * 4


def test_no_label_is_left_over_that_nothing_says():
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(hutong.__path__[0]).rglob("*.py"))
    made = ("clauses", "types", "citations", "titles")
    """Subjects whose codes are data: clauses of the register, types of items, letters of a text, failures."""
    asked = {f"{subject}.{code}" for subject, code, _ in every() if subject not in made}
    pieces = {code for code in asked if f'"{code}"' not in sources and f'"{code.partition(".")[2]}"' not in sources}
    begun = {code for code in pieces if f'f"{code.rpartition(".")[0]}.{{' not in sources}
    assert begun == set()
