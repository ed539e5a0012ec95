#!/usr/bin/env python3
"""Write docs/clauses.md: every clause of the register, how far it is kept, and the tests that carry its id.

Usage: tools/clauses.py [--check]. With --check nothing is written and a stale page exits 1. Tests are read,
not run: a clause has those on which `pytest.mark.clause("…")` stands, on the test, its class or module. That they
fail when their clause is broken is what `tools/plant.py` shows.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "I": "implement",
    "E": "enforce",
    "M": "measure",
    "V": "evidence",
    "N": "context, nothing to build",
    "D": "decision where the texts are silent",
    "S": "source beside the regulations: a fuller text, a standard, the practice of offices",
}
STATES = {
    "works": "the software keeps the clause",
    "partly": "a part is kept",
    "not": "nothing is there yet",
    "context": "asks for nothing",
    "decision": "not in force by itself",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One row of the register; `kind` has one or more letters of KINDS, and where it matters the phase."""

    id: str
    kind: str
    words: str
    requirement: str
    limit: str
    consequence: str
    state: str
    """One of STATES."""
    missing: str
    """What a clause kept in part lacks, or one that works could still have; a dash for nothing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One clause id as a test carries it."""

    clause: str
    test: str
    """Path from the repository and name, as pytest writes it."""


def register(root: Path = ROOT) -> dict[str, Clause]:
    """Return the clauses of docs/clauses.tsv by id, in their order."""
    lines = (root / "docs" / "clauses.tsv").read_text(encoding="utf-8").splitlines()
    clauses = [Clause(*line.split("\t")) for line in lines[1:]]
    by_id = {clause.id: clause for clause in clauses}
    if len(by_id) != len(clauses):
        raise ValueError("a clause stands in the register twice")
    return by_id


def marks(root: Path = ROOT) -> list[Mark]:
    """Return every clause mark found under tests/."""
    return [
        mark
        for path in sorted((root / "tests").rglob("test_*.py"))
        for mark in marks_in(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())
    ]


def marks_in(source: str, path: str) -> list[Mark]:
    """Return the clause marks of one test file; a mark whose ids are not literal text is an error."""
    return list(_marks(ast.parse(source), path))


def _marks(node: ast.AST, where: str) -> Iterator[Mark]:
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        inside = f"{where}::{child.name}" if named else where  # type: ignore[attr-defined]
        if isinstance(child, ast.Call) and _of_clause(child.func):
            for argument in child.args:
                if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                    raise ValueError(f"{where}: a clause id is not literal text")
                yield Mark(argument.value, where)
        yield from _marks(child, inside)


def _of_clause(called: ast.expr) -> bool:
    """Return whether what is called ends in `mark.clause`."""
    match called:
        case ast.Attribute(attr="clause", value=ast.Attribute(attr="mark") | ast.Name(id="mark")):
            return True
    return False


def page(clauses: dict[str, Clause], found: list[Mark]) -> str:
    """Return the text of docs/clauses.md."""
    tests: dict[str, list[str]] = {}
    for mark in found:
        tests.setdefault(mark.clause, []).append(mark.test)
    to_build = [clause for clause in clauses.values() if clause.state not in ("context", "decision")]
    counts = {state: sum(clause.state == state for clause in to_build) for state in ("works", "partly", "not")}
    lines = [
        "# Clauses and their tests",
        "",
        "Made by `tools/clauses.py` from `docs/clauses.tsv` and the tests; do not edit.",
        "",
        f"Of {len(to_build)} clauses that ask for something {counts['works']} work, {counts['partly']} are kept in part"
        f" and of {counts['not']} nothing is there yet."
        " `make clauses` breaks each one that is kept and sees its tests fail.",
        "Kinds: " + ", ".join(f"{letter} {meaning}" for letter, meaning in KINDS.items()) + ".",
        "States: " + ", ".join(f"{state}: {meaning}" for state, meaning in STATES.items()) + ".",
        "",
        "| Clause | Kind | Words | What the software does | Limit | State | Missing | Tests |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for clause in clauses.values():
        shown = "<br>".join(f"`{test}`" for test in sorted(set(tests.get(clause.id, [])))) or "–"
        said = (clause.id, clause.kind, clause.words, clause.requirement, clause.limit, clause.state, clause.missing)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in (*said, shown)) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is current."""
    target, text = ROOT / "docs" / "clauses.md", page(register(), marks())
    if "--check" not in arguments:
        target.write_text(text, encoding="utf-8")
        return 0
    return 0 if target.exists() and target.read_text(encoding="utf-8") == text else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
