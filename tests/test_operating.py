"""What docs/operating.md tells an operator is there, and its Chinese page, by which operators work, tells the same."""

import re
from pathlib import Path

import pytest

from hutong.backup import standing
from hutong.core import text
from hutong.core.errors import Problem
from hutong.installation import protection, watching
from test_readme import blocks, understood

ROOT = Path(__file__).parent.parent
PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("operating.md", "operating.zh-CN.md")}
ENGLISH, CHINESE = PAGES.values()
CODE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")
OF_ROOMS = {"PLAN_MISSING", "PLAN_MISSING_THERE", "REHEARSAL_LATE", "SYSTEM_KEY_ENDING", "LOG_RESTORED"}
"""What rooms tell beside the machine's and the backups' warnings."""
_SAID = re.compile(r"`([^`]+)`")
_REASON = re.compile(r'--reason "[^"]+"')


def headings(page: str) -> list[str]:
    """Return the depth of each heading, in order."""
    return re.findall(r"^(#+) ", re.sub(r"```.*?```", "", page, flags=re.DOTALL), re.MULTILINE)


def spans(page: str) -> list[str]:
    """Return what a page has in code inside its sentences."""
    return [" ".join(each.split()) for each in _SAID.findall(re.sub(r"```.*?```", "", page, flags=re.DOTALL))]


def rows(page: str) -> list[list[str]]:
    """Return of each row of a table its codes and what it has in code, in order."""
    return [sorted((*CODE.findall(line), *spans(line))) for line in page.splitlines() if line.startswith("|")]


def test_both_pages_have_the_same_headings_blocks_and_rows():
    assert headings(CHINESE) == headings(ENGLISH)
    for language in ("sh", "ini"):
        found = [[[_REASON.sub("--reason …", line) for line in each] for each in blocks(page, language)]
                 for page in PAGES.values()]  # fmt: skip
        assert found[0] == found[1] != []
    assert rows(CHINESE) == rows(ENGLISH)


def test_both_pages_name_the_same_commands_variables_and_codes():
    for of in (spans, CODE.findall):
        assert sorted(of(CHINESE)) == sorted(of(ENGLISH))


@pytest.mark.parametrize("page", PAGES)
def test_every_place_in_the_page_that_is_pointed_at_is_there(page: str):
    said = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", PAGES[page], flags=re.DOTALL), re.MULTILINE)
    there = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in said}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGES[page])) <= there


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_there_with_its_options(page: str):
    lines = [line for block in blocks(PAGES[page], "sh") for line in block if line.startswith("hutong ")]
    assert len(lines) > 15
    for line in lines:
        understood(line.replace("hutong --version", "hutong status"))


def test_every_warning_there_is_stands_in_the_table_of_warnings():
    chapters = re.split(r"^## ", ENGLISH, flags=re.MULTILINE)
    (warnings,) = (each for each in chapters if each.startswith("Warnings\n"))
    problems = [each for each in vars(standing).values() if isinstance(each, type) and issubclass(each, Problem)]
    backups = {each.code for each in problems if each.__module__ == standing.__name__}
    assert "BACKUP_OLD" in backups
    assert {*watching.WANTING, *protection.WARNINGS, *backups, *OF_ROOMS} <= {*CODE.findall(warnings)}


def test_every_code_is_one_that_is_told():
    names = {each for each in CODE.findall(ENGLISH) if not each.startswith(("HUTONG_", "PIP_"))}
    assert names <= text.table().keys()
