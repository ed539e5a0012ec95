"""One meaning a word: docs/glossary.md says of a word of the code what it means and in which rooms it may stand.

Read are the names that the product gives: packages and modules, classes with what they are made of, functions, tables
and columns, events and their fields, states, conditions and moves. A name is taken apart at its underscores and
capitals: `HoldWithoutReason` has the word `hold`.
"""

import ast
import functools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).resolve().parents[1]
SOURCE = TOP / "src" / "hutong"
GLOSSARY = TOP / "docs" / "glossary.md"

ALIKE = {
    "Actor": "procedures and the rulebook name of an officer what they need of one",
    "Clock": "a limit as a lifecycle declares it, and as it runs in one case",
    "Config": "Django's name for what a package says of itself",
    "Context": "the same five codes, as a client asserts them and as the plane reads them",
    "Meta": "Django's name for what a table says of itself",
    "Migration": "Django's name for a step of the tables",
    "Officer": "attachments name of an officer what they need of one",
    "Version": "what was published last and what it said, of an entry and of the rulebook",
}
"""A name that two classes may have → why it is one thing in both."""


class Named(NamedTuple):
    """A name of the product, and where it is given: a path under src/hutong without its ending."""

    name: str
    where: str

    @property
    def words(self) -> frozenset[str]:
        return _words(self.name)


@functools.cache
def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()))


class Word(NamedTuple):
    """A line of the glossary: every form of the word, and the rooms or modules that may say it."""

    forms: frozenset[str]
    rooms: tuple[str, ...]


def glossary() -> list[Word]:
    """Return the words of the code and where each may stand."""
    return [
        Word(frozenset(re.findall(r"[a-z]+", word)), tuple(re.findall(r"`([a-z_/]+)`", rooms)))
        for word, _, rooms in _rows("Words of the code")
    ]


def given_up() -> dict[str, str]:
    """Return the names that were given up, and what is said instead."""
    return {name.strip("`"): instead for name, instead in _rows("Names that were given up")}


def _rows(title: str) -> Iterator[list[str]]:
    section = GLOSSARY.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    assert lines, f"docs/glossary.md has no list under {title}"
    for line in lines[1:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def of_python(where: str, text: str) -> Iterator[Named]:
    """Yield the names that a module gives to its classes, what they are made of, and its functions."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            yield Named(node.name, where)
            for each in node.body:
                targets = each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)]
                yield from (Named(target.id, where) for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Named(node.name, where)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Move", "Lifecycle"):
            yield from (Named(said, where) for said in _of_lifecycle(node))


def _of_lifecycle(call: ast.Call) -> Iterator[str]:
    """Yield the action of a move; the states and conditions of a lifecycle."""
    yield from (first.value for first in call.args[:1] if isinstance(first, ast.Constant))
    for table in (each.value for each in call.keywords if each.arg in ("states", "conditions")):
        assert isinstance(table, ast.Dict)
        yield from (key.value for key in table.keys if isinstance(key, ast.Constant))


def of_sql(where: str, text: str) -> Iterator[Named]:
    """Yield the names of schemas, tables, functions and columns that statements make."""
    bare = re.sub(r"--[^\n]*", "", text)
    made = r"\bcreate(?: or replace)?(?: unlogged)? (?:table|schema|function|view|type)(?: if not exists)? ([\w.]+)"
    yield from (Named(name, where) for name in re.findall(made, bare))
    yield from (Named(name, where) for name in re.findall(r"\badd column(?: if not exists)? (\w+)", bare))
    for body in re.findall(r"\bcreate table [\w.]+ \((.*?)\n\);", bare, re.S):
        yield from (Named(name, where) for name in re.findall(r"^ {4}(\w+) ", body, re.M) if name != "constraint")


@functools.cache
def names() -> tuple[Named, ...]:
    """Return every name of the product; its files are read once."""
    return tuple(_names())


def _names() -> Iterator[Named]:
    for path in sorted(SOURCE.rglob("*")):
        where = path.relative_to(SOURCE).with_suffix("").as_posix()
        if path.suffix == ".py":
            yield Named(where.removesuffix("/__init__").rpartition("/")[2], where)
            yield from of_python(where, path.read_text(encoding="utf-8"))
        elif path.suffix == ".sql":
            yield from of_sql(where, path.read_text(encoding="utf-8"))
        elif path.match("audit/events/*.toml"):
            events = tomllib.loads(path.read_text(encoding="utf-8"))
            for room, each in events.items():
                for event, declared in each.items():
                    yield Named(f"{room}.{event}", where)
                    yield from (Named(field, where) for field in declared.get("fields", ()))


def strays(found: Iterable[Named], words: list[Word], instead: Mapping[str, str]) -> list[str]:
    """Return the names that say a word outside its rooms, or one that was given up."""
    faults = []
    by_form = defaultdict(list)
    for word in words:
        for form in word.forms:
            by_form[form].append(word)
    for named in found:
        for word in dict.fromkeys(word for form in named.words for word in by_form.get(form, ())):
            if not any(_in(named.where, room) for room in word.rooms):
                faults.append(f"{named.where}: {named.name} ({', '.join(sorted(word.forms))} belongs to {word.rooms})")
        for name in named.words & instead.keys():
            faults.append(f"{named.where}: {named.name} (not {name} but {instead[name]})")
        if named.name in instead and named.name not in named.words:
            faults.append(f"{named.where}: {named.name} (not {named.name} but {instead[named.name]})")
    return faults


def _in(where: str, room: str) -> bool:
    return f"{where}/".startswith(f"{room}/") or f"/{room}/" in f"/{where}/"


def test_a_word_of_the_code_stands_in_its_rooms_and_none_comes_back_that_was_given_up() -> None:
    assert strays(names(), glossary(), given_up()) == []


def test_every_word_of_the_list_is_said_and_every_room_of_it_says_it() -> None:
    said = defaultdict(set)
    for each in names():
        for form in each.words:
            said[form].add(each.where)
    for word in glossary():
        places = set().union(*(said[form] for form in word.forms))
        for room in word.rooms:
            assert any(_in(place, room) for place in places), (sorted(word.forms), room)


def test_no_two_classes_have_one_name() -> None:
    places = defaultdict(set)
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].add(path.relative_to(SOURCE).as_posix())
    twice = {name: sorted(where) for name, where in places.items() if len(where) > 1}
    assert {name: where for name, where in twice.items() if name not in ALIKE} == {}
    assert sorted(ALIKE.keys() - twice.keys()) == [], "is one class now"


def test_a_word_in_a_foreign_room_is_seen_and_so_is_a_name_that_comes_back() -> None:
    words = [Word(frozenset({"hold", "holds"}), ("audit/holds",))]
    instead = {"held": "store", "Place": "a name of its own"}
    module = "class Place:\n    held_rows: int\n\n\ndef hold_unit() -> None: ...\n"
    tables = "create schema hold;\ncreate table plane.x (\n    held text not null,\n    rows int\n);\n"
    assert strays(of_python("control/units/operations", module), words, instead) == [
        "control/units/operations: Place (not Place but a name of its own)",
        "control/units/operations: held_rows (not held but store)",
        "control/units/operations: hold_unit (hold, holds belongs to ('audit/holds',))",
    ]
    assert [each.name for each in of_sql("plane/migrations/0001_plane", tables)] == ["hold", "plane.x", "held", "rows"]
    assert strays(of_python("audit/holds", "def hold() -> None: ...\n"), words, instead) == []
