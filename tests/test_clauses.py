"""The clause register against the tests that carry its ids and the faults that are planted to see them fail."""

import functools
import importlib.util
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def tool_called(name: str):
    """Return a module of tools/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[f"tools_{name}"] = loaded
    spec.loader.exec_module(loaded)
    return loaded


tool, plant, mutants = (tool_called(name) for name in ("clauses", "plant", "mutants"))
planted = plant.planted()


@functools.cache
def marks():
    """Return the marks of all tests, which are read once."""
    return tool.marks()


def test_every_marked_clause_stands_in_the_register():
    register = tool.register()
    assert [mark for mark in marks() if mark.clause not in register] == []


def test_the_page_of_clauses_is_current():
    shown = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    assert shown == tool.page(tool.register(), marks()), "run tools/clauses.py"


def test_the_register_holds_every_clause_of_the_county_measure():
    articles = {clause.split("-")[1] for clause in tool.register() if clause.startswith("SX-")}
    assert articles == {f"{number:02}" for number in range(1, 19)}
    kinds = [set(re.findall(r"\b[A-Z]\b", clause.kind)) for clause in tool.register().values()]
    assert all(kinds)
    assert set().union(*kinds) == set(tool.KINDS)


NAMED = re.compile(
    r"(?<![\w.-])(?:(?:AG|D|HN|IS|P|PS|PT|SD|SP|SX|ZJ)-\d+(?:\.\d)?(?:-(?:\d?[a-z]|\d|[(（][一二三四五六七八九十][)）]))?"
    r"|B\.\d+\.\d+)(?![\w-])"
)
"""A clause or a source, as a text names it."""


def named_in(folder: Path) -> dict[str, set[str]]:
    """Return the clauses that the files of a folder name, each with the files' names."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        if path.suffix in (".py", ".toml", ".sql", ".html", ".po"):
            for clause in NAMED.findall(path.read_text(encoding="utf-8")):
                found.setdefault(clause, set()).add(path.name)
    return found


def test_every_clause_that_errors_moves_events_or_texts_name_stands_in_the_register():
    named = named_in(ROOT / "src")
    assert {"SX-07-e", "B.1.6", "P-4", "D-24"} < set(named)
    assert {clause: files for clause, files in named.items() if clause not in tool.register()} == {}


def test_a_clause_is_found_wherever_it_is_named(tmp_path):
    (tmp_path / "rules.py").write_text('clause = "SX-99-z"\n"""As IS-2.9 asks (D-77, B.9.9)."""\n')
    (tmp_path / "page.html").write_text("<p>依据 SX-16-(七)、SX-16-(六)：PS-05-1x，UTF-8，SHA-256</p>")
    assert set(named_in(tmp_path)) == {"SX-99-z", "IS-2.9", "D-77", "B.9.9", "SX-16-(七)", "SX-16-(六)", "PS-05-1x"}


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


def test_a_clause_has_a_state_and_what_is_kept_in_part_says_what_is_missing():
    register = tool.register().values()
    assert {clause.state for clause in register} == set(tool.STATES)
    assert [clause.id for clause in register if clause.state == "partly" and len(clause.missing) < 3] == []
    assert [clause.id for clause in register if clause.state in ("not", "context") and clause.missing != "–"] == []


def test_no_test_carries_a_clause_of_which_nothing_is_there():
    register = tool.register()
    assert [mark for mark in marks() if register[mark.clause].state in ("not", "context")] == []


def test_a_fault_changes_one_place_of_one_file():
    def found(fault) -> int:
        return (ROOT / "src" / "hutong" / fault.file).read_text(encoding="utf-8").count(fault.old)

    elsewhere = [(fault.file, fault.old, found(fault)) for fault in planted.FAULTS if found(fault) != 1]
    assert elsewhere == []
    assert [fault.what for fault in planted.FAULTS if fault.old == fault.new] == []


def test_a_file_with_a_fault_lints(tmp_path):
    for number, fault in enumerate(planted.FAULTS):
        text = (ROOT / "src" / "hutong" / fault.file).read_text(encoding="utf-8")
        if fault.file.endswith(".py"):
            # a table of a lifecycle may have longer lines, so the file keeps its name
            changed = tmp_path / str(number) / Path(fault.file).name
            changed.parent.mkdir()
            changed.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
    # Which imports are ours is told by where a file stands: here it stands elsewhere.
    command = [sys.executable, "-m", "ruff", "check", "-q", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    found = subprocess.run([*command, "--ignore", "I001", str(tmp_path)], capture_output=True, text=True)
    assert found.stdout == ""


def test_no_fault_is_planted_twice_under_one_clause():
    named = [(clause, fault.file, fault.old, fault.new) for fault in planted.FAULTS for clause in fault.clauses.split()]
    assert len(set(named)) == len(named)


def test_every_clause_that_works_is_broken_in_two_ways_and_one_kept_in_part_in_one():
    rules: dict[str, list[str]] = {}
    for fault in planted.FAULTS:
        for clause in fault.clauses.split():
            rules.setdefault(clause, []).append(fault.rule)
    least = {"works": {"out", "shifted"}, "partly": set()}
    lacking = {
        clause.id: rules.get(clause.id, [])
        for clause in tool.register().values()
        if clause.state in least
        and not (rules.get(clause.id) and least[clause.state] <= set(rules[clause.id]))
    }
    assert set(lacking) == planted.UNPLANTED
    assert set(rules) <= set(tool.register())


def test_what_has_to_pass_beside_a_fault_carries_no_clause():
    marked = {mark.test for mark in marks()}
    for fault in planted.FAULTS:
        path, _, name = plant.still_of(fault, planted.STILL).partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {name}(" in source, f"{path}::{name}"
        assert f"{path}::{name}" not in marked
        assert "\npytestmark = pytest.mark.clause" not in source


TESTS = """
import pytest
pytestmark = pytest.mark.clause("C-1")

@pytest.fixture
def broken():
    raise AssertionError("a fixture's own")

def product():
    exec(compile("raise AssertionError", "product.py", "exec"))

def test_passes(): pass
def test_asserts(): assert 1 == 2
def test_expects_a_refusal():
    with pytest.raises(KeyError):
        pass
def test_meets_an_exception(): {}["no"]
def test_meets_an_assertion_of_the_product(): product()
def test_stands_on_a_fixture(broken): pass
@pytest.mark.clause("C-2")
def test_skipped(): pytest.skip()
"""


IN_ANOTHER_ORDER = """
import pytest

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    yield
    items.sort(key=lambda item: item.name != "test_asserts")
"""


def judged(folder: Path, *more: str) -> dict[str, dict[str, str]]:
    """Return what the judge finds of TESTS."""
    (folder / "test_it.py").write_text(TESTS)
    (folder / "test_other.py").write_text("def test_still(): pass\ndef test_unmarked(): assert False\n")
    (folder / "conftest.py").write_text(IN_ANOTHER_ORDER)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = clause(ids): x\n")
    asked = ["--clause", "C-1", "--still", "test_other.py::test_still", "--verdict", "verdict.json", *more]
    quiet = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "judging", "-c", "pytest.ini", "--rootdir", "."]
    subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, *asked, "test_other.py", "test_it.py"],
        cwd=folder, env={"PYTHONPATH": str(ROOT / "tools"), "PATH": ""}, capture_output=True,
    )  # fmt: skip
    found: dict[str, dict[str, str]] = json.loads((folder / "verdict.json").read_text())
    return found


def test_the_test_that_has_to_pass_goes_first_whatever_others_put_in_order(tmp_path):
    found = judged(tmp_path)
    assert found["still"] == {"test_other.py::test_still": "passed"}
    assert found["marked"] == {"test_it.py::test_asserts": "own assertion"}


def test_a_failure_counts_only_where_the_marked_test_itself_asserts(tmp_path):
    found = judged(tmp_path, "--every")
    came = {node.partition("::")[2]: said.partition(":")[0] for node, said in found["marked"].items()}
    assert found["still"] == {"test_other.py::test_still": "passed"}
    assert came == {
        "test_passes": "passed",
        "test_asserts": "own assertion",
        "test_expects_a_refusal": "own assertion",
        "test_meets_an_exception": "call",
        "test_meets_an_assertion_of_the_product": "call",
        "test_stands_on_a_fixture": "setup",
        "test_skipped": "skipped",
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"imported": "SyntaxError: x"}, "does not import: SyntaxError: x"),
        ({"still": {}}, "the test that should still pass: was not found"),
        ({"still": {"s": "call: x"}}, "the test that should still pass: {'s': 'call: x'}"),
        ({"marked": {"a": "passed"}}, "all 1 marked tests passed"),
        ({"marked": {"a": "passed", "b": "call: KeyError"}}, "failed otherwise: {'b': 'call: KeyError'}"),
    ],
)
def test_says_why_a_fault_was_not_caught(changes, said):
    caught = {"imported": "passed", "still": {"s": "passed"}, "marked": {"a": "passed", "b": "own assertion"}}
    assert plant.judge({**caught, **changes}) == said


def test_a_changed_file_has_to_lint():
    path = ROOT / "src" / "hutong" / "plane" / "ladder.py"
    assert plant.lint(path.read_text(encoding="utf-8"), path) == ""
    assert "F401" in plant.lint(textwrap.dedent("""
        import os
    """), path)


def test_every_lifecycle_is_read_and_has_chapters():
    tables = [path for path in (ROOT / "src").rglob("lifecycle.py") if re.search(r"= Lifecycle\(", path.read_text())]
    assert {str(file) for file in mutants.FILES} == {str(path.relative_to(ROOT / "src" / "hutong")) for path in tables}
    for file in mutants.FILES:
        assert [*mutants.Reader(str(file)).mutants()], file
        assert any((ROOT / chapter).exists() for chapter in mutants.CHAPTERS[file.parent.name]), file


LIFE = """
from hutong.core.lifecycle import Clock, Counting, Lifecycle, Move, State
_BOTH = ("A", "B")
LIFE = Lifecycle(
    name="x", title="x", start="A", states={"A": State("甲"), "B": State("乙")}, homes={"consumer": "consumer"},
    editable=frozenset({"A"}),
    moves=(Move("go", "去", "A", "B", "consumer", "C", when=("x", "y"), reason=True),
           *(Move("end", "止", state, "A", "operator", "C") for state in _BOTH)),
    clocks=(Clock("c", "起", Counting.WORKING_DAYS, "x.days", ("A",), "C", pauses={"B": "停"}),),
)
"""


def test_every_literal_of_a_lifecycle_is_changed_once(tmp_path, monkeypatch):
    (tmp_path / "hutong" / "x").mkdir(parents=True)
    (tmp_path / "hutong" / "x" / "lifecycle.py").write_text(LIFE, encoding="utf-8")
    monkeypatch.setattr(mutants.plant, "SOURCE", tmp_path)
    reader = mutants.Reader("x/lifecycle.py")
    made = {mutant.what.removeprefix("x: "): mutant.applied(LIFE) for mutant in reader.mutants()}
    assert [re.sub(r", line \d+", "", what) for what in made] == [
        "go from A: role", "go from A: target", "go from A: condition without 'x'", "go from A: condition without 'y'",
        "go from A: no reason", "go from A: basis", "go from A: optional", "go from A: grave",
        "end from state: role", "end from state: target", "end from state: reason", "end from state: basis",
        "end from state: optional", "end from state: grave",
        "clock c: hours", "clock c: states without 'A'", "clock c: pauses without 'B': '停'",
        "start", "homes without 'consumer': 'consumer'", "editable without 'A'", "editable: B too",
        "_BOTH without 'A'", "_BOTH without 'B'",
    ]  # fmt: skip
    assert reader.limits() == ["x.days"]
    assert all(text != LIFE for text in made.values())
    for text in made.values():
        compile(text, "lifecycle.py", "exec")


def test_which_test_caught_a_fault_is_asked_first_the_next_time_for_as_long_as_both_are_there(tmp_path):
    file, tests = tmp_path / "caught.tsv", {"tests/a.py::test_one", "tests/a.py::test_two"}
    fault, other = planted.FAULTS[0], planted.FAULTS[1]
    pairs = [("SX-1", fault), ("SX-2", fault), ("SX-1", other)]
    kept = plant.Caught(file, pairs, tests)
    assert kept.first("SX-1", fault) == ""
    kept.note(plant.Result("SX-1", fault, "", 1, ["tests/a.py::test_one[zh]"]))
    kept.note(plant.Result("SX-1", other, "", 1, ["tests/a.py::test_two"]))
    again = plant.Caught(file, pairs, tests)
    assert [again.first(*pair) for pair in pairs] == ["tests/a.py::test_one[zh]", "", "tests/a.py::test_two"]
    assert plant.Caught(file, pairs, tests - {"tests/a.py::test_one"}).first("SX-1", fault) == "", "the test is gone"
    assert plant.Caught(file, pairs, {"tests/a.py"}).first("SX-1", fault) != "", "its whole file bears the clause"
    assert plant.Caught(file, pairs[:2], tests).first("SX-1", other) == "", "the fault is gone"
    again.note(plant.Result("SX-1", other, "all marked tests passed", 1))
    assert plant.Caught(file, pairs, tests).first("SX-1", other) == "", "nothing caught it"
