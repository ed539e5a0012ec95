"""What a docstring says a function raises is there: a renamed failure is not left standing under its old name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import hutong

SOURCES = Path(hutong.__path__[0])
FAILURE = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
SAID = re.compile(r"\b[Rr]aises\b(.*?)(?:\.\s|\.$|\Z)", re.S)


def modules() -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCES.rglob("*.py"))]


def known(tree: ast.AST) -> Iterator[str]:
    """Yield every name that a module defines, imports or asks for."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.alias(name=name):
                yield name.rpartition(".")[2]
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def raised(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each failure that a docstring names after `raises`, with what the docstring belongs to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for said in SAID.findall(ast.get_docstring(node) or ""):
                yield from ((node.name, failure) for failure in FAILURE.findall(said))


def strays(trees: list[ast.Module]) -> list[tuple[str, str]]:
    names = {name for tree in trees for name in known(tree)}
    return [found for tree in trees for found in raised(tree) if found[1] not in names]


def test_every_failure_that_a_docstring_names_is_there():
    trees = modules()
    assert sum(1 for tree in trees for _ in raised(tree)) > 500
    assert strays(trees) == []


def test_a_failure_that_is_called_otherwise_is_seen():
    text = '''
class RoleNotAssigned(Exception):
    """It is not there."""

def take():
    """Take a role; raises RoleNotAssigned.

    Nothing else. Raises RoleNotHeld and what `give` raises.
    """
'''
    assert strays([ast.parse(text)]) == [("take", "RoleNotHeld")]
