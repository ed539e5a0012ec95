"""The help on names and texts and the product agree: each class it names is compared as it says (D-26)."""

import re
from pathlib import Path

import pytest

from hutong.core.normalise import normalise
from hutong.web.help import guide

PROFILE = Path(__file__).parents[3] / "docs" / "profile.md"

SAME = {
    ("全角和半角", "Full and half width"): [("１１０Ｘ", "110X"), ("Ａ（１）", "A(1)"), ("ｶ", "カ")],
    ("英文字母的大小写", "capital and small letters"): [("110105x", "110105X"), ("Li Na", "LI NA")],
    ("各种连接号", "the kinds of dashes"): [("A－1", "A-1"), ("A—1", "A-1"), ("A–1", "A‐1")],
    ("引号", "quotation marks"): [("“和平”", '"和平"'), ("‘a’", "'a'")],
    ("空格", "spaces"): [("LI　NA", "LI NA"), ("LI\u00a0NA", "LI NA"), ("LI  NA", "LI NA")],
    ("文字前后和汉字之间的空格不计", "spaces at the ends and between Chinese characters do not count"): [
        ("张　三", "张三"), (" 张三\t", "张三"), ("欧阳 娜 娜", "欧阳娜娜"),
    ],
    (
        "姓名中的间隔号，不论写成“·”“•”还是“.”（两个汉字之间）",
        "The dot between the parts of a name, written “·”, “•”, or “.” between two Chinese characters",
    ): [("买买提•艾力", "买买提·艾力"), ("买买提.艾力", "买买提·艾力")],
    ("部首", "Radicals"): [("⻢⻰", "马龙"), ("⼈", "人")],
    ("兼容汉字与所代表的汉字", "compatibility characters and the characters they stand for"): [
        ("\uf9d1", "六"), ("\uf90a", "金"),
    ],
    (
        "GB 18030 早年放在自造区、后来定了正式位置的字",
        "characters that GB 18030 once kept in the private area and has placed since",
    ): [("\ue863", "\u4dae"), ("\ue81e", "\u9fb4")],
    ("数字前的单引号（Excel 用来保留文本的）", "The apostrophe before a number by which Excel keeps it as text"): [
        ("'110101", "110101"), ("’0571", "0571"),
    ],
    ("看不见的字符", "characters nobody sees"): [
        ("张\u200b三", "张三"), ("\ufeff张三", "张三"), ("张三\u200e", "张三"),
    ],
}  # fmt: skip
"""What the page calls the same, in both languages → writings that are."""
READ_AS = {
    ("同一数值", "Different ways to write one number"): [("N", "1,000.00", "1000"), ("F", "0.50", ".5")],
    ("同一日期的不同写法，例如 2026-03-02 和 2026年3月2日", "one day, such as 2026-03-02 and 20260302"): [
        ("D", "2026-03-02", "2026年3月2日"), ("D", "2026-03-02", "20260302"), ("D", "2026/3/2", "2026-03-02"),
    ],
}  # fmt: skip
"""The same, by the type of the item."""
DIFFERENT = {
    ("异体字", "Variants"): [("峯", "峰"), ("珎", "珍"), ("黃", "黄"), ("呂", "吕")],
    ("繁体字和简体字", "traditional and simplified characters"): [("龍", "龙"), ("陳", "陈"), ("張", "张")],
    ("形近的字", "Characters that only look alike"): [("己", "已"), ("未", "末"), ("〇", "0"), ("曰", "日")],
    ("GB 18030 未收的自造字", "Private characters that GB 18030 does not know"): [
        ("\ue000", "\ue001"), ("\ue000", "张"),
    ],
}  # fmt: skip
"""What the page calls different → characters that are."""
PAIRS = re.compile(r"(\S) ?(?:与|and) ?(\S)(?=[、：，, 。.]|是|;|$)")
"""Two characters that a text names as different ones."""


def section(number: int, language: str) -> list[str]:
    parts = [part for part in guide.page("names-compared").parts if part.kind == "own"]
    return [getattr(line.words, language) for line in parts[number].lines]


@pytest.mark.parametrize(("number", "classes"), [(0, [*SAME, *READ_AS]), (1, [*DIFFERENT])])
@pytest.mark.parametrize(("language", "joins"), [("zh", r"[，、。和：；]"), ("en", r"\b(?:and|or)\b|[ .,;:]")])
def test_each_class_the_page_names_has_its_writings_here_and_the_other_way_round(number, classes, language, joins):
    said = "\n".join(section(number, language))
    for words in sorted((each[language == "en"] for each in classes), key=len, reverse=True):
        assert words in said
        said = said.replace(words, "")
    for words in ("是不同的姓名，姓名是法律事实", "are different names, for a name is a legal fact"):
        said = said.replace(words, "")
    assert re.sub(joins, "", re.sub(r"\S(?:与| and )\S", "", said)).strip() == ""


@pytest.mark.parametrize("words", SAME, ids=lambda words: words[1][:30])
def test_what_the_page_calls_the_same_is_the_same(words):
    for one, other in SAME[words]:
        assert one != other
        assert normalise(one) == normalise(other), (one, other)


@pytest.mark.parametrize("words", READ_AS, ids=lambda words: words[1][:30])
def test_one_value_of_a_type_is_the_same_however_it_is_written(words):
    for type_, one, other in READ_AS[words]:
        assert one != other
        assert normalise(one, type=type_) == normalise(other, type=type_), (one, other)


@pytest.mark.parametrize("words", DIFFERENT, ids=lambda words: words[1][:30])
def test_what_the_page_calls_different_is_different(words):
    for one, other in DIFFERENT[words]:
        assert normalise(one) != normalise(other), (one, other)
        assert normalise(f"张{one}") != normalise(f"张{other}"), (one, other)


@pytest.mark.clause("D-26")
def test_every_pair_of_characters_that_a_text_for_people_calls_different_is_compared_as_different():
    profile = re.search(r"What differs: (.*?)\n\n", PROFILE.read_text(encoding="utf-8"), re.DOTALL)
    assert profile
    for text in (*section(1, "zh"), *section(1, "en"), profile[1]):
        for one, other in PAIRS.findall(text):
            assert normalise(one) != normalise(other), (one, other)
    named = [set(PAIRS.findall("\n".join(text))) for text in (section(1, "zh"), section(1, "en"), [profile[1]])]
    assert named[0] == named[1] == named[2] == {("黃", "黄"), ("呂", "吕"), ("龍", "龙"), ("己", "已"), ("〇", "0")}
