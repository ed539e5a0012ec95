"""Whether an officer may is a rule of a room: the door of people asks it, and compares no role of its own.

Read is every module of the door. A breach is what asks an officer for a role (`has_role`, `units_as`, `answers_for`),
compares something with the name of a role, or raises a refusal that a room has for it.
"""

import ast
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hutong.control.units.rules import ROLES
from hutong.core.errors import Refused

WEB = Path(__file__).parents[2] / "src" / "hutong" / "web"
ASKING = frozenset({"has_role", "units_as", "answers_for"})
ROOMS = ("hutong.control.", "hutong.plane.", "hutong.audit.")


def breaches(text: str) -> Iterator[str]:
    """Yield each place of a module that decides a role."""
    tree = ast.parse(text)
    imported = {
        name.asname or name.name: f"{each.module}.{name.name}"
        for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) for name in each.names
    }  # fmt: skip
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=attr) if attr in ASKING:
                yield f"{node.lineno}: {attr}"
            case ast.Compare(left=left, comparators=others) if any(map(_names_role, [left, *others])):
                yield f"{node.lineno}: compared"
            case ast.Raise(exc=raised) if raised is not None and _refuses(raised, imported):
                yield f"{node.lineno}: refused"


def _names_role(node: ast.expr) -> bool:
    """Whether a side of a comparison is the name of a role, or has one among its parts."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(isinstance(each, ast.Constant) and each.value in ROLES for each in parts)


def _refuses(raised: ast.expr, imported: Mapping[str, str]) -> bool:
    """Whether what is raised is a refusal of a room below."""
    match raised.func if isinstance(raised, ast.Call) else raised:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            full = f"{imported.get(name, '')}.{attribute}"
        case ast.Name(id=name):
            full = imported.get(name, "")
        case _:
            return False
    if not full.startswith(ROOMS):
        return False
    module, _, name = full.rpartition(".")
    return issubclass(getattr(importlib.import_module(module), name), Refused)


def test_the_door_of_people_decides_no_role():
    files = {path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in sorted(WEB.rglob("*.py"))}
    assert len(files) > 100
    found = {name: [*breaches(text)] for name, text in files.items()}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    ("breach", "told"),
    [
        ('may = actor.has_role("consumer")', "has_role"),
        ("may = bool(actor.units_as(HEAD))", "units_as"),
        ('may = actor.answers_for("authority", region=region)', "answers_for"),
        ("stands = Actor.has_role", "has_role"),
        ('mine = {seat for seat in actor.seats if seat.role == "authority"}', "compared"),
        ('may = "auditor" in actor.roles', "compared"),
        ('may = role in ("operator", other)', "compared"),
        ("from hutong.control.procedures.rules import NotYourRole\nraise NotYourRole(role=role)", "refused"),
        ("from hutong.audit import reading\nraise reading.OnlyAuditor", "refused"),
    ],
)
def test_a_view_that_decides_a_role_is_seen(breach, told):
    assert [place.partition(": ")[2] for place in breaches(breach)] == [told]


@pytest.mark.parametrize(
    "plain",
    [
        'told = named(seat.role, "role")',
        "own = [role for role in sorted(actor.roles)]",
        'may = desk.may and kind == "usage"',
        "from hutong.control.units import naming\nnaming.check(actor)",
        "from hutong.control.procedures.rules import NothingWaits\nraise NothingWaits(title=title, case=number)",
        "from hutong.web.desk import fields\nraise fields.FieldEmpty(field=name)",
    ],
)
def test_what_only_shows_or_asks_is_no_breach(plain):
    assert [*breaches(plain)] == []
