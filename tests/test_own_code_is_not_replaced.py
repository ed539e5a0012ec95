"""No test puts something else in the place of our own code where a fault can be planted instead.

What is replaced all the same stands below with the reason: the machine, the settings of a door, a bound that is made
small, or what no data, database or machine can be brought to do.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

REPLACING = re.compile(r"(^|\.)(monkeypatch|mp|patch)\.(setattr|setitem|delattr|delitem|object)$|(^|\.)patch$")
REPLACES = ("setattr", "setitem", "delattr", "delitem", "object", "patch")
MOCKS = ("unittest.mock", "mock", "pytest_mock")

MACHINE = "the machine, not our code"
SETTING = "what the door is told by its settings"
SMALL = "a bound made small, so that it is reached in a test"
COUNTED = "our own code runs; how often is counted, which its results do not show"
UNFORESEEN = "a fault of ours that no data and no database can bring about"

EXCUSED: dict[str, str] = {
    "audit/test_export_bounds.py export._BATCH": SMALL,
    "audit/test_inspecting.py inspecting.BATCH": SMALL,
    "backup/test_network_storage.py os.name": MACHINE,
    "console/test_places_that_fail.py os.fsync": MACHINE,
    "console/test_lists.py opening.out._width": "how wide a terminal is",
    "control/procedures/test_clocks.py defaults.LIMITS": "a limit in hours, which the rulebook has none of yet",
    "control/procedures/test_clocks.py hutong.control.rulebook.queries.DELIVERED": "the same limit, as delivered",
    "db/test_embedded.py embedded.LOG_BYTES": SMALL,
    "db/test_embedded.py embedded.SOCKETS": "a folder of the machine",
    "db/test_embedded.py postmaster.SHARED": "a folder of the machine",
    "db/test_removing.py postmaster.SHARED": "a folder of the machine",
    "db/test_jobs.py jobs.migrations": "a migration that the queue has not published yet",
    "db/test_migrate.py migrate.LOCK_SECONDS": "a number: how long is waited",
    "db/test_migrate.py migrate.PATIENCE_SECONDS": "a number: how long is waited",
    "db/test_migrate.py migrate.PAUSE_SECONDS": "a number: how long is waited",
    "db/test_trips.py trips.MOST_PREPARED": SMALL,
    "gateway/deployed.py socket.getaddrinfo": MACHINE,
    "gateway/test_cores.py cores.os.sched_setaffinity": MACHINE,
    "gateway/test_deployed.py proxies.PAGE": "what an operator writes into the page's configuration",
    "gateway/test_lists.py lists.auth.check_body": UNFORESEEN,
    "gateway/test_stops.py state.FLUSH_SECONDS": SMALL,
    "gateway/test_stops.py state.refusals.write": "a database that goes away in the middle of one write",
    "gateway/test_tick.py Tick._gather": COUNTED,
    "installation/test_logins.py rights.ROLES": "a role that a later version has and the server has not",
    "installation/test_copies.py postmaster.SHARED": "a folder of the machine",
    "installation/test_status.py postmaster.SHARED": "a folder of the machine",
    "plane/answer/test_rounds.py facts.MOST_REMEMBERED": SMALL,
    "plane/answer/test_rounds.py facts.changed": COUNTED,
    "plane/answer/test_rounds.py facts.read": COUNTED,
    "plane/answer/test_rounds.py limits.look_spent": COUNTED,
    "plane/delivery/reading/test_reading.py unpacking.bound": SMALL,
    "plane/delivery/reading/test_reading.py workbook_guard.bound": SMALL,
    "plane/delivery/reading/test_workbook.py workbook_guard.LARGEST_SHEET": SMALL,
    "plane/delivery/reading/test_workbook.py workbook_guard.MOST_CELLS": SMALL,
    "plane/delivery/reading/test_workbook_alike.py workbook_guard._CHUNK": SMALL,
    "plane/delivery/reading/test_workbook_look.py workbook_guard.LARGEST_SHEET": SMALL,
    "plane/delivery/reading/test_workbook_odd_values.py workbook_guard.MOST_CHANGES": SMALL,
    "plane/delivery/reading/test_workbook_odd_values.py workbook_guard.MOST_ELEMENTS": SMALL,
    "plane/delivery/reading/test_workbook_odd_values.py workbook_guard.MOST_MERGED": SMALL,
    "plane/test_keys.py os.fsync": MACHINE,
    "spec/sx/test_sx_05_pages.py settings.CLOCK": SETTING,
    "spec/sx/test_sx_06_supply.py settings.DATABASE_URL": SETTING,
    "spec/sx/test_sx_06_supply.py settings.SPOOL": SETTING,
    "spec/sx/test_sx_08_pages.py settings.CLOCK": SETTING,
    "spec/sx/test_sx_10_purpose.py settings.CLOCK": SETTING,
    "spec/sx/test_sx_10_use.py settings.CLOCK": SETTING,
    "spec/sx/test_sx_11_row_filter.py settings.CLOCK": SETTING,
    "terminal/test_commands.py sys.argv": MACHINE,
    "test_clauses.py mutants.plant.SOURCE": "a small tree in the place of the whole package",
    "test_settings.py settings.os.cpu_count": MACHINE,
    "web/browsing.py settings.LOG_NAME": SETTING,
    "web/browsing.py settings.LOG_VKEY": SETTING,
    "web/lists/test_files.py files.MOST": SMALL,
    "web/sending_files.py settings.DATABASE_URL": SETTING,
    "web/sending_files.py settings.KEYRING": SETTING,
    "web/sending_files.py settings.SPOOL": SETTING,
    "web/test_api_and_desk.py plane.keyring": SETTING,
    "web/test_attachment_pages.py plane.keyring": SETTING,
    "web/test_attachments_of_cases.py plane.keyring": SETTING,
    "web/test_desk_home.py settings.UNPROTECTED": SETTING,
    "web/test_machine_notices.py settings.UNPROTECTED": SETTING,
    "web/test_desk_home.py settings.WATCHED": SETTING,
    "web/test_desk_home.py Template._render": "Django's, as its own test client does it",
    "web/test_entries_of_each_form.py settings.CLOCK": SETTING,
    "web/test_entrance.py PBKDF2PasswordHasher.encode": COUNTED,
    "web/test_evidence.py connection.settings_dict.HOST": SETTING,
    "web/test_every_form_survives.py settings.DATABASE_URL": SETTING,
    "web/test_every_form_survives.py settings.SPOOL": SETTING,
    "web/test_every_form_marks_what_is_optional.py settings.DATABASE_URL": SETTING,
    "web/test_every_form_tells_all.py settings.DATABASE_URL": SETTING,
    "web/test_every_form_marks_what_is_optional.py settings.SPOOL": SETTING,
    "web/test_every_form_tells_all.py settings.SPOOL": SETTING,
    "web/test_faults.py queries.grants": UNFORESEEN,
    "web/test_forms.py settings.DATABASE_URL": SETTING,
    "web/test_forms.py settings.SPOOL": SETTING,
    "web/test_hostile_values.py settings.DATABASE_URL": SETTING,
    "web/test_forms_carry_state.py settings.DATABASE_URL": SETTING,
    "web/test_forms_carry_state.py settings.SPOOL": SETTING,
    "web/test_hostile_values.py settings.SPOOL": SETTING,
    "web/test_limit_pages.py settings.CLOCK": SETTING,
    "web/test_plain_values.py Template._render": "Django's, as its own test client does it",
    "web/test_rulebook_pages.py settings.CLOCK": SETTING,
    "web/test_publishing_is_told.py hutong.web.clock.calendar": "a year whose calendar no package brings yet",
    "web/test_second_factor.py clock.name": "both clocks go on by themselves, as far as the test lets them",
    "web/test_enrolment_pages.py plane.keyring": SETTING,
    "web/test_second_factor.py plane.keyring": SETTING,
    "web/test_second_factor.py settings.FACTOR_ROLES": SETTING,
    "web/test_security_pages.py plane.keyring": SETTING,
    "web/signing_on.py plane.keyring": SETTING,
    "web/test_hostile_service.py asking.MOST_SECONDS": SMALL,
    "web/test_subject_page.py plane.keyring": SETTING,
    "web/test_token_pages.py hutong.web.clock.real": "the telephones' clock, half a minute on",
    "web/test_token_pages.py plane.keyring": SETTING,
    "web/stating.py Client.post": "a browser of tests, which sends the hidden field that a page's form has",
}
"""Test and what it replaces → why."""


def replaced(text: str) -> Iterator[str]:
    """Yield what a test file replaces, as it is written there; a library of mocks by its name."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args and _named(node.func) and REPLACING.search(ast.unparse(node.func)):
            yield ".".join(_words(each) for each in node.args[: 1 if isinstance(node.args[0], ast.Constant) else 2])
        elif isinstance(node, ast.Import | ast.ImportFrom):
            inside = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names = [inside.removesuffix("."), *(f"{inside}{each.name}" for each in node.names)]
            yield from (name for name in names if name in MOCKS)


def _named(called: ast.expr) -> bool:
    """Return whether what is called may be one of those that replace: nothing else is written out to be looked at."""
    return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) in REPLACES


def _words(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)


def found_in(files: dict[str, str]) -> set[str]:
    """Return what is replaced, by the test that does."""
    return {f"{path} {what}" for path, text in files.items() for what in replaced(text)}


def test_nothing_of_ours_is_replaced_but_what_is_excused():
    files = {path.relative_to(TESTS).as_posix(): path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py")}

    assert found_in(files) == set(EXCUSED)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('def test_it(monkeypatch):\n    monkeypatch.setattr(log, "append", held)', "log.append"),
        ('def test_it(monkeypatch):\n    monkeypatch.setattr("hutong.log.append", held)', "hutong.log.append"),
        ("def test_it(monkeypatch):\n    monkeypatch.setattr(log, name, held)", "log.name"),
        ('def test_it(monkeypatch):\n    monkeypatch.setitem(TABLE, "one", 1)', "TABLE.one"),
        ('def test_it(monkeypatch):\n    monkeypatch.delattr(log, "append")', "log.append"),
        ('with pytest.MonkeyPatch.context() as mp:\n    mp.setattr(log, "append", held)', "log.append"),
        ("from unittest import mock", "unittest.mock"),
        ("from unittest.mock import Mock", "unittest.mock"),
        ("import unittest.mock", "unittest.mock"),
        ('@patch("hutong.audit.log.append")\ndef test_it(held): ...', "hutong.audit.log.append"),
    ],
)
def test_sees_what_is_replaced(text, what):
    assert found_in({"plane/test_planted.py": text}) == {f"plane/test_planted.py {what}"}


def test_a_variable_of_the_environment_and_a_folder_are_no_code():
    text = 'def test_it(monkeypatch):\n    monkeypatch.setenv("HUTONG_DATA", "x")\n    monkeypatch.chdir("x")'

    assert found_in({"plane/test_planted.py": text}) == set()
