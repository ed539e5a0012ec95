"""The Chinese page on deploying, by which operators set the platform up, tells what the English one tells."""

import re
from pathlib import Path

import pytest

from hutong.core import text
from test_operating import CODE, headings, rows, spans
from test_readme import READMES, blocks, understood

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("deploy.md", "deploy.zh-CN.md")}
ENGLISH, CHINESE = PAGES.values()
PROXIES = ("nginx", "caddyfile")


def test_both_pages_have_the_same_headings_blocks_and_rows():
    assert headings(CHINESE) == headings(ENGLISH)
    for language in ("sh", *PROXIES):
        found = [blocks(page, language) for page in PAGES.values()]
        assert found[0] == found[1] != []
    assert rows(CHINESE) == rows(ENGLISH) != []


def test_both_pages_name_the_same_commands_variables_and_codes():
    for of in (spans, CODE.findall):
        assert sorted(of(CHINESE)) == sorted(of(ENGLISH))


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_there_with_its_options(page: str):
    lines = [line for block in blocks(PAGES[page], "sh") for line in block if line.startswith("hutong ")]
    assert len(lines) > 4
    for line in lines:
        understood(line)


def test_every_code_is_one_that_is_told():
    names = {each for each in CODE.findall(ENGLISH) if not each.startswith(("HUTONG_", "PIP_", "SSL_CERT"))}
    assert names <= text.table().keys()


@pytest.mark.parametrize("page", ["README.zh-CN.md", "docs/deploy.zh-CN.md", "docs/operating.zh-CN.md"])
def test_a_chinese_page_leads_to_chinese_pages_where_there_are_any(page: str):
    file = DOCS.parent / page
    led = re.findall(r"\[(?!English\])[^]]*\]\(([^)#:]+\.md)", file.read_text(encoding="utf-8"))
    paths = [(file.parent / each).resolve() for each in led if not each.endswith(".zh-CN.md")]
    assert [each.name for each in paths if each.with_suffix(".zh-CN.md").exists()] == []


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_leads_to_the_pages_of_the_operator_in_its_language(readme: str):
    ending = readme.removeprefix("README")
    led = re.findall(r"\]\(docs/([^)#]+)", READMES[readme])
    assert {f"deploy{ending}", f"operating{ending}"} <= {*led}
