"""What the documents point at is there: links, files, and the functions they are said to hold."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "hutong"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
HOUSE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def broken(page: Path, text: str) -> list[str]:
    """Return the links of a page to files that are not there."""
    found = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    return [each for each in found if not (page.parent / each).exists()]


def named(text: str) -> Iterator[str]:
    """Yield what a page has in code outside its blocks."""
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def astray(text: str) -> list[str]:
    """Return what the walks of a page name that is not there: files, functions of a line's files, files beside them."""
    found = []
    for line in text.splitlines():
        cells, there = line.split("|"), [SOURCE]
        for name in named(" ".join(cells[2:4]) if len(cells) > 3 else ""):
            if name.endswith((".py", "/")):
                held = [each for each in (SOURCE / name, ROOT / name, there[-1].parent / name) if each.exists()]
                there += held[:1]
                found += [] if held else [name]
            elif name.isidentifier() and not any(_has(file, name) for file in there):
                found.append(name)
    return found


def _has(file: Path, name: str) -> bool:
    """Whether a name is defined in a module, or is a module or folder beside it."""
    if file.is_file() and re.search(rf"^(?:def|class) {name}\b", file.read_text(encoding="utf-8"), re.MULTILINE):
        return True
    return any((file.parent / each).exists() for each in (f"{name}.py", name))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    assert broken(page, page.read_text(encoding="utf-8")) == []


def test_a_link_to_nowhere_is_seen():
    page = ROOT / "docs" / "rooms.md"
    assert broken(page, "[a](walk.md) [b](rooms.md#x) [c](https://example.cn) [d](../README.md)") == ["walk.md"]


def test_what_the_walks_name_is_there():
    assert astray(HOUSE) == []


def test_a_function_or_file_that_is_not_there_is_seen():
    lines = "| load | `plane/tables.py` `publish`, `sealing`, `unpublish`; `plane/no.py` `publish` | x |\n"
    assert astray(lines) == ["unpublish", "plane/no.py"]


def test_every_decision_that_is_named_is_there_and_the_page_of_the_house_names_no_other_layer_than_there_is():
    numbers = {file.name[:4] for file in (ROOT / "docs" / "decisions").glob("*.md")}
    assert set(re.findall(r"\b00\d\d\b", HOUSE)) <= numbers
    layers = re.search(r"^layers =\n(.*?)^exhaustive", (ROOT / ".importlinter").read_text(), re.MULTILINE | re.DOTALL)
    drawn = re.search(r"```\n(.*?)```", HOUSE, re.DOTALL)
    assert layers and drawn
    kept = re.sub(r"[()|]", " ", layers[1]).split()
    said = re.findall(r"^(\w+(?: \w+)*?)(?:\s{2,}|$)", drawn[1], re.MULTILINE)
    assert [word for line in said for word in line.split()] == [word for word in kept if word != "node"]


def cited(text: str) -> set[str]:
    """Return the numbers of the decisions that a text names by number or by their file."""
    said = re.findall(r"\bdecisions? (\d{4})\b(?:(?:, | and | to )(\d{4})\b)*", text)
    return {number for each in said for number in each if number} | set(re.findall(r"decisions/(\d{4})-", text))


def test_a_decision_that_is_named_anywhere_is_there():
    numbers = {file.name[:4] for file in (ROOT / "docs" / "decisions").glob("*.md")}
    named = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.sql"), *(ROOT / "tests").rglob("*.py"), *PAGES]
    said = {path.relative_to(ROOT).as_posix(): cited(path.read_text(encoding="utf-8")) for path in named}
    assert {path: gone for path, found in said.items() if (gone := found - numbers)} == {}


def test_a_decision_that_is_not_there_is_seen():
    assert cited("as decision 0""099 says, and decisions 0""007 to 0""009") == {"0""099", "0""007", "0""009"}


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda file: file.name[:4])
def test_a_decision_bears_its_number_its_parts_and_no_more_than_two_screens(record):
    text = record.read_text(encoding="utf-8")
    heading = re.match(r"# (\d+)(?:[.:]| ·)? \S", text)
    assert heading and int(heading[1]) == int(record.name[:4])
    assert len(re.findall(r"^\*\*[^*]+\*\*", text, re.MULTILINE)) > 1, "what was asked, chosen, and why"
    assert len(text.splitlines()) < 65
