"""The clause register against the tests that carry its ids."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location("tools_clauses", ROOT / "tools" / "clauses.py")
assert _spec
assert _spec.loader
tool = importlib.util.module_from_spec(_spec)
sys.modules["tools_clauses"] = tool
_spec.loader.exec_module(tool)


def test_every_marked_clause_stands_in_the_register():
    register = tool.register()
    assert [mark for mark in tool.marks() if mark.clause not in register] == []


def test_the_page_of_clauses_is_current():
    shown = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    assert shown == tool.page(tool.register(), tool.marks()), "run tools/clauses.py"


def test_the_register_holds_every_clause_of_the_county_measure():
    articles = {clause.split("-")[1] for clause in tool.register() if clause.startswith("SX-")}
    assert articles == {f"{number:02}" for number in range(1, 19)}
    kinds = [set(re.findall(r"\b[A-Z]\b", clause.kind)) for clause in tool.register().values()]
    assert all(kinds)
    assert set().union(*kinds) == set(tool.KINDS)


def test_finds_marks_on_functions_classes_modules_and_parameters():
    source = """
import pytest
pytestmark = pytest.mark.clause("M-1")
@pytest.mark.clause("C-1")
class TestIt:
    @pytest.mark.clause("F-1", "F-2")
    def test_a(self): ...
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.clause("P-1"))])
async def test_b(x): ...
"""
    found = {(mark.clause, mark.test) for mark in tool.marks_in(source, "t.py")}
    assert found == {
        ("M-1", "t.py"),
        ("C-1", "t.py::TestIt"),
        ("F-1", "t.py::TestIt::test_a"),
        ("F-2", "t.py::TestIt::test_a"),
        ("P-1", "t.py::test_b"),
    }


def test_refuses_a_clause_id_it_cannot_read():
    with pytest.raises(ValueError, match="not literal"):
        tool.marks_in("@pytest.mark.clause(NAME)\ndef test_a(): ...", "t.py")
