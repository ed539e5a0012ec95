"""The one written form of values."""

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hutong.core import normalise as n

TYPES = "CMNYBFIDTLG"
# Text with much of what the rule is about, and text of any kind.
awkward = st.text(
    st.sampled_from(
        "阿买张㛃𬍛·•・．.。 \u3000\u00a0\u200b\ufe0fAaÀ\u0300Σςßſ0１2,，-—:：年月日时分秒元￥t+ze\ue000"
    )
)
moments = st.from_regex(
    r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}[日 tT]?"
    r"([0-9]{2}:[0-9]{2}(:[0-9]{2})?)?(z|\+0[0-9]00)?"
)
numbers = st.from_regex(r"\A[+-]?[0-9]{0,5}(,[0-9]{3})?(\.[0-9]{0,4})?(e[0-9]{1,2})?\Z")


@pytest.mark.parametrize(
    "written",
    ["阿不都·买买提", "阿不都•买买提", "阿不都・买买提", "阿不都･买买提", "阿不都‧买买提", "阿不都∙买买提",
     "阿不都●买买提", "阿不都⋅买买提", "阿不都.买买提", "阿不都．买买提", " 阿不都 · 买买提\u3000",
     "阿不都\u200b·买买提\ufeff"],
)  # fmt: skip
def test_a_name_is_the_same_whichever_dot_and_space_it_is_written_with(written):
    assert n.normalise(written) == "阿不都·买买提"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("张　三", "张三"),
        ("ＡＢＣ１２３", "abc123"),
        ("New\u00a0 York", "new york"),
        ("33052319900307123X", "33052319900307123x"),
        ("３３０５２３１９９００３０７１２３ｘ", "33052319900307123x"),
        ("城关街道（东）", "城关街道(东)"),
        ("1—2号", "1-2号"),
        ("3.5米", "3.5米"),
        ("v1.2", "v1.2"),
        ("㛃䶮𬍛", "㛃䶮𬍛"),
        ("葛\U000e0100", "葛"),
        ("神", "神"),  # a compatibility character, U+FA19
        ("007", "007"),
        ("", ""),
    ],
)
def test_text(written, normal):
    assert n.normalise(written) == normal
    assert n.normalise(written, type="M") == normal


def test_what_differs_stays_different():
    apart = ["张三", "张二", "张·三", "张-三", "张三a", "0张三", "張三"]
    assert len(set(n.column(apart))) == len(apart)
    assert n.normalise("DE LI") != n.normalise("DELI")


@pytest.mark.parametrize("type", ["N", "Y", "B", "F", "I"])
@pytest.mark.parametrize(
    ("written", "normal"),
    [("1,234.50", "1234.5"), ("＋７", "7"), ("-0.00", "0"), ("1E3", "1000"), ("1.5e-3", "0.0015"),
     (".5", "0.5"), ("5.", "5"), ("007", "7"), ("−1", "-1"), ("1,23", "1,23"),
     ("NaN", "nan"), ("", ""), (".", "."),
     ("123456789012345678901234567890.10", "123456789012345678901234567890.1"), ("1e9999", "1e9999")],
)  # fmt: skip
def test_numbers(type, written, normal):
    assert n.normalise(written, type=type) == normal


@pytest.mark.parametrize("written", ["￥1,234.50", "RMB 1234.5", "1234.5 CNY", "1234.5人民币"])
def test_currency_marks_mean_nothing(written):
    assert n.normalise(written, type="Y") == "1234.5"
    assert n.column(["1234.50元", "¥1234.5"], type="Y") == ["1234.5"] * 2
    assert n.normalise("元", type="Y") == "元"
    assert n.normalise("3万元", type="Y") == "3万元"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-05", "2026-01-05"),
        ("2026/1/5", "2026-01-05"),
        ("2026.01.05", "2026-01-05"),
        ("20260105", "2026-01-05"),
        ("２０２６年１月５日", "2026-01-05"),
        ("2026-01-05 00:00:00.000", "2026-01-05"),
        ("2026-01-05T16:00:00Z", "2026-01-06"),
        ("2026-02-30", "2026-02-30"),
        ("2026-1/5", "2026-1/5"),
        ("5/1/2026", "5/1/2026"),
        ("26-01-05", "26-01-05"),
    ],
)
def test_dates(written, day):
    assert n.normalise(written, type="D") == day


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-05 13:20:00", "2026-01-05T13:20:00"),
        ("20260105132000", "2026-01-05T13:20:00"),
        ("2026/1/5 13:20", "2026-01-05T13:20:00"),
        ("2026年1月5日 13时20分", "2026-01-05T13:20:00"),
        ("2026-01-05T05:20:00Z", "2026-01-05T13:20:00"),
        ("2026-01-05T13:20:00.500+08:00", "2026-01-05T13:20:00.5"),
        ("2026-01-05", "2026-01-05T00:00:00"),
        ("2026-01-05 24:00:00", "2026-01-05 24:00:00"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01t00:00:00+14:00"),
    ],
)
def test_moments(written, moment):
    assert n.normalise(written, type="T") == moment


def test_logical_words():
    assert n.column(["是", "TRUE", "Y", "１", "否", "f", "no", "0", "不详"], type="L") == [
        *["true"] * 4,
        *["false"] * 4,
        "不详",
    ]


@given(text=awkward | moments | numbers | st.text(), type=st.sampled_from(TYPES))
@example(text="ﾞ\u3099", type="C")
@example(text="a \u200b b", type="C")
@example(text="\u00a8 阿", type="C")
def test_normalising_twice_changes_nothing(text, type):
    once = n.normalise(text, type=type)
    assert n.normalise(once, type=type) == once


@given(text=awkward | moments | numbers | st.text(), type=st.sampled_from(TYPES))
def test_the_shortcuts_come_to_what_the_long_way_comes_to(text, type):
    assert n.normalise(text, type=type) == n._full(text, type)


def there_is_a_rule_for(code):
    """Return whether a character may become another, or is one in ninety-seven of those that stand for themselves."""
    text = chr(code)
    itself = unicodedata.category(text) in ("Lo", "Co", "Cn", "Cs", "So")
    return not itself or code % 97 == 0 or unicodedata.normalize("NFKC", text) != text


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.full)], ids=["some", "every one"])
def test_every_character_is_settled_by_one_pass_and_every_shortcut_is_right(every):
    wrong = []
    for code in range(sys.maxunicode + 1):
        if not every and not there_is_a_rule_for(code):
            continue
        text = chr(code)
        once = n.normalise(text)
        if n.normalise(once) != once or n._full(text, "C") != once:
            wrong.append(f"{code:04X}")
    assert wrong == []


def test_every_character_between_two_han_is_settled_too():
    wrong = []
    for code in [*range(0x20, 0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x10000)]:
        once = n.normalise(f"张{chr(code)}三")
        if n.normalise(once) != once:
            wrong.append(f"{code:04X}")
    assert wrong == []


@given(values=st.lists(st.none() | awkward), type=st.sampled_from(TYPES))
def test_a_column_is_its_values_one_by_one_and_none_stays_none(values, type):
    assert n.column(values, type=type) == [None if v is None else n.normalise(v, type=type) for v in values]


def test_the_tables_stand_as_they_are():
    # A digest of a sealed value was made with them: whoever changes one raises VERSION.
    assert n.VERSION == 2
    as_ever = ["A B", "Ⅳ", "㎏", "ß", "ﬁ", "“引”", "①", "½"]
    came_to = ["a b", "iv", "kg", "ss", "fi", '"引"', "1", "1⁄2"]
    assert [n.column(as_ever, form=form) for form in n.VERSIONS] == [came_to, came_to]
    apart = ["\u2ee2\u2ef0", "\u31d0", "\ue816", "张\ue864 三", "'0123", "\ufa0e 1"]
    assert n.column(apart, form=1) == [*apart[:3], "张\ue864三", *apart[4:]]
    assert n.column(apart) == ["马龙", "一", "\U00020087", "张\u9fbb三", "0123", "\ufa0e1"]


@pytest.mark.clause("D-26")
@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("\u2ed8\u2ee9", "青黄"),  # CJK Radicals Supplement, as out of PDF files
        ("\u2f00\u2fc8", "一黃"),  # Kangxi Radicals
        ("\u2ee2\u3000\u2ef0", "马龙"),
        ("\uf9d1\U0002f80f", "六\u5154"),  # compatibility ideographs
        ("\ufa11", "\ufa11"),  # stands among them and is no other character
        ("\ue81e\ue854", "\u9fb4\u9fba"),  # moved by GB 18030-2022
        ("\ue78d", ","),  # a vertical form of a comma, moved by GB 18030-2022
        ("\ue7c7", "\u1e3f"),  # moved by GB 18030-2005
        ("\ue831", "\U000215d7"),
        ("\ue815", "厂"),  # a radical that GBK kept in the private area
        ("\ue000\uf8ff", "\ue000\uf8ff"),  # nobody knows what these are
    ],
)
def test_equal_code_points_of_one_character_are_folded(written, normal):
    assert n.normalise(written) == normal


@pytest.mark.clause("D-26")
@pytest.mark.parametrize("pair", ["黃黄", "呂吕", "戶户", "龍龙", "\u2fc8\u2ee9", "馬马", "\u2ee3馬", "己已", "口囗"])
def test_other_forms_of_a_character_stay_other_names(pair):
    one, other = map(n.normalise, pair)
    assert one != other


@pytest.mark.parametrize("file", ["gbk", "gb18030"])
def test_what_a_cell_of_gb18030_is_read_as_compares_as_the_character_it_is(file):
    # FE59 was U+E81E until 2022 and is U+9FB4 since; 0x82359037 was U+9FB4.
    read = {"gbk": "\ue81e", "gb18030": bytes.fromhex("fe59").decode("gb18030")}[file]
    assert n.normalise(read) == n.normalise(bytes.fromhex("82359037").decode("gb18030")) == "\u9fb4"


@pytest.mark.parametrize("written", ["'110105194912310021", "＇110105194912310021", "`110105194912310021", "''1101"])
def test_the_apostrophe_before_a_number_is_none_of_it(written):
    assert n.normalise(written) == n.normalise(written.lstrip("'＇`"))
    assert n.normalise(f"{written}号") != n.normalise(written.lstrip("'＇`") + "号")


many = awkward | moments | numbers | st.text() | st.text(st.sampled_from("\u2ee2\u2f00\u31d0\ue816\ue78d\ufa0e' .0a张"))


signs = re.compile("[\ue78d-\ue796\ue7c7-\ue7f3\ue76c]")
"""What was taken for a Han character, beside which spaces mean nothing, as long as nobody knew what it was."""


@given(text=many.filter(lambda text: not signs.search(text)), type=st.sampled_from(TYPES))
def test_what_an_older_version_made_comes_to_what_the_value_comes_to(text, type):
    assert n.normalise(n.normalise(text, type=type, form=1), type=type) == n.normalise(text, type=type)


@given(text=many, type=st.sampled_from(TYPES), form=st.sampled_from(n.VERSIONS))
def test_every_version_changes_nothing_the_second_time_and_has_right_shortcuts(text, type, form):
    once = n.normalise(text, type=type, form=form)
    assert n.normalise(once, type=type, form=form) == once == n._full(text, type, form)


@given(text=many)
def test_every_writing_of_a_text_compares_as_the_text(text):
    assert {n.normalise(way) for way in n.writings(text)} == {n.normalise(text)}
