"""No number of days, years, tries or shares stands in control or plane: the rulebook has them (SX-17, D-8).

What is excused below is no limit anybody could decide: sizes of batches and pages, what a format allows, and seconds of
the machine.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "hutong"
ROOMS = ("control", "plane")

NAMES = re.compile(
    r"(^|_)(DAYS?|WEEKS?|YEARS?|HOURS?|MINUTES?|SECONDS?|ATTEMPTS?|TRIES|SHARE|PERCENT|MOST|LEAST|LOWEST|HIGHEST|LIMIT"
    r"|KEPT|GRACE|WITHIN|LEVEL|QUOTA|GUESSES)(_|$)",
    re.IGNORECASE,
)
"""Names that say that their number is a limit, as variables, parameters and arguments."""
IN_SQL = re.compile(r"interval\s+'[^']*\d", re.IGNORECASE)

FORMATS = ("control/procedures/kinds/", "plane/delivery/reading/")
"""Readers of files: what a format allows, and what is looked at or held of one."""

EXCUSED: dict[str, str] = {
    # sizes of what travels at once
    "control/catalog/queries.py limit": "a page of the catalogue",
    "control/units/tokens.py MINUTE": "what `token.minute_requests` counts over",
    "control/catalog/reading.py MOST_CLASSES": "classes of codes that one form lists",
    "control/catalog/reminding.py MOST_NAMED": "units and grants that one entry names",
    "control/enrolment/desk.py MOST": "bytes of a file that a page takes",
    "control/procedures/due.py WEEK": "a week has seven days",
    "control/procedures/undated.py MOST": "bytes of a year's notice",
    "control/procedures/undated.py KEPT": "rows that a page shows",
    "control/units/feeds.py MOST": "days of one calendar's file",
    "control/registration/sheet.py MOST_ROWS": "rows of one table",
    "control/releases/rules.py MOST_SENTENCES": "sentences of one release",
    "control/sharing/operations.py quota": "what a form that says nothing asks for",
    "control/sharing/operations.py guesses": "what a form that says nothing asks for",
    "plane/answer/compare.py MOST_CLAIMS": "claims of one request",
    "plane/answer/query.py MOST_ROWS": "rows of one page",
    "plane/answer/query.py limit": "rows of a page where none are asked for",
    "plane/answer/subscription.py MOST_ROWS": "rows of one page",
    "plane/answer/changes.py MOST_LOOKED_THROUGH": "changes read for one page",
    "plane/answer/snapshot.py limit": "rows of a page where none are asked for",
    "plane/answer/changes.py limit": "rows of a page where none are asked for",
    "plane/delivery/sealers.py MOST": "processes",
    # logins
    "control/procedures/messages.py timedelta": "a week, as a unit",
    "control/signon/operations.py CODE_DAYS": "how long a code that was shown may be handed in",
    "control/signon/operations.py MOST_CODES": "codes that wait to be handed in",
    "control/signon/operations.py timedelta": "how soon keys of a service are read anew",
    "control/signon/rules.py MOST_ACR": "values that one registration lists",
    "control/signon/rules.py most": "characters of one of them",
    "control/units/logins.py DAY": "a day, as a unit",
    "control/units/logins.py PLACE_DAYS": "how long a place is told from a stranger's",
    "control/units/meanwhile.py timedelta": "how long after its moment an entry may be committed",
    "control/units/sessions.py timedelta": "how exactly the last use of a login is kept",
    # memory
    "plane/answer/facts.py MOST_REMEMBERED": "facts kept in memory",
    "plane/answer/facts.py MOST_WHOLE": "definitions kept in memory",
    "plane/delivery/marks.py MOST_KNOWN": "rows compared in memory",
    # formats
    "plane/soundness.py MOST_ITEMS": "columns a table of PostgreSQL can have",
    "plane/soundness.py MOST_FILTERS": "columns of a feed",
    "plane/filters.py MOST_VALUES": "values that are sent with every statement under a grant",
    "plane/soundness.py MOST_MEGABYTES": "what may be promised of one file",
    "plane/soundness.py MOST_SECONDS": "what may be promised of the answer of an interface",
    # seconds of the machine
    "plane/answer/facts.py SPENT_SECONDS": "how long lists look first once a budget ran out",
    "plane/answer/rounds.py timedelta": "a millisecond, as a unit",
    "plane/answer/rounds.py NONCES_KEPT": "longer than a signature is taken",
    "plane/delivery/spool_folder.py FORGOTTEN_SECONDS": "what a killed process left",
    "plane/delivery/spool_folder.py UPLOAD_SECONDS": "the bound of a limit of the rulebook, for a sweep without one",
    "plane/emptying.py GRACE": "longer than any answer runs",
}
"""Where, and what it is called → why it is no limit of the rulebook."""


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of every number that looks like a limit."""
    dividing = {id(node.right) for node in ast.walk(tree) if isinstance(node, ast.BinOp) and _divides(node)}
    named: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _has_number(node.value):
            for name in _targets(node):
                if NAMES.search(name):
                    named.add(id(node.value))
                    yield node.lineno, name
        elif isinstance(node, ast.arguments):
            yield from ((line, name) for line, name, default in _defaults(node) if _said(name, default))
        elif isinstance(node, ast.Call) and id(node) not in dividing | named:
            if ast.unparse(node.func).rpartition(".")[2] == "timedelta":
                if _has_number(node):
                    yield node.lineno, "timedelta"
            else:
                said = [each.arg for each in node.keywords if each.arg and _said(each.arg, each.value)]
                yield from ((node.lineno, name) for name in said)


def _divides(node: ast.BinOp) -> bool:
    """Whether a span of time is told in a unit, as in `left // timedelta(minutes=1)`."""
    return isinstance(node.op, ast.Div | ast.FloorDiv)


def _said(name: str, value: ast.expr | None) -> bool:
    return value is not None and bool(NAMES.search(name)) and _is_number(value)


def _is_number(node: ast.expr) -> bool:
    """Whether it is a number other than nought, by itself or reckoned from numbers alone."""
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float) and node.value != 0
    if isinstance(node, ast.BinOp):
        return _is_number(node.left) and _is_number(node.right)
    return isinstance(node, ast.UnaryOp) and _is_number(node.operand)


def _has_number(node: ast.expr) -> bool:
    """Whether it is a number, or a call or a table that is given one."""
    if isinstance(node, ast.Call):
        return any(map(_has_number, [*node.args, *(each.value for each in node.keywords)]))
    if isinstance(node, ast.Dict):
        return any(map(_has_number, node.values))
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(map(_has_number, node.elts))
    return _is_number(node)


def _targets(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        for each in ast.walk(target):
            if isinstance(each, ast.Name | ast.Attribute):
                yield each.id if isinstance(each, ast.Name) else each.attr


def _defaults(node: ast.arguments) -> Iterator[tuple[int, str, ast.expr | None]]:
    placed = [*node.posonlyargs, *node.args]
    last = placed[len(placed) - len(node.defaults) :]
    for each, default in [*zip(last, node.defaults, strict=True), *zip(node.kwonlyargs, node.kw_defaults, strict=True)]:
        yield each.lineno, each.arg, default


def found(source: Path) -> dict[str, int]:
    """Return where numbers stand that look like limits: file and name → line."""
    everything: dict[str, int] = {}
    for room in ROOMS:
        for path in sorted((source / room).rglob("*")):
            place = path.relative_to(source).as_posix()
            if "migrations" in path.parts or place.startswith(FORMATS):
                continue
            if path.suffix == ".py":
                for line, name in literals(ast.parse(path.read_text(encoding="utf-8"))):
                    everything.setdefault(f"{place} {name}", line)
            elif path.suffix == ".sql":
                for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                    if IN_SQL.search(text):
                        everything.setdefault(f"{place} interval", number)
    return everything


@pytest.mark.clause("SX-17", "D-8")
def test_no_number_of_days_years_tries_or_shares_stands_outside_the_defaults():
    there = found(SOURCE)

    assert {f"{place} (line {line})" for place, line in there.items() if place not in EXCUSED} == set()
    assert {place for place in EXCUSED if place not in there} == set(), "excused, and not there any more"


PLANTED = {
    "KEPT_DAYS = 30": "KEPT_DAYS",
    "MOST = 5 * 366": "MOST",
    "WAIT = timedelta(minutes=15)": "timedelta",
    "WITHIN = timedelta(minutes=15)": "WITHIN",
    "GRACE: timedelta = timedelta(hours=1)": "GRACE",
    "KEPT_YEARS = {'usage': 5}": "KEPT_YEARS",
    "def prune(db, *, keep_days=30): ...": "keep_days",
    "def due(days: int = 5): ...": "days",
    "move('endorse', limit=2)": "limit",
    "reading.forget(days=7)": "days",
    "class C:\n    share_deleted: float = 0.2": "share_deleted",
    "before = now - timedelta(30)": "timedelta",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_sees_a_planted_number(fault):
    assert [name for _, name in literals(ast.parse(fault))] == [PLANTED[fault]]


@pytest.mark.parametrize(
    "sound",
    [
        "left = span // timedelta(minutes=1)",
        "before = now - timedelta(days=rulebook.number(cur, 'feed.kept_days', day=day))",
        "kept: int = 0",
        "limits.check(days=days)",
        "name = CharField(max_length=20)",
        "KEPT_DAYS = 'feed.kept_days'",
    ],
)
def test_leaves_what_is_looked_up_in_peace(sound):
    assert list(literals(ast.parse(sound))) == []


def test_sees_a_number_planted_in_a_file_of_the_plane_and_in_its_sql(tmp_path):
    for room in ROOMS:
        (tmp_path / room).mkdir()
    (tmp_path / "plane" / "x.py").write_text("ATTEMPTS = 3\n")
    (tmp_path / "plane" / "x.sql").write_text("-- name: old\n-- Old.\nselect now() - interval '30 days'\n")

    assert found(tmp_path) == {"plane/x.py ATTEMPTS": 1, "plane/x.sql interval": 3}
