"""Below the doors nothing reads the clock or the environment: `now` is a parameter, and settings are read at the doors.

What is excused below measures how long something takes, is a door of its own, or waits for another process.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "hutong"
DOORS = ("cli.py", "demo/", "host/", "console/", "web/", "gateway/", "worker/", "settings.py")
"""What may: the doors, those who open them, and the module that is the settings."""

READS = re.compile(
    r"^(datetime\.datetime\.(now|utcnow|today)|datetime\.date\.today|django\.utils\.timezone\.(now|localtime|localdate)"
    r"|time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|localtime|gmtime|ctime|strftime|sleep)"
    r"|os\.(environ|environb|getenv|getenvb)(\..*)?)$"
)
IN_SQL = re.compile(
    r"\b(now\(\)|(clock|statement|transaction)_timestamp\(\)|current_(timestamp|date|time)\b|localtime(stamp)?\b)", re.I
)
FILLED = ("auto_now", "auto_now_add")
"""What makes Django read the clock when it saves a row."""

EXCUSED: dict[str, str] = {
    # how long something takes
    "db/database.py time.monotonic": "how long to wait for a connection",
    "messages.py time.monotonic": "how often the same was said of late",
    "plane/answer/facts.py time.monotonic": "how long what was read is remembered",
    "plane/answer/rounds.py time.perf_counter": "how long an answer took, which its entry says",
    # processes and files of the machine
    "backup/streaming.sql clock_timestamp()": "the database's own clock, whose moments its log bears too",
    "db/embedded.py time.monotonic": "how long to wait for the server",
    "db/embedded.py time.sleep": "waits for the server",
    "db/migrate.py time.monotonic": "how long a migration is tried again",
    "db/migrate.py time.sleep": "lets those who waited behind a migration have the tables",
    "db/postmaster.py os.environ": "what a program that is begun is told",
    "db/postmaster.py time.monotonic": "how long to wait for the server",
    "db/postmaster.py time.sleep": "waits for the server",
    "plane/delivery/spool_folder.py time.time": "how long ago a file that a killed process left was written",
    # where an installation is opened
    "installation/watching.sql clock_timestamp()": "the other clock that a clock is held against",
    "installation/joining.py os.environ": "what the processes of one machine are told",
    "installation/opening.py datetime.datetime.now": "the clock that is handed to the doors",
    "installation/schema.py os.environ": "what a process that is begun is told",
    # a program of its own, which is its own door
    "client/asking.py os.environ": "the client's settings",
    "client/cli.py os.environ": "the client's command line",
    "client/environment.py datetime.datetime.now": "the client's clock",
    "client/proving.py time.monotonic": "how long to wait for a proof",
    "client/proving.py time.sleep": "waits for a proof",
    "client/watching.py time.sleep": "waits until it looks again",
    "client/wire.py datetime.datetime.now": "the clock a question is signed by",
    "terminal/speaking.py os.environ": "the language of the terminal",
    # functions of the owner, which believe no clock of who calls them
    "audit/migrations/0004_clock.sql clock_timestamp()": "whether what is to be removed is old enough",
    # what was applied, when: nobody decides by it
    "db/migrate.sql now()": "when a migration was applied",
}
"""Where, and what is read → why it may be."""


def reads(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of every read of the clock or the environment in a Python file."""
    tree = ast.parse(text)
    names = {bound: full for node in ast.walk(tree) for bound, full in _bound(node)}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner:
            if found := READS.match(_full(node, names)):
                yield node.lineno, re.sub(r"^(os\.environ).*", r"\1", found[0])
        elif isinstance(node, ast.keyword) and node.arg in FILLED:
            yield node.value.lineno, node.arg


def _full(node: ast.expr, names: dict[str, str]) -> str:
    """Return the full name of what is read, as the imports have it; nothing of what no import bound."""
    if isinstance(node, ast.Attribute):
        return f"{_full(node.value, names)}.{node.attr}"
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""


def _bound(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names an import binds, and what they are in full."""
    if isinstance(node, ast.Import):
        for each in node.names:
            yield (each.asname, each.name) if each.asname else (each.name.partition(".")[0],) * 2
    elif isinstance(node, ast.ImportFrom):
        yield from ((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)


def reads_of_sql(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of every read of the clock in a file of SQL, comments apart."""
    for number, line in enumerate(text.splitlines(), start=1):
        yield from ((number, found[0].lower()) for found in IN_SQL.finditer(line.partition("--")[0]))


def found_in(files: dict[str, str]) -> dict[str, list[int]]:
    """Return the reads below the doors, by path and name, with their lines."""
    told: dict[str, list[int]] = {}
    for path, text in files.items():
        if not path.startswith(DOORS):
            for line, name in (reads_of_sql if path.endswith(".sql") else reads)(text):
                told.setdefault(f"{path} {name}", []).append(line)
    return told


@pytest.fixture(scope="module")
def ours() -> dict[str, str]:
    """Return the text of all code and SQL of the package, by its path."""
    files = (path for path in SOURCE.rglob("*") if path.suffix in (".py", ".sql"))
    return {path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.fixture(scope="module")
def told(ours) -> dict[str, list[int]]:
    """Return the reads below the doors of our code."""
    return found_in(ours)


def test_nothing_below_the_doors_reads_the_clock_or_the_environment(told):
    assert {name: lines for name, lines in told.items() if name not in EXCUSED} == {}


def test_what_is_excused_is_there_still(told):
    assert set(EXCUSED) - set(told) == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from datetime import datetime\n\nnow = datetime.now()", "datetime.datetime.now"),
        ("import datetime as d\n\nnow = d.datetime.utcnow()", "datetime.datetime.utcnow"),
        ("from datetime import date\n\n\ndef today():\n    return date.today()", "datetime.date.today"),
        ("import datetime\n\nnow = datetime.date.today()", "datetime.date.today"),
        ("from time import time as told\n\nnow = told()", "time.time"),
        ("import time\n\nclock = time.monotonic", "time.monotonic"),
        ("from django.utils import timezone\n\nnow = timezone.now()", "django.utils.timezone.now"),
        ("from django.utils.timezone import now\n\nat = Field(default=now)", "django.utils.timezone.now"),
        ("at = DateTimeField(auto_now_add=True)", "auto_now_add"),
        ("import os\n\nplace = os.environ['HUTONG_DATA']", "os.environ"),
        ("import os\n\nplace = os.environ.get('HUTONG_DATA')", "os.environ"),
        ("from os import environ as given\n\nplace = given.get('HUTONG_DATA')", "os.environ"),
        ("from os import getenv\n\nplace = getenv('HUTONG_DATA')", "os.getenv"),
    ],
)
@pytest.mark.parametrize("room", ["core", "plane/answer", "control/procedures", "apps/new"])
def test_sees_a_read_that_was_planted(room, text, name):
    line = len(text.splitlines())

    assert found_in({f"{room}/planted.py": text}) == {f"{room}/planted.py {name}": [line]}
    assert found_in({"web/planted.py": text}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\n\nday = datetime.fromisoformat('2027-01-01')",
        "def of(now):\n    return now.date()",
        "def of(clock):\n    return clock.now()",
        "import os\n\nos.rename('a', 'b')",
        "from time import struct_time",
    ],
)
def test_a_moment_that_is_told_is_no_read(text):
    assert found_in({"plane/planted.py": text}) == {}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("select NOW() as now", "now()"),
        ("where until_at > current_date", "current_date"),
        ("at timestamptz default clock_timestamp()", "clock_timestamp()"),
        ("where at < current_timestamp - interval '1 day'", "current_timestamp"),
    ],
)
def test_sees_a_read_that_was_planted_in_sql(line, name):
    planted = {"plane/planted.sql": f"-- name: planted\n-- As of now().\n{line}\n"}

    assert found_in(planted) == {f"plane/planted.sql {name}": [3]}
    assert found_in({"plane/planted.sql": "select %(now)s, known from t -- not now()\n"}) == {}
