"""A value is judged, and taken, in the writing that comparing would use."""

import pyarrow as pa
import pytest

from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type
from hutong.plane.delivery import quality, writing


def item(*rules: tuple[Rule, str], length: int = 0, type: Type = Type.STRING, warn: bool = False) -> Item:
    judged = tuple(QualityRule(rule, argument, warn=warn) for rule, argument in rules)
    return Item("x", "项", type, length=length, offered=Mode.QUERY, rules=judged)


def taken(of: Item, *values: str | None) -> list[str | None]:
    """What is taken of each value; the reason it is rejected for in angle brackets."""
    definition = Definition("r", 1, "r", "p", ("k",), (Item("k", "键"), of))
    batch = pa.record_batch([[str(n) for n in range(len(values))], pa.array(values, pa.string())], names=["k", "x"])
    checked = quality.check(batch, definition)
    found = checked.columns["x"].taken.to_pylist()
    for fault in checked.faults:
        if not fault.warn:
            found[fault.row] = f"<{fault.reason}>"
    return found


NUMBER = "11010519491231002X"
AS_WRITTEN = [
    NUMBER.lower(), f"{NUMBER}\t", f" {NUMBER}", f"'{NUMBER}", f"`{NUMBER}", f"\u2019{NUMBER.lower()} ",
    "１１０１０５１９４９１２３１００２Ｘ", f"{NUMBER}\u00a0", f"\u200e{NUMBER}", f"{NUMBER[:6]}\u200b{NUMBER[6:]}",
    f"\u202d{NUMBER}\u202c", f"\ufeff{NUMBER}\u3000\r\n", NUMBER.replace("X", "ｘ"), NUMBER.replace("X", "Ⅹ"),
]  # fmt: skip


@pytest.mark.clause("SX-04-f")
@pytest.mark.parametrize(
    "of",
    [
        item((Rule.RESIDENT_NUMBER, "")),
        item((Rule.RESIDENT_NUMBER, ""), length=18),
        item((Rule.PATTERN, "[0-9]{17}[0-9X]"), length=18),
        item((Rule.RESIDENT_NUMBER, ""), warn=True),
    ],
)
def test_a_resident_number_is_kept_as_its_standard_writes_it(of: Item) -> None:
    assert taken(of, NUMBER, *AS_WRITTEN, None) == [NUMBER] * (1 + len(AS_WRITTEN)) + [None]


@pytest.mark.clause("SX-04-f")
def test_a_wrong_number_stays_wrong_however_it_is_written_and_is_told_as_that() -> None:
    wrong = ["110105194912310021", "'110105194912310021\t", "11010519491231002", "1101 0519491231002X"]
    assert taken(item((Rule.RESIDENT_NUMBER, ""), length=18), *wrong) == ["<VALUE_NO_RESIDENT_NUMBER>"] * 4


def test_credit_codes_and_region_codes_are_taken_as_their_standards_write_them() -> None:
    code = "91350100M000100Y43"
    assert taken(item((Rule.CREDIT_CODE, "")), code.lower(), f"'{code} ", "９１350100m000100y43") == [code] * 3
    assert taken(item((Rule.REGION_CODE, "")), "'450500", "４５０５００", "450500\u200b", "45 0500") == [
        *["450500"] * 3,
        "<VALUE_NO_REGION_CODE>",
    ]


def test_a_value_of_a_list_is_taken_as_the_list_has_it() -> None:
    of = item((Rule.ONE_OF, "男|女|Ｎ/A|第Ⅳ类"))
    assert taken(of, "男", " 男\u3000", "\u2f25", "n/a", "第iv类", "男女", "") == [
        "男", "男", "女", "Ｎ/A", "第Ⅳ类", "<VALUE_NOT_LISTED>", None,
    ]  # fmt: skip


def test_what_keeps_the_rules_stays_as_it_came() -> None:
    assert taken(item(), "Ａ ", "'1", "⻢") == ["Ａ ", "'1", "⻢"]
    assert taken(item((Rule.PATTERN, "（.*）"), length=5), "（甲）", "（ 甲）") == ["（甲）", "（ 甲）"]
    assert taken(item(length=3), "欧阳 ", "欧阳修\u3000\u3000", "欧阳修文") == ["欧阳 ", "欧阳修", "<VALUE_TOO_LONG>"]
    assert taken(item((Rule.PATTERN, "[a-z]+[A-Z]")), "aB", "aB\t", "AB") == ["aB", "aB", "<VALUE_BREAKS_PATTERN>"]


def test_a_blank_value_that_breaks_a_rule_is_none() -> None:
    assert taken(item((Rule.PATTERN, "a+"), length=2), " ", "\u200b\u3000\u00a0", "a") == [None, None, "a"]


def test_the_length_of_a_typed_value_is_that_of_its_normal_form() -> None:
    assert taken(item(length=10, type=Type.DATE), "2026年03月02日", "2026-03-02 00:00:00") == ["2026-03-02"] * 2
    assert taken(item(length=4, type=Type.NUMERIC), "1,000.00", "10000", "0001.0") == [
        "1000", "<VALUE_TOO_LONG>", "1",
    ]  # fmt: skip


def test_what_is_far_too_long_is_not_tried_in_other_writings() -> None:
    assert taken(item(length=1), "a" + " " * 4096, "a" + " " * 5000) == ["a", "<VALUE_TOO_LONG>"]


def test_a_warning_is_about_the_writing_that_is_taken() -> None:
    of = item((Rule.PATTERN, "[A-Z]{2}"), warn=True)
    assert taken(of, "ab ", "abc") == ["AB", "abc"]


@pytest.mark.parametrize("value", ["ａ１", "a1 ", "A1"])
def test_a_value_fits_that_would_be_taken(value: str) -> None:
    of = item((Rule.PATTERN, "[a-z][0-9]"), length=2)
    assert writing.fitting([value, "11", value, "a12"], of) == [True, False, True, False]
