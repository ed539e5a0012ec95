"""Every word of every lifecycle has its English, and the catalogue has no word that nothing says."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages import pofile
from django.utils import translation
from test_pages import words_of_templates

import hutong
from hutong.control.procedures.procedure import installed
from hutong.core.lifecycle import Lifecycle
from hutong.web.wording import procedures

SOURCES = Path(hutong.__file__).parent
ENGLISH = SOURCES / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
NAMED_AS = {"state", "action", "event", "condition", "title"}
"""What kinds of words may have an English of their own where the Chinese is the same."""


def lifecycles() -> list[Lifecycle]:
    """Return every lifecycle there is: those of the rooms' modules of that name."""
    files = [file.relative_to(SOURCES.parent).with_suffix("") for file in SOURCES.rglob("lifecycle.py")]
    found = [value for file in files for value in vars(importlib.import_module(".".join(file.parts))).values()]
    return [value for value in found if isinstance(value, Lifecycle)]


LIVES = {life.name: life for life in lifecycles()}


def words(life: Lifecycle) -> set[tuple[str, str]]:
    """Return every Chinese word of a lifecycle, with what kind of word it is."""
    found = {("title", life.title), *(("condition", words) for words in life.conditions.values())}
    for state in life.states.values():
        found |= {("state", state.name), ("no_limit", state.no_limit)}
    for move in life.moves:
        found |= {("action", move.label), ("aftermath", move.aftermath), ("aftermath", move.otherwise[1])}
    for clock in life.clocks:
        found |= {("event", clock.event), *(("pause", reason) for reason in clock.pauses.values())}
    return {(kind, said) for kind, said in found if said}


@cache
def catalogue() -> frozenset[tuple[str, str]]:
    """Return what has its English: the kind of words, empty where it is any, and the words."""
    with ENGLISH.open("rb") as file:
        kept = pofile.read_po(file)
    ids = [(each.context or "", each.id) for each in kept if each.id and each.string]
    return frozenset((kind, said if isinstance(said, str) else said[0]) for kind, said in ids)


def said_in(file: Path) -> Iterator[str]:
    """Yield every string that a module or a file of words has."""
    if file.suffix == ".py":
        nodes = ast.walk(ast.parse(file.read_text()))
        yield from (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    else:
        yield from leaves(tomllib.loads(file.read_text()))


def leaves(table: object) -> Iterator[str]:
    if isinstance(table, dict):
        for value in table.values():
            yield from leaves(value)
    elif isinstance(table, str):
        yield table


def test_every_room_with_procedures_is_looked_at():
    assert {procedure.life.name for procedure in installed().values()} < LIVES.keys()


@pytest.mark.parametrize("name", sorted(LIVES))
def test_every_word_of_a_lifecycle_has_its_english(name):
    found = words(LIVES[name])

    assert {(kind, said) for kind, said in found if not {("", said), (kind, said)} & catalogue()} == set()


@pytest.mark.parametrize("name", sorted(LIVES))
def test_no_word_of_a_lifecycle_is_chinese_where_english_is_read(name):
    with translation.override("en"):
        chinese = {said for kind, said in words(LIVES[name]) if re.search("[一-鿿]", procedures.said(kind, said))}

    assert chinese == set()


def test_no_english_of_a_kind_of_words_is_left_over():
    found = set().union(*(words(life) for life in LIVES.values()))
    own = {(kind, said) for kind, said in catalogue() if kind}

    assert {kind for kind, _ in own} <= NAMED_AS
    assert own - found == set()


def test_no_english_is_left_over_that_nothing_says():
    said = words_of_templates()
    for kind in ("*.py", "*.toml"):
        said = said.union(*(said_in(file) for file in SOURCES.rglob(kind)))

    assert {words for _, words in catalogue() if words not in said} == set()
