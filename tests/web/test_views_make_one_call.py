"""A view parses, makes one call into the rooms below, and renders what that returned.

Read is every function of the door of people that is given a request, with what it calls in its own file. Counted are
the calls of control, plane and audit on the way that has most of them: of branches the one with more counts, what is
done in a loop counts twice, and a call that was refused counts for nothing, since the page is then read anew. The parts
that pages share (the case, the list, the form's choices) ask for themselves and are no view's.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "hutong"
ROOMS = ("hutong.control.", "hutong.plane.", "hutong.audit.")

WORDING: dict[str, str] = {
    "hutong.control.units.queries.names": "what units are called, as labels are",
    "hutong.control.units.queries.people": "what officers are called, as labels are",
    "hutong.control.catalog.queries.names": "what resources and items are called, as labels are",
    "hutong.control.units.queries.units": "what a field offers to choose from",
    "hutong.control.units.queries.officers": "what a field offers to choose from",
    "hutong.control.units.rules.readers": "who reads what a page lists, as labels are",
    "hutong.control.units.rules.works_in": "what stands in a menu",
    "hutong.control.releases.rules.sentences": "parses what was typed of a release",
    "hutong.control.units.queries.code_of": "parses what was typed of a unit",
}
"""A call that decides nothing and only puts a page in words → what for."""

EXCUSED: dict[str, tuple[int, str]] = {
    "desk/acts.py posted": (
        5, "a grave step is led to its own page before anything is done, what a wrong form lacks is told with it, and"
        " what was sent back and not changed is asked about"
    ),
    "desk/deliveries/views.py upload": (2, "shown, confirmed or cancelled by the button pressed"),
    "desk/menu.py menu": (2, "what every page of the desk has in its menu, and what was just done"),
    "desk/outcome.py of_case": (5, "what became of a case is read after it was done, to be told on the next page"),
    "desk/officers/views.py add": (2, "the password that was made is shown once, on the page of whose it is"),
    "desk/work/files.py posted": (2, "what may be done is asked and done under one lock"),
    "desk/work/giving.py giving": (4, "each ticked case is given in a transaction of its own, then the list is read"),
    "desk/work/giving.py _given": (3, "who is chosen is looked up for all, each ticked case given in a transaction"),
    "desk/work/together.py together": (3, "what is alike is read, then each ticked case has a transaction of its own"),
    "desk/work/together.py _left": (2, "each ticked case is looked at for itself"),
    "desk/work/together.py _done": (2, "each ticked case is looked at for itself"),
    "login/ended.py led_to_login": (2, "when the login ended by which a form was sent, and until when it is kept"),
    "login/ended.py _kept": (2, "when the login ended by which a form was sent, and until when it is kept"),
    "login/entrance.py login": (2, "who was not let in is shown the form again, with the services it leads to"),
    "login/sessions.py reader": (2, "who reads a public page, and whether that login stands"),
    "login/sessions.py enter": (2, "who logs in leaves the login that stood in this browser"),
    "front/admission.py _limit": (3, "who sends what, and how much is taken, before any view is asked"),
    "front/admission.py _room": (4, "who sends what, how much is taken, and whether a place is free, before any view"),
}
"""Function → how many calls it makes, and why."""

Count = int | None
"""Calls on the way that has most of them; None where no way leads there."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Calls made when a block is left at its end, and when it is left by returning or raising."""

    through: Count
    out: Count


def most(*counts: Count) -> Count:
    return max((count for count in counts if count is not None), default=None)


def plus(first: Count, then: Count) -> Count:
    return None if first is None or then is None else first + then


@dataclass(frozen=True)
class Module:
    """A file of the door, and what its names stand for."""

    functions: Mapping[str, ast.FunctionDef]
    tables: Mapping[str, ast.Dict]
    """Its tables, of which one line is looked up."""
    imported: Mapping[str, str]
    inside: Mapping[str, ast.FunctionDef] = field(default_factory=dict)
    """Functions of the function that is read."""
    reading: frozenset[str] = frozenset()
    """The functions that are being read, so that none is read again inside itself."""

    def function(self, node: ast.FunctionDef) -> int:
        """Return how many calls a function makes."""
        if node.name in self.reading:
            return 0
        nested = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
        within = Module(
            self.functions, self.tables, self.imported, {**self.inside, **nested}, self.reading | {node.name}
        )
        ways = within.block(each for each in node.body if not isinstance(each, ast.FunctionDef))
        return most(ways.through, ways.out, 0) or 0

    def block(self, body: Iterable[ast.stmt]) -> Ways:
        at, out = 0, None
        for statement in body:
            ways = self.statement(statement)
            out = most(out, plus(at, ways.out))
            if ways.through is None:
                return Ways(None, out)
            at += ways.through
        return Ways(at, out)

    def statement(self, node: ast.stmt) -> Ways:
        match node:
            case ast.Return() | ast.Raise():
                return Ways(None, self.calls(node))
            case ast.If():
                return self.one_of([node.body, node.orelse], before=self.calls(node.test))
            case ast.Match():
                return self.one_of([*(case.body for case in node.cases), []], before=self.calls(node.subject))
            case ast.Try():
                handled = (each.body for each in node.handlers)
                return self.one_of([[*node.body, *node.orelse, *node.finalbody], *handled])
            case ast.With():
                ways, before = self.block(node.body), sum(map(self.calls, node.items))
                return Ways(plus(before, ways.through), plus(before, ways.out))
            case ast.For() | ast.While():
                ways = self.block([*node.body, *node.orelse])
                before = self.calls(node.iter if isinstance(node, ast.For) else node.test)
                again = plus(before, most(ways.through, 0))
                return Ways(plus(again, most(ways.through, 0)), plus(again, ways.out))
        return Ways(self.calls(node), None)

    def one_of(self, bodies: Iterable[list[ast.stmt]], *, before: int = 0) -> Ways:
        ways = [self.block(body) for body in bodies]
        through, out = most(*(each.through for each in ways)), most(*(each.out for each in ways))
        return Ways(plus(before, through), plus(before, out))

    def calls(self, node: ast.AST | None) -> int:
        """Return how many calls an expression makes, or a statement that is no branch."""
        match node:
            case None:
                return 0
            case ast.Call():
                own = self.into_a_room(node.func)
                return (own or self.calls(node.func)) + sum(map(self.calls, [*node.args, *node.keywords]))
            case ast.Name(id=name) if found := self.inside.get(name) or self.functions.get(name):
                return self.function(found)
            case ast.Subscript(value=ast.Name(id=name)) if name in self.tables:
                return max(map(self.calls, self.tables[name].values), default=0)
            case ast.IfExp():
                return self.calls(node.test) + max(self.calls(node.body), self.calls(node.orelse))
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                every = sum(map(self.calls, ast.iter_child_nodes(node)))
                return 2 * every - self.calls(node.generators[0].iter)
        return sum(map(self.calls, ast.iter_child_nodes(node)))

    def into_a_room(self, called: ast.expr) -> int:
        match called:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                full = f"{self.imported.get(name, '')}.{attribute}"
            case ast.Name(id=name):
                full = self.imported.get(name, "")
            case _:
                return 0
        *_, room, what = f".{full}".split(".")
        return int(full.startswith(ROOMS) and full not in WORDING and what[:1].islower() and room[:1].islower())


def module(text: str) -> Module:
    body = ast.parse(text).body
    told = ((each.value, ast.unparse(each).partition(" =")[0].partition(":")[0]) for each in body
            if isinstance(each, ast.Assign | ast.AnnAssign))  # fmt: skip
    return Module(
        functions={each.name: each for each in body if isinstance(each, ast.FunctionDef)},
        tables={name: value for value, name in told if isinstance(value, ast.Dict)},
        imported={
            name.asname or name.name: f"{each.module}.{name.name}"
            for each in body if isinstance(each, ast.ImportFrom) for name in each.names
        },
    )  # fmt: skip


def several(files: Mapping[str, str]) -> dict[str, int]:
    """Return the functions given a request that make more than one call, and how many they make."""
    found = {}
    for path, text in files.items():
        read = module(text)
        for name, function in read.functions.items():
            first = [*function.args.posonlyargs, *function.args.args][:1]
            if first and first[0].arg == "request" and (calls := read.function(function)) > 1:
                found[f"{path} {name}"] = calls
    return found


def test_every_view_makes_one_call_into_the_rooms_below():
    web = SOURCE / "web"
    files = {file.relative_to(web).as_posix(): file.read_text(encoding="utf-8") for file in web.rglob("*.py")}
    assert sum("request: " in text for text in files.values()) > 30
    assert several(files) == {function: calls for function, (calls, _) in EXCUSED.items()}


HEAD = """
from hutong.control.sharing import operations, queries, rules
from hutong.control.units import queries as members
def view(request, no):
"""
ONE = {
    "a page": "    return render(queries.page(no))",
    "either of two": "    if x:\n        return operations.take(no)\n    return queries.page(no)",
    "refused, then read": "    try:\n        operations.take(no)\n        return 1\n    except P as p:\n        r = p\n"
    "    return queries.page(no)",
    "one line of a table": "    return ACTS[no](no)\nACTS: M = {'a': one, 'b': lambda no: queries.b(no)}\n"
    "def one(no):\n    queries.a(no)",
    "names and an error": "    raise queries.NoSuch(members.names(), queries.page(no))",
    "one in an expression": "    return queries.a(no) if x else queries.b(no)",
}
SEVERAL = {
    "one after the other": "    a = queries.a(no)\n    return queries.b(a)",
    "read before it is done": "    queries.page(no)\n    if x:\n        operations.take(no)\n    return 1",
    "read after it was done": "    try:\n        operations.a(no)\n    except P:\n        pass\n    queries.b(no)",
    "in a function of the file": "    queries.a(no)\n    return part(no)\ndef part(no):\n    return [queries.b(no)]",
    "in a function handed on": "    def more(x):\n        return queries.a(x), queries.b(x)\n    page(more=more)",
    "for each of many": "    return [queries.a(each) for each in no]",
    "again and again": "    for each in no:\n        operations.take(each)",
    "asked whether it may": "    return show(queries.page(no), may=rules.may(no))",
    "imported by its name": "    return show(read(no), queries.a(no))\nfrom hutong.plane.tables import read",
}


@pytest.mark.parametrize("body", ONE.values(), ids=ONE)
def test_one_call_on_each_way_is_one_call(body):
    assert several({"views.py": HEAD + body}) == {}


@pytest.mark.parametrize("body", SEVERAL.values(), ids=SEVERAL)
def test_a_view_that_makes_several_calls_is_seen(body):
    assert several({"views.py": HEAD + body}) == {"views.py view": 2}
