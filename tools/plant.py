#!/usr/bin/env python3
"""Plant each fault of tests/spec/*faults.py in a copy of the sources and see that the tests of its clause fail.

Usage: tools/plant.py [--only CLAUSE ...] [--unseen] [--list] [--every]. A fault counts as caught when the changed
file lints and imports, the room's unmarked test still passes, and a test that carries the clause fails in an assertion
of its own. With --every all marked tests run, and those that no fault made fail are named. Exits 1 where a fault was
not caught.

Which test caught each fault stands in tests/spec/caught.tsv, which every run writes anew: that one is asked first, and
the others where it does not fail, those first whose names share rare words with the fault.
"""

import argparse
import importlib
import importlib.util
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
CAUGHT = ROOT / "tests" / "spec" / "caught.tsv"
WORKERS = 2
PRELOADED = (
    "pytest", "hypothesis", "hypothesis.strategies", "psycopg", "psycopg_pool", "pyarrow.compute", "pyarrow.csv",
    "pyarrow.parquet", "httpx", "cryptography.hazmat.primitives.ciphers.aead", "dryoc", "django.core.management",
    "django.db.models", "django.db.backends.postgresql.base", "django.test", "django.forms",
    "django.template.defaulttags", "msgspec", "structlog", "python_calamine", "procrastinate",
    "stdnum", "chinese_calendar", "xlsxwriter",
)  # fmt: skip
PASSED, OWN = "passed", "own assertion"  # as `judging` says it


def module(name: str, path: Path) -> ModuleType:
    """Load a module of this repository that stands in no package."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def planted() -> Any:
    """Return tests/spec/faults.py, with FAULTS and STILL."""
    folder = str(ROOT / "tests" / "spec")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return module("spec_faults", ROOT / "tests" / "spec" / "faults.py")


clauses = module("tools_clauses_of_plant", ROOT / "tools" / "clauses.py")


@dataclass(frozen=True, slots=True)
class Job:
    """One fault under one of its clauses, with the tests to run."""

    clause: str
    fault: Any
    still: str
    tests: list[str]
    every: bool
    first: str = ""
    """The test that caught it the last time."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one fault under one clause; `said` says why it was not caught."""

    clause: str
    fault: Any
    said: str
    seconds: float
    failed: Sequence[str] = ()
    passed: Sequence[str] = ()

    @property
    def caught(self) -> bool:
        return not self.said


class Caught:
    """Which test caught each fault under each of its clauses, kept in a file of the repository."""

    def __init__(self, path: Path, pairs: Sequence[tuple[str, Any]], tests: Set[str]) -> None:
        self.path, self.there = path, {(clause, fault.what) for clause, fault in pairs}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        kept = (line.split("\t") for line in lines)
        self.by = {
            (clause, what): test for clause, what, test in kept
            if (clause, what) in self.there and not tests.isdisjoint((test.partition("[")[0], test.partition("::")[0]))
        }  # fmt: skip

    def first(self, clause: str, fault: Any) -> str:
        """Return the test that caught a fault the last time; nothing where none did, or it is there no more."""
        return self.by.get((clause, fault.what), "")

    def note(self, result: Result) -> None:
        """Keep which test caught a fault, or that none did."""
        if result.failed:
            self.by[result.clause, result.fault.what] = result.failed[0]
        else:
            self.by.pop((result.clause, result.fault.what), None)
        lines = sorted("\t".join((*fault, test)) for fault, test in self.by.items())
        self.path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def still_of(fault: Any, still: dict[str, str]) -> str:
    """Return the test that has to pass although the fault was planted: its own, or that of the nearest room."""
    rooms = [room for room in still if fault.file.startswith(room)]
    return str(fault.still or still[max(rooms, key=len)])


def judge(found: dict[str, Any]) -> str:
    """Return why a run does not show that the fault was caught, or nothing where it does."""
    if found["imported"] != PASSED:
        return f"does not import: {found['imported']}"
    still = found["still"]
    if not still or set(still.values()) != {PASSED}:
        return f"the test that should still pass: {still or 'was not found'}"
    if OWN in found["marked"].values():
        return ""
    others = {node: said for node, said in found["marked"].items() if said != PASSED}
    return f"failed otherwise: {others}" if others else f"all {len(found['marked'])} marked tests passed"


class Tree:
    """A copy of the sources that faults are planted in, one after the other."""

    def __init__(self, folder: Path, *, besides: Sequence[str] = ()) -> None:
        self.folder, self.besides = folder, besides
        shutil.copytree(SOURCE, folder / "src")

    @contextmanager
    def changed(self, file: str, *, old: str, new: str) -> Iterator[str]:
        """Change one file while the block lasts; yields what is wrong with the changed text, or nothing."""
        original = SOURCE / "hutong" / file
        text = original.read_text(encoding="utf-8")
        if text.count(old) != 1:
            yield f"the old text is found {text.count(old)} times"
            return
        changed = text.replace(old, new)
        with self.written(file, changed):
            yield lint(changed, original)

    @contextmanager
    def written(self, file: str, text: str) -> Iterator[None]:
        """Put another text in the place of a file while the block lasts."""
        original, copy = SOURCE / "hutong" / file, self.folder / "src" / "hutong" / file
        copy.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            shutil.copy2(original, copy)

    def run(
        self, tests: Sequence[str], *, clause: str, still: str, module: str, every: bool, full: bool = False
    ) -> dict[str, Any]:
        """Run the marked tests against this tree, in a process of its own, and return what `judging` found.

        With `full` those that `make full` alone runs are run as well.
        """
        verdict, printed = self.folder / "verdict.json", self.folder / "printed.txt"
        verdict.unlink(missing_ok=True)
        asked = ["-q", "-p", "judging", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore", "--timeout", "120"]
        asked += ["--clause", clause, "--verdict", str(verdict)]
        asked += ["--still", still] if still else []
        asked += ["--module", module] if module else []
        asked += ["--every"] if every else []
        asked += ["-m", "full or not full"] if full else []
        asked += [f"--deselect={test}" for test in self.besides]
        child = os.fork()
        if child == 0:
            self._become_pytest([*asked, *tests], printed)
        os.waitpid(child, 0)
        if not verdict.exists():
            return {"still": {}, "marked": {}, "imported": printed.read_text(encoding="utf-8")[-600:] or "no verdict"}
        return json.loads(verdict.read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    def _become_pytest(self, arguments: list[str], printed: Path) -> NoReturn:
        try:
            output = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
            paths = [str(self.folder / "src"), str(ROOT / "tools")]
            os.environ.update(
                PYTHONPATH=os.pathsep.join(paths), PYTHONDONTWRITEBYTECODE="1", HUTONG_TEST_SERVERS="embedded"
            )
            sys.dont_write_bytecode = True
            sys.path[:] = [*paths, *(each for each in sys.path if each != str(SOURCE))]
            os.chdir(ROOT)
            import pytest  # with all its plugins: the parent has it for most of them

            pytest.main(arguments)
        finally:
            sys.stdout.flush()
            os._exit(0)


def lint(text: str, path: Path) -> str:
    """Return what the linter says of a changed Python file; nothing of another."""
    if path.suffix != ".py":
        return ""
    command = [sys.executable, "-m", "ruff", "check", "-q", "--stdin-filename", str(path), "-"]
    ran = subprocess.run(command, input=text, cwd=ROOT, capture_output=True, text=True)
    return f"does not lint: {ran.stdout.strip()[:400]}" if ran.returncode else ""


def tests_of(clause: str, marks: Sequence[Any]) -> list[str]:
    """Return the tests that carry a clause."""
    return sorted({mark.test for mark in marks if mark.clause == clause})


def words(text: str) -> Set[str]:
    """Return the words of a sentence, a path or a name, without the ends that make them plural or past."""
    return {word[:6] for word in re.findall(r"[a-z]{3,}", text.lower())}


def likely_first(tests: Sequence[str], fault: Any) -> list[str]:
    """Return the tests, those first that share most words with a fault, a word counting less the more tests have it."""
    told, of = words(f"{fault.what} {fault.file} {fault.old}"), {test: words(test) for test in tests}
    often = Counter(word for named in of.values() for word in named)
    return sorted(tests, key=lambda test: -sum(1 / often[word] for word in told & of[test]))


def plant(tree: Tree, job: Job) -> Result:
    """Plant one fault and run the tests of one of its clauses until one fails.

    The one that caught it the last time comes first, then all others, and at last those of `make full`.
    """
    began, fault = time.monotonic(), job.fault
    with tree.changed(fault.file, old=fault.old, new=fault.new) as wrong:
        if wrong:
            return Result(job.clause, fault, wrong, 0)
        name = "hutong." + fault.file.removesuffix(".py").replace("/", ".") if fault.file.endswith(".py") else ""
        tests = likely_first(job.tests, fault)
        marked: dict[str, str] = {}
        said = "no test carries the clause"
        small = [([job.first] if job.first else [], True), (tests, False)]
        for named, full in [(tests, True)] if job.every else [*small, (tests, True)]:
            if not named:
                continue
            found = tree.run(
                [job.still, *named], clause=job.clause, still=job.still, module=name, every=job.every, full=full
            )
            marked |= found["marked"]
            said = judge({**found, "marked": marked})
            if OWN in marked.values():
                break
    failed, passed = ([node for node, came in marked.items() if came == wanted] for wanted in (OWN, PASSED))
    return Result(job.clause, fault, said, time.monotonic() - began, failed, passed)


def unharmed(tree: Tree, jobs: Sequence[Job]) -> dict[str, str]:
    """Return the marked tests that fail although nothing was planted, each with what it came to."""
    tests = list(dict.fromkeys(test for job in jobs for test in job.tests))
    if not tests:
        return {}
    found = tree.run(tests, clause=" ".join({job.clause for job in jobs}), still="", module="", every=True)
    if found["imported"] != PASSED:
        raise SystemExit(str(found["imported"]))
    return {node: said for node, said in found["marked"].items() if said not in (PASSED, "skipped")}


@contextmanager
def server() -> Iterator[None]:
    """Keep the tests' PostgreSQL up from one run to the next, in a process that knows the sources as they are."""
    keeping = (
        "import sys; sys.path[:0] = sys.argv[1:]; import conftest; running = conftest._started('embedded');"
        "print('up', flush=True); sys.stdin.read(); running.stop()"
    )
    command = [sys.executable, "-c", keeping, str(ROOT / "tests"), str(SOURCE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout
        assert keeper.stdin
        if keeper.stdout.readline().strip() != "up":
            raise SystemExit("PostgreSQL did not start")
        try:
            yield
        finally:
            keeper.stdin.close()
            keeper.wait()


def preload() -> None:
    """Import what every run needs of others, once; none of it imports what faults are planted in."""
    for name in PRELOADED:
        importlib.import_module(name)


_trees: list[Tree] = []


def take_tree(room: str, besides: Sequence[str] = ()) -> None:
    """Give this process a tree of its own, under the folder `room`; tests that are `besides` are not run."""
    _trees.append(Tree(Path(tempfile.mkdtemp(dir=room)), besides=besides))


def tree() -> Tree:
    """Return this process's tree."""
    return _trees[-1]


def _plant(job: Job) -> Result:
    return plant(tree(), job)


def all_planted(jobs: Sequence[Job], *, note: Callable[[Result], None]) -> list[Result]:
    """Plant every fault, two at a time, say of each how it went, and let it be noted."""
    results: list[Result] = []
    preload()
    with tempfile.TemporaryDirectory(prefix="hutong-clauses-") as room, server():
        failing = unharmed(Tree(Path(room) / "unharmed"), jobs)
        for test, said in failing.items():
            print(f"fails with nothing planted, and shows nothing: {test} ({said})", flush=True)
        several = multiprocessing.get_context("fork")
        with several.Pool(min(WORKERS, len(jobs)), initializer=take_tree, initargs=(room, [*failing])) as workers:
            for result in workers.imap_unordered(_plant, jobs):
                results.append(result)
                note(result)
                shown = "caught" if result.caught else f"NOT CAUGHT: {result.said}"
                place = f"[{len(results)}/{len(jobs)}] {result.clause} {result.fault.what}"
                print(f"{place}: {shown} ({result.seconds:.0f} s)", flush=True)
    return results


def register_shown(found: Any) -> str:
    """Return the register in a few lines: what works, what is there in part and lacks what, what is not there."""
    rows = found.values()
    lines = []
    for state in ("works", "partly", "not"):
        of_state = [clause for clause in rows if clause.state == state]
        lines.append(f"{state}: {len(of_state)}")
        lines += [f"  {clause.id}: {clause.missing}" for clause in of_state if state == "partly"]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults asked for, print what became of them and the register, and write docs/clauses.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="CLAUSE")
    parser.add_argument("--unseen", action="store_true", help="plant only those that no test is known to catch")
    parser.add_argument("--list", action="store_true", help="name the faults and plant none")
    parser.add_argument("--every", action="store_true", help="run all marked tests and name those no fault broke")
    asked = parser.parse_args(arguments)
    given = planted()
    every_pair = [(clause, fault) for fault in given.FAULTS for clause in fault.clauses.split()]
    pairs = [pair for pair in every_pair if not asked.only or pair[0] in asked.only]
    if asked.list:
        written = {fault: f"tests/spec/{each.__name__}.py" for each in given.FILES for fault in each.FAULTS}
        for clause, fault in pairs:
            print(f"{clause}  {fault.rule:8} {fault.what}  ({fault.file}; {written[fault]})")
        return 0
    began, marks = time.monotonic(), clauses.marks()
    caught = Caught(CAUGHT, every_pair, {mark.test for mark in marks})
    if asked.unseen:
        pairs = [pair for pair in pairs if not caught.first(*pair)]
    jobs = [
        Job(clause, f, still_of(f, given.STILL), tests_of(clause, marks), asked.every, caught.first(clause, f))
        for clause, f in pairs
    ]
    results = all_planted(jobs, note=caught.note)
    missed = [result for result in results if not result.caught]
    print(f"\n{len(results) - len(missed)} of {len(results)} faults caught in {time.monotonic() - began:.0f} s")
    for result in missed:
        print(f"  {result.clause}  {result.fault.what} ({result.fault.file}): {result.said}")
    if asked.every:
        broken = {node for result in results for node in result.failed}
        idle = {node for result in results for node in result.passed} - broken
        print(f"{len(idle)} marked tests that no fault made fail:", *sorted(idle), sep="\n  ")
    if not asked.only and not asked.unseen:
        print(register_shown(clauses.register()))
        clauses.main([])
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
