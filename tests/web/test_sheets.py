"""The style sheet is reviewed by component, a declaration a line, and sent as one."""

import re

import acting
import pytest
from django.conf import settings
from django.test import Client

from hutong.web.front import sheets

assert acting  # it sets Django up
FOLDER = settings.STATIC_FOLDER / "css"
LONGEST = 120
"""Characters of a line."""
COLOUR = re.compile(r"#[0-9a-f]{3,6}\b")


def untidy(text: str) -> list[int]:
    """Return the lines of a style sheet that hold more than one declaration, or more than the end of a selector."""
    bare = re.sub(r'"[^"]*"', "x", re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", "", found[0]), text, flags=re.S))
    return [
        number
        for number, line in enumerate(map(str.strip, bare.splitlines()), start=1)
        if line.count(";") > 1 or not re.fullmatch(r"[^{}]*|[^{};]*\{|\}", line)
    ]


def test_every_file_is_sent_and_sent_once():
    assert sorted(sheets.SHEETS) == sorted(path.stem for path in FOLDER.glob("*.css"))
    assert not list(settings.STATIC_FOLDER.glob("*.css"))


@pytest.mark.parametrize("name", sheets.SHEETS)
def test_a_declaration_stands_on_a_line_of_its_own(name):
    text = (FOLDER / f"{name}.css").read_text(encoding="utf-8")

    assert untidy(text) == []
    assert [line for line in text.splitlines() if len(line) > LONGEST] == []


@pytest.mark.parametrize(
    ("planted", "line"),
    [
        ("p {\n  margin: 0; color: red;\n}", 2),
        ("p { margin: 0; }", 1),
        ("p {\n  margin: 0; }", 2),
        ("p {\n}\n.a { color: red }", 3),
        ("/* p { a: b; c: d; } */ p { margin: 0;\n}", 1),
        ("@media print {\n  p { margin: 0 }\n}", 2),
    ],
)
def test_a_line_with_more_than_a_declaration_is_found(planted, line):
    assert untidy(planted) == [line]
    assert untidy('p::before,\na {\n  /* a { b: c; d: e; } */\n  content: "{;;}";\n  margin:\n    0 auto;\n}') == []


def test_a_colour_of_words_and_states_is_named_once():
    """What says good, bad, late or quiet is a token: no component has a red of its own."""
    own = {path.stem: COLOUR.findall(path.read_text()) for path in FOLDER.glob("*.css") if path.stem != "tokens"}
    words = {"--ink", "--soft", "--brand", "--good", "--bad", "--warn"}
    tokens = dict(re.findall(r"(--[\w-]+): (#\w+);", (FOLDER / "tokens.css").read_text()))
    assert words <= tokens.keys()
    assert {value for listed in own.values() for value in listed} & {tokens[word] for word in words} == set()


KINDS = re.compile(r'class="((?:button|badge|notice)(?: +[a-z-]+)+) *"')
"""A component with what makes it another one, as a template has it; what a value of the page says is left out."""


def unknown(template: str, sheet: str) -> list[str]:
    """Return the components of a template that look like another one, because no rule is theirs."""
    bare = re.sub(r"\{[{%].*?[%}]\}", " ", template)
    named = [(first, other) for each in KINDS.findall(bare) for first, *others in [each.split()] for other in others]
    return [f".{first}.{other}" for first, other in named if not re.search(rf"\.{first}\.{other}\b", sheet)]


def test_a_button_or_a_badge_that_is_called_another_kind_looks_like_another_kind():
    sheet = "".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in sheets.SHEETS)
    pages = {path.name: path.read_text(encoding="utf-8") for path in (settings.HERE / "templates").rglob("*.html")}
    assert {name: found for name, page in pages.items() if (found := unknown(page, sheet))} == {}


def test_a_button_of_an_unknown_kind_is_seen():
    page = '<button class="button quiet"></button><a class="button plain"></a><p class="notice {{ tone }}"></p>'
    assert unknown(page, ".button.plain {\n}\n.badge.quiet {\n}\n") == [".button.quiet"]


def test_a_browser_asks_for_one_sheet_and_is_told_when_it_has_it():
    client = Client(HTTP_HOST="localhost")
    answer = client.get("/static/hutong.css")

    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200, "text/css", "public, max-age=3600",
    )  # fmt: skip
    assert answer.content == b"\n".join((FOLDER / f"{name}.css").read_bytes() for name in sheets.SHEETS)
    assert client.get("/static/hutong.css", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get("/static/hutong.css", headers={"If-None-Match": '"other"'}).status_code == 200
