"""The guide itself: whole in both languages, and what it names is what the product has."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import translation
from readers import NO_PAGE, names

from hutong.control.procedures.procedure import installed
from hutong.core import clauses, defaults, text
from hutong.core.text import ROLES
from hutong.web.help import guide, shown

PAGES = [pytest.param(page, id=page.name) for page in guide.guide().values()]
CHINESE = re.compile(r"[\u3400-\u9fff]")
CALLED_SO = re.compile(r"[“][^”]*[”]|黃 and 黄, 呂 and 吕, 龍 and 龙|己 and 已, 〇|2026年3月2日")
"""Chinese that may stand in English: what is typed or seen so, whatever the language."""
HALF = re.compile(r"[\u3400-\u9fff][,;:?!()]|[,;:?!(][\u3400-\u9fff]")
NO_HELP = {
    "help": "is the help", "help-page": "is the help", "contact": "says who helps",
    "language": "leads back in another language", "delivery-progress": "numbers for the script",
    "template": "a file", "list-of-items": "a file", "upload-rejected": "a file", "logout": "leads to the first page",
}
"""Name of an address → why nothing helps there."""


def braces(words) -> list[str]:
    return [each for each, in_braces in guide.pieces(words) if in_braces]


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_of_a_page_name_the_same_and_only_what_there_is(page):
    used = set()
    for said in page.texts():
        assert sorted(set(braces(said.zh))) == sorted(set(braces(said.en))), said.zh
        used |= set(braces(said.zh))
    assert set(page.names) <= used, "a name that is not used"
    for name in used - set(page.names):
        known = (
            name[1:] in guide.guide() if name.startswith("@")
            else name.removeprefix("role.") in ROLES if name.startswith("role.")
            else name in defaults.LIMITS
        )  # fmt: skip
        assert known, name
    assert set(page.see) <= guide.guide().keys() - {page.name}
    assert {element.kind for element in page.names.values()} <= set(guide.ELEMENTS)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_cites_clauses_and_refusals_that_there_are(page):
    lines = [line for part in page.parts for line in part.lines]
    cited = {line.clause for line in lines if line.clause}
    assert {clause for clause in cited if not clauses.cited(clause, language="zh")} == set()
    codes = {line.code for line in lines if line.code}
    assert {code for code in codes if code not in text.table()} == set()
    troubles = [line for part in page.parts if part.kind == "wrong" for line in part.lines]
    assert troubles == [line for line in lines if line.remedy], "a trouble is told with what to do, nothing else is"


@pytest.mark.parametrize("page", PAGES)
def test_each_language_is_itself(page):
    for said in page.texts():
        bare = re.sub(r"\{[^{}]+\}", "", said.en)
        assert not CHINESE.search(CALLED_SO.sub("", bare)), said.en
        assert CHINESE.search(said.zh) and not HALF.search(re.sub(r"\{[^{}]+\}", "", said.zh)), said.zh
        assert said.en.strip()[-1] in ".?:" or said in (page.title, *(part.heading for part in page.parts)), said.en


def test_what_a_page_calls_a_step_is_what_its_lifecycle_calls_it():
    steps = [each for page in guide.guide().values() for each in page.names.values() if each.kind == "step"]
    assert len(steps) > 30
    for language in ("zh", "en"):
        with translation.override(language):
            called = {shown.called(each) for each in steps}
        assert {each for each in called if bool(CHINESE.search(each)) is (language == "en")} == set()


NOT_PEOPLES = {
    ("registration.registration", "enrol"): "comes with the operator's file",
    ("catalog.entry", "publish"): "comes with the publishing of a change",
    ("catalog.change", "end"): "comes with the withdrawing of its entry",
    ("security.plan", "come_near"): "comes with its day",
    ("security.plan", "replace"): "comes with the next version",
}
"""Lifecycle and step that nobody looks for → with what it comes."""


def test_every_step_that_people_take_is_named_by_a_page():
    named = {(each.words, each.action) for page in guide.guide().values() for each in page.names.values()}
    steps = {(life, move.action) for life, each in installed().items() for move in each.life.moves}
    rooms = ("sharing.", "registration.", "catalog.", "security.")
    assert {step for step in steps - named if step[0].startswith(rooms)} == set(NOT_PEOPLES)


def test_every_page_of_the_product_has_its_help():
    addresses = set(names(get_resolver().url_patterns)) - NO_PAGE.keys() - NO_HELP.keys()
    assert {address for address in addresses if not guide.of_address(address)} == set()
    about = {address for page in guide.guide().values() for address in page.about}
    assert about <= addresses, "help about an address that is not there"


def test_a_page_that_is_not_there_is_told_as_such(county):
    answer = Client(HTTP_HOST="localhost").get("/zh/help/nothing/")
    assert answer.status_code == 404 and "NO_SUCH_HELP" in answer.content.decode()
