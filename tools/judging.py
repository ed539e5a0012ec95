"""A pytest plugin that says of every test that carries a clause whether it failed in an assertion of its own.

`tools/plant.py` loads it. Of the tests named on the command line those run that carry `--clause`, after `--still`;
what they came to is written to `--verdict` as JSON.
"""

import importlib
import json
from pathlib import Path
from typing import Any

import _pytest
import pytest

PASSED, OWN = "passed", "own assertion"
_PYTEST = Path(_pytest.__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("clauses")
    group.addoption("--clause", help="run the tests that carry one of these clauses; * for all")
    group.addoption("--still", help="the test that has to pass all the same")
    group.addoption("--module", help="the module that has to be importable")
    group.addoption("--every", action="store_true", help="go on after the first failure that counts")
    group.addoption("--verdict", help="the file to write what was found to")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--verdict"):
        config.pluginmanager.register(Judge(config), "judge")


class Judge:
    """What one run found: of the test that has to pass, and of every marked test."""

    def __init__(self, config: pytest.Config) -> None:
        self.clause, self.still = config.getoption("--clause"), config.getoption("--still")
        self.every, self.module = config.getoption("--every"), config.getoption("--module")
        self.target = Path(config.getoption("--verdict"))
        self.found: dict[str, dict[str, str]] = {"still": {}, "marked": {}}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the marked tests and the one that has to pass, and let that go first, whatever others put in order."""
        items = session.items
        still = [item for item in items if self.still and _named(item, self.still)]
        marked = [item for item in items if item not in still and _carries(item, self.clause)]
        session.items[:] = [*still, *marked]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        kind = "still" if self.still and _named(item, self.still) else "marked"
        said = outcome(item.path, call) if call.excinfo else PASSED
        kept = self.found[kind]
        if kept.get(item.nodeid, PASSED) == PASSED:
            kept[item.nodeid] = said
        if kind == "marked" and said == OWN and not self.every:
            item.session.shouldstop = "caught"
        return report

    def pytest_sessionfinish(self) -> None:
        imported = PASSED
        if self.module:
            try:
                importlib.import_module(self.module)
            except Exception as fault:  # whatever it is, it is told
                imported = f"{type(fault).__name__}: {fault}"
        self.target.write_text(json.dumps({**self.found, "imported": imported}), encoding="utf-8")


def outcome(test: Path, call: pytest.CallInfo[None]) -> str:
    """Return what a phase that did not pass came to: OWN where the test file itself asserted, else what and where."""
    excinfo = call.excinfo
    assert excinfo is not None
    if excinfo.errisinstance(pytest.skip.Exception):
        return "skipped"
    frames = [frame for frame in excinfo.traceback if _PYTEST not in Path(frame.path).parents]
    last = frames[-1] if frames else None
    said = excinfo.exconly(tryshort=True).splitlines()[0][:160]
    failed = excinfo.errisinstance(pytest.fail.Exception) and "Timeout" not in said
    own = call.when == "call" and last is not None and Path(last.path) == test
    if own and (failed or excinfo.errisinstance(AssertionError)):
        return OWN
    where = f"{Path(last.path).name}:{last.lineno + 1}" if last else "?"
    return f"{call.when}: {said} ({where})"


def _named(item: pytest.Item, still: str) -> bool:
    return item.nodeid == still or item.nodeid.startswith(f"{still}[")


def _carries(item: pytest.Item, clauses: str | None) -> bool:
    if clauses == "*":
        return True
    return any(set(mark.args) & set((clauses or "").split()) for mark in item.iter_markers("clause"))
