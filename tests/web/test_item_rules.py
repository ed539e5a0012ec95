"""Quality rules and lengths of items on the entry form: nothing is lost, what cannot be applied is refused."""

import html
import re
from html.parser import HTMLParser

import pytest
from acting import NOW
from hypothesis import given
from hypothesis import strategies as st
from test_forms import ENTRY, entered, values

from hutong.control.catalog import operations
from hutong.control.catalog import queries as catalog
from hutong.plane.definition import KINDS, Item, QualityRule, Rule, Type
from hutong.web.desk.catalog import itemrules

WITH_VALUE = (Rule.PATTERN, Rule.ONE_OF, Rule.MINIMUM, Rule.MAXIMUM, Rule.KINDS, Rule.MEGABYTES)
ODD = st.sampled_from(
    ["warn", "仅提示", "a warn", "a;b", "甲\uff1b乙", " a", "a\n", '"a"', ":a", "\uff1aa", "", "\\", "a\x7f"]
)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00")) | ODD
BOUNDS = st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str) | st.dates().map(str)


def rule(kind: Rule) -> st.SearchStrategy[dict]:
    """Return rules of a kind as an entry keeps them; patterns are any words, made harmless."""
    value = {
        Rule.PATTERN: WORDS.map(lambda text: re.sub(r"[\\()\[\]{}*+?|^$]", ".", text)) | st.just(r"^[0-9]{6}$"),
        Rule.ONE_OF: st.lists(WORDS, min_size=1).map("|".join),
        Rule.MINIMUM: BOUNDS,
        Rule.MAXIMUM: BOUNDS,
        Rule.KINDS: st.lists(st.sampled_from(KINDS), min_size=1).map("|".join),
        Rule.MEGABYTES: st.integers(1, 200).map(str),
    }.get(kind, st.just(""))
    return st.builds(
        lambda argument, warn: {"rule": str(kind), "argument": argument, "warn": warn}, value, st.booleans()
    )


@given(rules=st.lists(st.sampled_from(list(Rule)).flatmap(rule), max_size=5), language=st.sampled_from(["zh", "en"]))
def test_what_is_written_is_read_as_the_same_rules(rules, language):
    written = itemrules.write(rules, language=language)
    assert itemrules.read(written, item="姓名", type="C") == rules
    assert itemrules.read(written.replace("\n", "\r\n"), item="姓名", type="C") == rules


def test_every_kind_of_rule_has_its_words():
    assert {kind.rule for kind in itemrules.KINDS} == set(Rule)
    assert {kind.rule for kind in itemrules.KINDS if kind.example} == set(WITH_VALUE)


def test_rules_are_read_as_officers_write_them():
    text = "格式 ^[0-9]{6}$; listed 男|女\n最小\uff1a0 仅提示\uff1bmaximum 120\r\n\r\n身份证号码 warn;"
    assert [tuple(found.values()) for found in itemrules.read(text, item="年龄", type="I")] == [
        ("pattern", "^[0-9]{6}$", False), ("one_of", "男|女", False), ("minimum", "0", True),
        ("maximum", "120", False), ("resident_number", "", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "type", "refusal"),
    [
        ("形式 a", "C", itemrules.RuleUnknown(item="年龄", rule="形式")),
        (": a", "C", itemrules.RuleUnknown(item="年龄", rule=": a")),
        ("格式", "C", itemrules.RuleWithoutValue(item="年龄", rule="格式")),
        ("取值范围 仅提示", "C", itemrules.RuleWithoutValue(item="年龄", rule="取值范围")),
        ("resident_number 18", "C", itemrules.RuleTakesNoValue(item="年龄", rule="resident_number", value="18")),
        ("格式 [", "C", itemrules.RuleValueUnusable(item="年龄", rule="格式", value="[")),
        ('格式 "a', "C", itemrules.RuleValueUnusable(item="年龄", rule="格式", value='"a')),
        ('格式 "a" b', "C", itemrules.RuleValueUnusable(item="年龄", rule="格式", value="b")),
        ("最小 一", "I", itemrules.RuleValueUnusable(item="年龄", rule="最小", value="一")),
        ("最小 2026-01-01", "I", itemrules.RuleValueUnusable(item="年龄", rule="最小", value="2026-01-01")),
        ("文件种类 pdf|exe", "G", itemrules.RuleValueUnusable(item="年龄", rule="文件种类", value="pdf|exe")),
        ("文件上限 201", "G", itemrules.RuleValueUnusable(item="年龄", rule="文件上限", value="201")),
        ("文件上限 020", "G", itemrules.RuleValueUnusable(item="年龄", rule="文件上限", value="020")),
        ("最大 120", "D", itemrules.RuleValueUnusable(item="年龄", rule="最大", value="120")),
    ],
)
def test_refuses_what_cannot_be_applied(text, type, refusal):
    with pytest.raises(type_of(refusal)) as raised:
        itemrules.read(text, item="年龄", type=type)
    assert raised.value.facts == refusal.facts


def type_of(problem: Exception) -> type[Exception]:
    return problem.__class__


ITEMS = [
    Item("registered_on", "登记日期", Type.DATE, rules=(QualityRule(Rule.MINIMUM, "1950-01-01", warn=True),)),
    Item("number", "登记字号", length=20, required=True, rules=(
        QualityRule(Rule.PATTERN, '^"?[A-Z];[0-9]{6}$'), QualityRule(Rule.ONE_OF, "甲|乙 warn"))),
    Item("holder", "持证人", length=18, sensitive=True, rules=(QualityRule(Rule.RESIDENT_NUMBER),)),
]  # fmt: skip


class Sent(HTMLParser):
    """What a browser would send of a form that is not touched, read as it reads the form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag in ("select", "textarea"):
            self._within = name
            self.fields[name] = ""
        elif tag == "option" and "selected" in given:
            self.fields[self._within] = value
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.fields[name] = value or ("on" if given.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        self._within = "" if tag in ("select", "textarea") else self._within

    def handle_data(self, data: str) -> None:
        if self._within and self.get_starttag_text().startswith("<textarea"):
            self.fields[self._within] += data.replace("\n", "\r\n")


def shown(page: str) -> dict[str, str]:
    return {name: value for name, value in Sent(page).fields.items() if name and "csrf" not in name}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_saving_the_form_untouched_changes_nothing(county, language):
    no = operations.draft(
        code="307002/000001", name="婚姻登记信息", abstract="婚姻登记。", items=ITEMS, key=["holder", "number"],
        actor=county.actor("editor"), now=NOW,
    )  # fmt: skip
    before, address = catalog.change(no), f"/{language}/desk/entries/changes/{no}/edit/"
    client = entered("editor")
    sent = shown(client.get(address).content.decode())
    assert client.post(address, sent).status_code == 302
    after = catalog.change(no)
    assert (after.items, after.key, after.personal) == (before.items, before.key, before.personal)


def test_a_rule_that_cannot_be_read_is_refused_by_item_and_rule_and_kept(county):
    form = {**ENTRY, "item-1-length": "12", "item-1-rules": "格式 [0-9", "item-2-rules": "最小 1950-01-01"}
    answer = entered("editor").post("/zh/desk/entries/new/", form)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "“登记字号”的质量规则“格式”无法使用\uff1a[0-9" in page
    kept = values(answer.content.decode())
    assert (kept["item-1-length"], kept["item-1-rules"], kept["item-2-rules"]) == ("12", "格式 [0-9", "最小 1950-01-01")


@pytest.mark.parametrize("length", ["0", "-1", "十", "1.5", "²"])
def test_a_length_that_is_no_number_is_refused(county, length):
    answer = entered("editor").post("/zh/desk/entries/new/", {**ENTRY, "item-1-length": length})
    assert answer.status_code == 422
    assert "“登记字号”的最长字数" in html.unescape(answer.content.decode())
