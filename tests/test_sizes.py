"""A module is one idea and a function fits a screen; what is longer stands below with the reason, and only shrinks."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ("src", "tools", "benchmarks", "tests")
MODULE, FUNCTION = 400, 60

EXCUSED: dict[str, tuple[int, str]] = {
    "tests/audit/test_export_and_verify.py": (529, "what is left out of an export or put into one, fault by fault"),
    "tests/control/procedures/test_hands_and_handling.py": (420, "hands and handling stand in one transaction"),
    "tests/control/procedures/test_kinds.py": (463, "a file of every kind, whole and broken"),
    "tests/faults/storm.py": (438, "the storm of faults that one run is"),
    "tests/plane/delivery/test_loading.py": (533, "a delivery from its first byte to its receipt"),
    "tests/plane/delivery/reading/test_reading.py": (495, "a file of every format, whole and broken"),
    "tests/plane/test_row_filter.py": (419, "a row filter in each of the three modes"),
    "tests/plane/test_versions.py": (416, "a resource's versions, from one to the next"),
}
"""Path → how many lines it has at most, and why it is longer than a module may be."""


@functools.cache
def lengths(path: str, text: str) -> tuple[tuple[str, int], ...]:
    """Return the length in lines of what is too long in a file: the module, and its functions by their names."""
    return tuple(_lengths(path, text))


def _lengths(path: str, text: str) -> Iterator[tuple[str, int]]:
    if (lines := len(text.splitlines())) > MODULE:
        yield path, lines
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            whole = (node.end_lineno or node.lineno) - node.lineno + 1
            if whole > FUNCTION:
                yield f"{path} {node.name}", whole


def too_long(files: dict[str, str]) -> dict[str, int]:
    """Return what is too long, and longer than it is excused to be, with its length."""
    found = dict(each for path, text in files.items() for each in lengths(path, text))
    return {name: lines for name, lines in found.items() if lines > EXCUSED.get(name, (0, ""))[0]}


@pytest.fixture(scope="module")
def ours() -> dict[str, str]:
    """Return the text of every module of ours, by its path."""
    found = (path for folder in CODE for path in (ROOT / folder).rglob("*.py"))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}


def test_no_module_and_no_function_is_too_long(ours):
    assert too_long(ours) == {}


def test_what_is_excused_is_too_long_still(ours):
    found = {name for path, text in ours.items() for name, _ in lengths(path, text)}

    assert set(EXCUSED) - found == set()
    assert all(reason for _, reason in EXCUSED.values())


@pytest.mark.parametrize("path", ["src/hutong/core/canonical.py", "tests/plane/delivery/test_loading.py"])
def test_sees_a_module_that_grew_too_long(ours, path):
    most = max(MODULE, EXCUSED.get(path, (0, ""))[0])
    grown = ours[path] + "\n" * (most + 1 - len(ours[path].splitlines()))

    assert too_long({path: grown}) == {path: most + 1}
    assert too_long({path: grown[:-1]}) == {}


@pytest.mark.parametrize("begins", ["def planted():", "async def planted():", "class Some:\n    def planted(self):"])
def test_sees_a_function_that_grew_too_long(begins):
    deep = "        " if "class" in begins else "    "
    lines = [f"{deep}{number}\n" for number in range(FUNCTION)]

    assert too_long({"src/planted.py": f"{begins}\n{''.join(lines)}"}) == {"src/planted.py planted": FUNCTION + 1}
    assert too_long({"src/planted.py": f"{begins}\n{''.join(lines[1:])}"}) == {}
