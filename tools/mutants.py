#!/usr/bin/env python3
"""Change every literal of every lifecycle, one at a time, and list the changes that no chapter notices.

Usage: tools/mutants.py [--only FOLDER ...] [--list]. Of a move its role, target, conditions, whether it needs a reason
or a basis, waits, and is grave; of a clock how it counts, its limit (its default, one up and one down), its states,
pauses and conditions; of the whole where roles are held, who acts instead, who is kept apart, and what may be edited.
Exits 1 where a change survived.
"""

import argparse
import ast
import gc
import importlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import judging
import plant
import pytest
from _pytest.runner import runtestprotocol

FILES = sorted(
    path.relative_to(plant.SOURCE / "hutong")
    for path in plant.SOURCE.glob("hutong/**/lifecycle.py")
    if "Lifecycle(\n" in path.read_text(encoding="utf-8") and path.parent.name != "core"
)
DEFAULTS = "core/defaults.py"
CHAPTERS: dict[str, tuple[str, ...]] = {
    "catalog": (
        "tests/spec/sx/test_sx_limits.py",
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/spec/sx/test_sx_05_catalogue.py",
        "tests/spec/sx/test_sx_02_parties.py",
    ),
    "sharing": (
        "tests/spec/sx/test_sx_limits.py",
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/spec/sx/test_sx_08_application.py",
        "tests/spec/sx/test_sx_02_parties.py",
    ),
    "nodes": (
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/spec/sx/test_sx_13_servers.py",
        "tests/spec/sx/test_sx_14_changes.py",
        "tests/spec/sx/test_sx_14_drifts.py",
    ),
    "notices": (
        "tests/spec/sx/test_sx_limits.py",
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/spec/sx/test_sx_12_contact.py",
        "tests/spec/sx/test_sx_15_maintenance.py",
        "tests/spec/sx/test_sx_15_faults.py",
    ),
    "handovers": (
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/spec/sx/test_sx_11_hand_over.py",
    ),
    "registration": (
        "tests/spec/sx/test_sx_limits.py",
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/spec/sx/test_sx_10_registration.py",
        "tests/spec/sx/test_sx_10_table.py",
        "tests/spec/is/test_is_people.py",
    ),
    "audit": (
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/audit/test_retention.py",
        "tests/spec/sx/test_sx_10_use.py",
    ),
    "security": (
        "tests/spec/sx/test_sx_limits.py",
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/spec/sx/test_sx_11_plan_and_drill.py",
    ),
    "plane": (
        "tests/control/procedures/test_every_lifecycle.py",
        "tests/plane/test_lifecycle.py",
        "tests/plane/test_grants.py",
        "tests/spec/sx/test_sx_16_suspension.py",
    ),
    "core": ("tests/spec/sx/test_sx_limits.py",),
}
"""Folder of a changed file → the tests it is shown to, the quick ones first."""
FLAGS = ("reason", "basis", "optional", "grave")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `old` becomes `new` at bytes `start` to `end` of a file."""

    file: str
    start: int
    end: int
    new: str
    what: str

    def applied(self, text: str) -> str:
        """Return the text with the change in it."""
        data = text.encode()
        return (data[: self.start] + self.new.encode() + data[self.end :]).decode()


class Reader:
    """Finds the changes of one lifecycle in its source."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.text = (plant.SOURCE / "hutong" / file).read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)
        lines = self.text.encode().splitlines(keepends=True)
        self.starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
        self.states: list[str] = []
        self.roles = sorted({str(_argument(call, 4)) for call in _calls(self.tree, "Move")})  # one may have one alone

    def mutants(self) -> Iterator[Mutant]:
        """Yield every change of the lifecycles of this file."""
        for life in _calls(self.tree, "Lifecycle"):
            self.states = _keys(life, "states")
            for call in _calls(life, "Move"):
                yield from self._of_move(call)
            for call in _calls(life, "Clock"):
                yield from self._of_clock(call)
            for call in _calls(life, "Apart"):
                for each in call.args:
                    yield from self._without_each(each, f"apart, line {call.lineno}")
            yield from self._of_whole(life)
        for node in ast.walk(self.tree):  # the states or roles that a move or a clock shares with others
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                name = ast.unparse(node.targets[0])
                if sum(isinstance(each, ast.Name) and each.id == name for each in ast.walk(self.tree)) > 1:
                    yield from self._without_each(node.value, name)
            if isinstance(node, ast.comprehension) and isinstance(node.iter, ast.Tuple):
                yield from self._without_each(node.iter, f"moves of several states, line {node.iter.lineno}")

    def limits(self) -> list[str]:
        """Return the names of the limits that its clocks look up."""
        constants = {
            ast.unparse(each.targets[0]): str(each.value.value) for each in self.tree.body
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
        }  # fmt: skip
        named = {str(_argument(call, 3)) for call in _calls(self.tree, "Clock")}
        return sorted({constants.get(name, name) for name in named} - {"", "None"})

    def _of_move(self, call: ast.Call) -> Iterator[Mutant]:
        what = f"{_argument(call, 0)} from {_argument(call, 2)}, line {call.lineno}"
        yield self._put(call.args[4], repr(_another(self.roles, _argument(call, 4))), f"{what}: role")
        yield self._put(call.args[3], repr(_another(self.states, _argument(call, 3))), f"{what}: target")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "when" in given:
            yield from self._without_each(given["when"], f"{what}: condition")
        for flag in FLAGS if _argument(call, 4) != "TIME" else ():  # nobody takes what time does
            if flag in given:
                yield self._put(given[flag], "False", f"{what}: no {flag}")
            else:
                end = self._place(call.end_lineno, call.end_col_offset) - 1
                room = Path(self.file).parent
                yield Mutant(self.file, end, end, f", {flag}=True", f"{room}: {what}: {flag}")

    def _of_clock(self, call: ast.Call) -> Iterator[Mutant]:
        what = f"clock {_argument(call, 0)}"
        yield self._put(call.args[2], "Counting.HOURS", f"{what}: hours")
        if isinstance(call.args[4], ast.Tuple):
            yield from self._without_each(call.args[4], f"{what}: states")
        for keyword in call.keywords:
            if keyword.arg in ("when", "pauses"):
                yield from self._without_each(keyword.value, f"{what}: {keyword.arg}")

    def _of_whole(self, life: ast.Call) -> Iterator[Mutant]:
        for keyword in life.keywords:
            value = keyword.value
            if keyword.arg == "homes":
                yield from self._without_each(value, "homes")
            if keyword.arg == "instead" and isinstance(value, ast.Dict):
                for role in value.values:
                    yield self._put(role, repr(_another(self.roles, ast.literal_eval(role))), "instead: role")
            if keyword.arg == "start":
                yield self._put(value, repr(_another(self.states, ast.literal_eval(value))), "start")
            if keyword.arg == "editable" and isinstance(value, ast.Call):
                (listed,) = value.args
                yield from self._without_each(listed, "editable")
                named = ast.literal_eval(listed)
                more = next(state for state in self.states if state not in named)
                yield self._put(listed, repr({*named, more}), f"editable: {more} too")

    def _without_each(self, node: ast.expr, what: str) -> Iterator[Mutant]:
        """Yield the changes that leave one element out of a tuple, set, dict or frozenset written down here."""
        if isinstance(node, ast.Call) and node.args:  # frozenset({...})
            node = node.args[0]
        if isinstance(node, ast.Dict):
            parts = [
                (f"**{ast.unparse(value)}" if key is None else f"{ast.unparse(key)}: {ast.unparse(value)}")
                for key, value in zip(node.keys, node.values, strict=True)
            ]
        elif isinstance(node, ast.Tuple | ast.Set):
            parts = [ast.unparse(each) for each in node.elts]
        else:
            return
        for place, part in enumerate(parts):
            left = parts[:place] + parts[place + 1 :]
            if isinstance(node, ast.Tuple):
                new = f"({', '.join(left)}{',' if len(left) == 1 else ''})"
            else:
                new = "{" + ", ".join(left) + "}" if left or isinstance(node, ast.Dict) else "set()"
            yield self._put(node, new, f"{what} without {part}")

    def _put(self, node: ast.expr, new: str, what: str) -> Mutant:
        start, end = self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)
        return Mutant(self.file, start, end, new, f"{Path(self.file).parent}: {what}")

    def _place(self, line: int | None, column: int | None) -> int:
        assert line is not None
        assert column is not None
        return self.starts[line - 1] + column


def _calls(tree: ast.AST, name: str) -> list[ast.Call]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in found if isinstance(call.func, ast.Name) and call.func.id == name]


def _argument(call: ast.Call, place: int) -> object:
    node = call.args[place]
    return node.value if isinstance(node, ast.Constant) else ast.unparse(node)


def _keys(call: ast.Call, name: str) -> list[str]:
    for keyword in call.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Dict):
            return [ast.literal_eval(key) for key in keyword.value.keys if key is not None]
    return []


def _another(listed: Sequence[str], than: object) -> str:
    place = listed.index(str(than)) if than in listed else -1
    return listed[(place + 1) % len(listed)]


def of_limits(names: Sequence[str]) -> Iterator[Mutant]:
    """Yield the changes of defaults by one, up and down."""
    text = (plant.SOURCE / "hutong" / DEFAULTS).read_text(encoding="utf-8")
    for name in names:
        before = text.index(f'"{name}", ') + len(f'"{name}", ')
        digits = text[before : text.index(",", before)]
        start = len(text[:before].encode())
        for more in (1, -1):
            new = str(int(digits) + more)
            yield Mutant(DEFAULTS, start, start + len(digits), new, f"limit {name}: {new} instead of {digits}")


class Mutating:
    """A pytest plugin that collects the chapters once and runs them, in a process of its own, for every change.

    A process that was forked off changes the lifecycle where it lies in memory, so that whoever has imported it sees it
    changed, and stops at the first test that fails in an assertion of its own.
    """

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.mutants, self.left = mutants, list[Mutant]()
        self.noticed = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Let the quick tests go first, and last those that need a database, whatever others put in order."""

        def slowness(item: pytest.Item) -> tuple[bool, bool]:
            generated = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
            return "server" in getattr(item, "fixturenames", ()), generated

        session.items.sort(key=slowness)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        report = yield
        if call.excinfo and judging.outcome(item.path, call) == judging.OWN:
            self.noticed = item.nodeid
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the chapters for every change, some at a time, and say what became of it."""
        waiting, running = list(reversed(self.mutants)), dict[int, tuple[Mutant, int]]()
        done = 0
        gc.freeze()  # what was collected stays shared by all processes
        while waiting or running:
            while waiting and len(running) < plant.WORKERS:
                mutant = waiting.pop()
                reading, writing = os.pipe()
                child = os.fork()
                if child == 0:
                    self._child(session, mutant, writing)
                os.close(writing)
                running[child] = mutant, reading
            child, _ = os.wait()
            mutant, reading = running.pop(child)
            with open(reading, encoding="utf-8") as told:
                said = told.read()
            done += 1
            if not said:
                self.left.append(mutant)
            print(f"[{done}/{len(self.mutants)}] {mutant.what}: {said or 'SURVIVED'}", flush=True)
        return True

    def _child(self, session: pytest.Session, mutant: Mutant, writing: int) -> None:
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            try:
                apply(mutant)
            except Exception as fault:  # a lifecycle that cannot be read is noticed by whoever starts the platform
                self.noticed = f"cannot be read: {type(fault).__name__}"
            shown = CHAPTERS[Path(mutant.file).parent.name]
            items = [item for item in session.items if item.nodeid.partition("::")[0] in shown]
            for place, item in enumerate(items):
                if self.noticed:
                    break
                runtestprotocol(item, log=False, nextitem=items[place + 1] if place + 1 < len(items) else None)
            os.write(writing, self.noticed.encode())
        finally:
            os._exit(0)


def apply(mutant: Mutant) -> None:
    """Change a lifecycle, or a default, where it lies in memory."""
    text = (plant.SOURCE / "hutong" / mutant.file).read_text(encoding="utf-8")
    module = importlib.import_module("hutong." + mutant.file.removesuffix(".py").replace("/", "."))
    changed: dict[str, object] = {"__name__": module.__name__}
    exec(compile(mutant.applied(text), mutant.file, "exec"), changed)  # noqa: S102  it is our own source, with one literal changed
    for name, value in vars(module).items():
        if name == "LIMITS":
            value.update(changed[name])
        elif is_dataclass(value) and not isinstance(value, type):
            for each in fields(value):
                object.__setattr__(value, each.name, getattr(changed[name], each.name))
        elif isinstance(value, tuple | frozenset):
            setattr(module, name, changed[name])


def main(arguments: Sequence[str] | None = None) -> int:
    """Make every change, see whether it is noticed, and list those that are not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="FOLDER", help="e.g. sharing")
    parser.add_argument("--list", action="store_true", help="name the changes and make none")
    asked = parser.parse_args(arguments)
    readers = [Reader(str(file)) for file in FILES if not asked.only or file.parent.name in asked.only]
    mutants = [mutant for reader in readers for mutant in reader.mutants()]
    mutants += of_limits(sorted({name for reader in readers for name in reader.limits()}))
    if asked.list:
        print(*(mutant.what for mutant in mutants), sep="\n")
        return 0
    began, plugin = time.monotonic(), Mutating(mutants)
    os.environ["HUTONG_TEST_SERVERS"] = "embedded"
    os.chdir(plant.ROOT)
    quiet = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore", "--timeout", "0"]
    with plant.server():
        rooms = dict.fromkeys(Path(mutant.file).parent.name for mutant in mutants)
        named = dict.fromkeys(path for room in rooms for path in CHAPTERS[room])
        pytest.main([*quiet, *(path for path in named if (plant.ROOT / path).exists())], plugins=[plugin])
    noticed = len(mutants) - len(plugin.left)
    print(f"\n{noticed} of {len(mutants)} changes noticed in {time.monotonic() - began:.0f} s")
    print(*(f"  survived: {mutant.what}" for mutant in plugin.left), sep="\n")
    return 1 if plugin.left else 0


if __name__ == "__main__":
    sys.exit(main())
