"""A test lies where its module's path says, and no room and no module with logic is without one."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE, TESTS = ROOT / "src" / "hutong", ROOT / "tests"

OF_SEVERAL_ROOMS: dict[str, str] = {
    "spec": "the clauses, a chapter of the regulations each",
    "spec/sx": "the clauses of one regulation",
    "spec/hn": "the clauses of one regulation",
    "spec/is": "the clauses of one regulation",
    "faults": "what kills, fills and cuts a whole county",
    "files": "files as people and programs write them, and what is taken of each",
    "foreign": "other people's tools, asked about what we sign and serve",
}
"""Folder of tests that mirrors no folder of the package → what it shows."""

BY_THEIR_PAGES = "a person's pages, asked of the door of people as a whole"
TESTED_ELSEWHERE: dict[str, tuple[str, str]] = {
    "audit/events": ("audit", "a table and its reader"),
    "core/text": ("core", "a table and its reader"),
    "control/procedures/kinds": ("control/procedures", "a kind of file is what an attachment may be"),
    "web/desk": ("web", BY_THEIR_PAGES),
    "web/desk/application": ("web", BY_THEIR_PAGES),
    "web/desk/catalog": ("web", BY_THEIR_PAGES),
    "web/desk/deliveries": ("web", BY_THEIR_PAGES),
    "web/desk/due": ("web", BY_THEIR_PAGES),
    "web/desk/enrolment": ("web", BY_THEIR_PAGES),
    "web/desk/grants": ("web", BY_THEIR_PAGES),
    "web/desk/handing_over": ("web", BY_THEIR_PAGES),
    "web/desk/limits": ("web", BY_THEIR_PAGES),
    "web/desk/messages": ("web", BY_THEIR_PAGES),
    "web/desk/nodes": ("web", BY_THEIR_PAGES),
    "web/desk/notices": ("web", BY_THEIR_PAGES),
    "web/desk/officers": ("web", BY_THEIR_PAGES),
    "web/desk/records": ("web", BY_THEIR_PAGES),
    "web/desk/registration": ("web", BY_THEIR_PAGES),
    "web/desk/retention": ("web", BY_THEIR_PAGES),
    "web/desk/rulebook": ("web", BY_THEIR_PAGES),
    "web/desk/security": ("web", BY_THEIR_PAGES),
    "web/api": ("web", "asked as a whole, as the desk is"),
    "web/desk/signon": ("web", BY_THEIR_PAGES),
    "web/desk/statistics": ("web", BY_THEIR_PAGES),
    "web/desk/tokens": ("web", BY_THEIR_PAGES),
    "web/desk/work": ("web", BY_THEIR_PAGES),
    "web/login": ("web", BY_THEIR_PAGES),
    "web/portal": ("web", BY_THEIR_PAGES),
    "web/signon": ("web", BY_THEIR_PAGES),
    "web/front": ("web", BY_THEIR_PAGES),
    "web/wording": ("web", BY_THEIR_PAGES),
}
"""Folder of the package without a folder of tests → where its tests lie, and why."""

ROOMS = ("audit", "control", "core", "db", "plane", "worker")
"""Rooms in which every module with logic is named by a test of the room; doors are asked as processes and pages."""
BY_ANOTHER: dict[str, str] = {
    "audit/backups.py": "backup/test_standing.py: what is noted of backups is told",
    "audit/certificate.py": "audit/test_retention.py: a purge gives one",
    "audit/runs.py": "worker/test_running.py: the record of every run",
    "audit/upgrades.py": "console/test_upgrade.py: what an upgrade notes and enters",
    "db/cluster.py": "db/test_moving.py: a cluster is made and moved",
    "db/logins.py": "installation/test_logins.py: each login tries all there is",
    "audit/stock.py": "plane/answer/test_rounds.py: ids that were reserved",
    "control/procedures/message_names.py": "web/test_message_names.py: what messages are about, by page",
    "control/handovers/apps.py": "Django asks it for the name of the room",
    "control/handovers/procedure.py": "control/procedures/test_every_lifecycle.py: every lifecycle",
    "control/nodes/apps.py": "Django asks it for the name of the room",
    "control/nodes/procedure.py": "control/procedures/test_every_lifecycle.py: every lifecycle",
    "control/notices/apps.py": "Django asks it for the name of the room",
    "control/notices/procedure.py": "control/procedures/test_every_lifecycle.py: every lifecycle",
    "control/sharing/used.py": "web/test_grant_usage.py: what is told of a grant, and to whom",
    "control/catalog/apps.py": "Django asks it for the name of the room",
    "control/catalog/procedure.py": "control/procedures/test_every_lifecycle.py: every lifecycle",
    "control/catalog/publishing.py": "control/catalog/test_catalog_changes.py: what publishing an entry does",
    "control/enrolment/registering.py": "control/enrolment/test_enrolling.py: what a file registers",
    "control/procedures/kinds/insides.py": "control/procedures/test_kinds.py: a file of every kind",
    "control/procedures/kinds/pages.py": "control/procedures/test_kinds.py: a file of every kind",
    "control/procedures/kinds/pictures.py": "control/procedures/test_kinds.py: a file of every kind",
    "control/registration/apps.py": "Django asks it for the name of the room",
    "control/releases/queries.py": "spec/is/test_is_rules_of_use.py: what is released is read for good",
    "control/registration/accepting.py": "spec/is/test_is_rules_of_use.py: who accepts the rules",
    "control/registration/passes.py": "spec/sx/test_sx_09_renewal.py: what is told of evidence that lapses",
    "control/registration/handed_in.py": "spec/sx/test_sx_10_table.py: a table on its page",
    "control/registration/pages.py": "web/test_views_make_one_call.py: what the pages read",
    "control/registration/people.py": "spec/is/test_is_people.py: the numbers of people",
    "control/registration/sheet.py": "spec/sx/test_sx_10_table.py: what a table says",
    "control/registration/together.py": "spec/sx/test_sx_10_table.py: what comes of a table",
    "control/registration/procedure.py": "control/procedures/test_every_lifecycle.py: every lifecycle",
    "control/registration/queries.py": "control/registration/test_operations.py: what was registered",
    "control/registration/rules.py": "control/registration/test_operations.py: who may register",
    "control/security/apps.py": "Django asks it for the name of the room",
    "control/security/papers.py": "control/security/test_drills.py: the papers of a drill that was filed",
    "control/security/procedure.py": "control/procedures/test_every_lifecycle.py: every lifecycle",
    "control/sharing/apps.py": "Django asks it for the name of the room",
    "control/sharing/supply.py": "control/sharing/test_supply.py: asked by the step that needs the data",
    "db/locks.py": "control/calendars/test_calendars.py: two at once",
    "plane/answer/conditions.py": "plane/answer/test_query.py: what a query is asked by",
    "plane/answer/verdicts.py": "plane/answer/test_compare.py: what a comparison tells",
    "plane/delivery/applying.py": "plane/delivery/test_loading.py: what a delivery changes",
    "plane/delivery/formers.py": "plane/test_former_versions.py: deliveries to former versions",
    "plane/delivery/store_sql.py": "plane/delivery/test_loading.py: what a delivery changes",
}
"""Module that no test of its room imports → the test that reaches it, and by what."""


def with_logic(source: Path) -> Iterator[Path]:
    """Yield the modules that define a function, by their paths in the package; migrations apart."""
    for file in sorted(source.rglob("*.py")):
        path = file.relative_to(source)
        if "migrations" not in path.parts and _defines(file.read_text(encoding="utf-8")):
            yield path


@functools.cache
def _defines(text: str) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(ast.parse(text)))


def astray(source: Path, tests: Path) -> set[str]:
    """Return the folders with tests that mirror no folder of the package."""
    folders = {file.parent.relative_to(tests).as_posix() for file in tests.rglob("test_*.py")}
    return {folder for folder in folders if not (source / folder).is_dir() or "__pycache__" in folder}


def untested(source: Path, tests: Path) -> set[str]:
    """Return the folders of the package that hold logic and have no test; the root's modules have theirs beside it."""
    folders = {path.parent.as_posix() for path in with_logic(source)}
    return {folder for folder in folders if not list((tests / folder).glob("test_*.py"))}


def unnamed(source: Path, tests: Path, *, rooms: tuple[str, ...] = ROOMS) -> set[str]:
    """Return the modules with logic that nothing in the tests of their room imports."""
    named = {room: {name for file in (tests / room).rglob("*.py") for name in _imported(file)} for room in rooms}
    modules = (path for path in with_logic(source) if path.parts[0] in rooms and path.name != "__init__.py")
    return {
        path.as_posix() for path in modules
        if ".".join(("hutong", *path.with_suffix("").parts)) not in named[path.parts[0]]
    }  # fmt: skip


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of two rooms, each with its test."""
    for path, text in {
        "src/core/tiles.py": "def cut(): ...", "src/plane/answer/query.py": "def ask(): ...",
        "src/core/words.py": "WORDS = ()",
        "tests/core/test_tiles.py": "from hutong.core import tiles",
        "tests/plane/answer/test_query.py": "import hutong.plane.answer.query",
    }.items():  # fmt: skip
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def all_found(house: Path) -> tuple[set[str], set[str], set[str]]:
    """Return the folders that are astray, the rooms without a test, and the modules without one."""
    source, tests = house / "src", house / "tests"
    return astray(source, tests), untested(source, tests), unnamed(source, tests, rooms=("core", "plane"))


def test_tests_lie_where_their_module_s_path_says():
    assert astray(SOURCE, TESTS) == {folder for folder in OF_SEVERAL_ROOMS if list((TESTS / folder).glob("test_*.py"))}


def test_every_room_with_logic_has_a_test():
    assert untested(SOURCE, TESTS) == set(TESTED_ELSEWHERE)
    assert all(list((TESTS / folder).glob("test_*.py")) for folder, _ in TESTED_ELSEWHERE.values())


def test_every_module_with_logic_is_named_by_a_test_of_its_room():
    assert unnamed(SOURCE, TESTS) == set(BY_ANOTHER)


def test_what_is_said_to_reach_a_module_is_there():
    said = {told.partition(": ")[0] for told in BY_ANOTHER.values() if told.partition(": ")[0].endswith(".py")}

    assert {path for path in said if not (TESTS / path).is_file()} == set()


def test_finds_nothing_in_a_house_that_is_in_order(house):
    assert all_found(house) == (set(), set(), set())


def test_sees_a_test_that_went_astray(house):
    (house / "tests/answers").mkdir()
    (house / "tests/plane/answer/test_query.py").rename(house / "tests/answers/test_query.py")

    assert all_found(house) == ({"answers"}, {"plane/answer"}, {"plane/answer/query.py"})


def test_sees_a_module_that_came_without_a_test(house):
    (house / "src/core/stray.py").write_text("def go(): ...", encoding="utf-8")

    assert all_found(house) == (set(), set(), {"core/stray.py"})


def test_sees_a_room_that_came_without_a_test(house):
    (house / "src/plane/bulk").mkdir()
    (house / "src/plane/bulk/engine.py").write_text("def go(): ...", encoding="utf-8")

    assert all_found(house) == (set(), {"plane/bulk"}, {"plane/bulk/engine.py"})
