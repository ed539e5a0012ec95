"""Whoever opens the database says how long one statement may take; who does not stands below with the reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "hutong"

EXCUSED: dict[str, str] = {
    # a delivery is taken whole, in one transaction, however large; it holds up nobody but its own unit
    "console/load.py": "a delivery takes as long as it is large",
    "web/plane.py": "a delivery takes as long as it is large",
    # the demonstration, which nobody waits for
    "demo/fill.py": "fills the county before its doors open",
    "demo/playing.py": "plays the county's past",
    "demo/smoke.py": "one walk through a county of its own",
    "demo/witness.py": "registers one witness",
}
"""Who opens the database without a bound → why."""


def unbounded(text: str) -> Iterator[int]:
    """Yield the lines on which a database is opened without a bound for its statements."""
    for node in ast.walk(ast.parse(text)):
        opens = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Database"
        if opens and not any(each.arg == "statement_seconds" for each in node.keywords):
            yield node.lineno


def test_whoever_opens_the_database_bounds_its_statements():
    files = {path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    assert {path for path, text in files.items() if list(unbounded(text))} == set(EXCUSED)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("db = Database(url, role=role, size=1)", [1]),
        ("db = Database(url, role=role, statement_seconds=20.0)", []),
        ("with closing(\n    Database(url)\n) as db:\n    pass", [2]),
    ],
)
def test_who_does_not_is_found(text: str, lines: list[int]):
    assert list(unbounded(text)) == lines
