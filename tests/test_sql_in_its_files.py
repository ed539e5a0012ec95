"""A statement stands named and described in a `.sql` file, and reads the tables of its own room.

What is built from a definition is `plane/tables.py`'s, with the excuses below.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "hutong"
BUILDS = "plane/tables.py"
MIGRATIONS = re.compile(r"/migrations/\d{4}_\w+\.py$")
"""Django's migrations: what they make beside tables can be said in SQL alone."""

STATEMENT = re.compile(
    r"""^\s*(
        select\b.*(\bfrom\b|\(|\b1$|\{) | with\s+(recursive\s+)?\w+\s+as\b | insert\s+into\b | delete\s+from\b
      | update\s+\S+(\s+\w+)?\s+set\b | copy\s+\S+.*\b(from|to)\b | merge\s+into\b | truncate\b
      | (create|alter|drop|comment\s+on)\s+(or\s+replace\s+)?(temp|temporary|unique|unlogged)?\s*
        (table|index|function|trigger|schema|role|database|view|sequence|type|policy|extension|default\s+privileges)\b
      | (grant|revoke)\b.+\b(on|in|to|from)\b | set\s+(local|role|session)\b | lock\s+table\b | do\s+\$\$ | begin\s*;
      | (analyze|vacuum|reindex|listen|notify|savepoint)\s+[\w.]+(,\s*[\w.]+)*\s*;?\s*$ | rollback\s*;?\s*$
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)

EXCUSED: dict[str, tuple[int, str]] = {
    "plane/answer/selects.py": (4, "reads a store or its feed, whose columns follow from the definition"),
    "plane/delivery/store_sql.py": (16, "writes a store or its feed, whose columns follow from the definition"),
    "plane/answer/feeds.py": (2, "a feed is a table of its own for each version"),
    "db/rights.py": (36, "made from the table of who may do what"),
    "db/embedded.py": (2, "names and a password, which no parameter can carry"),
}
"""Where → how many statements stand there in Python, and why."""

LOADED = re.compile(r"^(\w+)(?:: \w+)? = (?:sql\.)?load\(__package__,", re.MULTILINE)
"""The name under which a module has the statements of a `.sql` file; `queries` is a module of reads."""

TABLES = re.compile(r"\b(?:from|join|update|into)\s+(?:only\s+)?\"?([a-z]+)([._])\w+", re.IGNORECASE)
OWNERS = {
    "plane.": "plane", "store.": "plane", "feed.": "plane", "audit.": "audit", "units_": "control/units",
    "catalog_": "control/catalog", "sharing_": "control/sharing", "procedures_": "control/procedures",
    "registration_": "control/registration", "rulebook_": "control/rulebook", "calendars_": "control/calendars",
}  # fmt: skip
"""How a table's name begins → whose it is."""
READ_PAST: dict[str, str] = {
    "control/catalog/deliveries.sql plane": "a page of deliveries with what their resources are called",
    "control/notices/consumers.sql plane": "which units are told besides, by their grants",
    "control/procedures/messages.sql audit": "entries of a unit as its messages, without a record",
    "control/procedures/message_names.sql plane": "the names of grants, resources and systems",
    "control/procedures/messages.sql plane": "the grants of a unit that are about to end",
    "control/sharing/suspended.sql audit": "for whom a suspension was entered",
    "control/sharing/used.sql audit": "sums by month of a grant's unit, resource and mode",
    "control/sharing/used.sql plane": "what was used of a grant's budgets, by day",
    "control/sharing/hit.sql plane": "whom a grave step hits, before it is taken",
    "control/sharing/queries.sql plane": "a page of grants with what their resources, units and systems are called",
    "control/sharing/queries.sql control/units": "what the units of a page of grants are called",
    "control/sharing/raised.sql plane": "a page of alarms and raised limits, with what their resources are called",
    "control/sharing/raised.sql control/units": "what the units of that page are called",
    "control/sharing/queries.sql control/catalog": "what is published of what applications are about, at every step",
    "console/lists.sql plane": "a page of grants at the command line, with what their resources and systems are called",
    "console/lists.sql control/units": "a page of units or officers at the command line, and units' names",
    "console/lists.sql control/procedures": "a page of cases of all procedures at the command line",
    "gateway/auth.sql plane": "who signed, asked at every call",
    "control/catalog/portal.sql plane": "how much there is, on the first page",
    "control/catalog/portal.sql audit": "the head of the log, on the first page",
    "backup/evidence.sql plane": "under which keys rows and secrets are kept, of a database that came back",
    "backup/proving.sql plane": "under which grant a drill asks, of a database that goes again",
    "backup/proving.sql audit": "which comparison a drill proves, of the same",
}
"""Which file reads whose tables, and why."""


def statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the beginning of every statement that stands as text in a Python file, docstrings apart."""
    tree = ast.parse(text)
    apart = {id(part) for node in ast.walk(tree) for part in _no_text(node)}
    for node in ast.walk(tree):
        if id(node) not in apart and isinstance(node, ast.Constant | ast.JoinedStr):
            said = _said(node)
            if STATEMENT.search(said):
                yield node.lineno, " ".join(said.split())[:60]


def _no_text(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is no text of its own: docstrings, and the parts of a text with gaps."""
    if isinstance(node, ast.Expr):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from node.values


def _said(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
    if isinstance(node.value, bytes):
        return node.value.decode("utf-8", "replace")
    return node.value if isinstance(node.value, str) else ""


def in_python(files: dict[str, str]) -> dict[str, list[tuple[int, str]]]:
    """Return the statements that stand in Python, by path; those of `plane/tables.py` and of migrations apart."""
    looked_at = {path: text for path, text in files.items() if path != BUILDS and not MIGRATIONS.search(path)}
    found = {path: list(statements(text)) for path, text in looked_at.items() if path.endswith(".py")}
    return {path: listed for path, listed in found.items() if listed}


def read_past(files: dict[str, str]) -> set[str]:
    """Return which file of SQL reads tables of which other room."""
    told = set()
    for path, text in files.items():
        if path.endswith(".sql") and "/migrations/" not in path:
            bare = re.sub(r"--.*", "", text)
            owners = {OWNERS.get(f"{name}{mark}".lower()) for name, mark in TABLES.findall(bare)}
            told |= {f"{path} {owner}" for owner in owners if owner and not path.startswith(f"{owner}/")}
    return told


@pytest.fixture(scope="module")
def ours() -> dict[str, str]:
    """Return the text of all code and SQL of the package, by its path."""
    files = (path for path in SOURCE.rglob("*") if path.suffix in (".py", ".sql"))
    return {path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.fixture(scope="module")
def standing(ours) -> dict[str, list[tuple[int, str]]]:
    """Return the statements that stand in our Python, by path."""
    return in_python(ours)


def test_no_statement_stands_in_python(standing):
    assert {path: listed for path, listed in standing.items() if len(listed) > EXCUSED.get(path, (0, ""))[0]} == {}


def test_what_is_excused_stands_there_still(standing):
    assert Counter({path: len(listed) for path, listed in standing.items()}) == {
        path: count for path, (count, _) in EXCUSED.items()
    }


def test_the_statements_of_a_file_are_called_statements_in_every_module(ours):
    loaded = {path: LOADED.findall(text) for path, text in ours.items() if path.endswith(".py")}
    named = {path: names for path, names in loaded.items() if names}
    assert len(named) > 30
    assert {path: names for path, names in named.items() if names != ["statements"]} == {}
    assert LOADED.findall('queries = sql.load(__package__, "log.sql")\n') == ["queries"]


def test_tables_are_read_by_their_own_room(ours):
    assert read_past(ours) == set(READ_PAST)


@pytest.mark.parametrize(
    "line",
    [
        'cur.execute("select id from plane.system where unit = %s", [unit])',
        'cur.execute("SELECT pg_advisory_xact_lock(1)")',
        'cur.execute(f"select {how}(1)")',
        'cur.execute("select "\n            "id from t")',
        'STATEMENT = """\nwith gone as (select 1) delete from t\n"""',
        'cur.execute("insert into t (a) values (%s)", [1])',
        'cur.execute("update only t set a = 1")',
        'cur.execute("update t x set a = 1")',
        'cur.execute(SQL("delete from {}").format(name))',
        'cur.execute(b"truncate t")',
        'cur.execute("create temp table t (a int)")',
        'cur.execute("alter table t drop a")',
        'cur.execute("grant select on t to hutong_plane")',
        'cur.execute("set local work_mem = 1")',
        'cur.execute("analyze t")',
        'with cur.copy("copy t (a) from stdin"):\n        pass',
        'Entry.objects.raw("select * from catalog_entry")',
    ],
)
def test_sees_a_statement_that_was_planted(line):
    planted = f'"""Select what is asked for from the table."""\n\n\ndef planted(cur):\n    {line}\n'

    assert len(in_python({"control/new/queries.py": planted})["control/new/queries.py"]) == 1
    assert in_python({BUILDS: planted, "control/new/migrations/0001_initial.py": planted}) == {}


@pytest.mark.parametrize(
    "text",
    [
        '"""Select from the list what is asked for."""',
        'raise Refused("update the file, then load it again")',
        'say("with an officer of the unit")',
        'WORDS = {"analyze": "分析", "select": "选择", "grant": "授权"}',
        'help_ = "begin and end roles by their days"',
    ],
)
def test_words_are_no_statement(text):
    assert in_python({"console/planted.py": text}) == {}


@pytest.mark.parametrize(
    ("path", "line", "told"),
    [
        ("control/new/queries.sql", "select 1 from plane.system", {"control/new/queries.sql plane"}),
        ("control/new/queries.sql", "delete from units_officer", {"control/new/queries.sql control/units"}),
        ("plane/planted.sql", "select 1 from t join audit.entry e on true", {"plane/planted.sql audit"}),
        ("plane/answer/planted.sql", "select 1 from plane.system -- not from audit.entry", set()),
    ],
)
def test_sees_a_table_read_past_its_owner(path, line, told):
    assert read_past({path: f"-- name: planted\n-- It is planted.\n{line}\n"}) == told
