"""What a record, a delivery or a row was refused for is told in whole sentences, though little of it was kept."""

import string

import pytest
from django.utils import translation

from hutong.control.catalog.deliveries import RejectedRow
from hutong.core import text
from hutong.core.errors import Problem
from hutong.plane import ladder
from hutong.plane.answer import asking, compare, limits, query, subscribe
from hutong.plane.definition import Item, QualityRule, Rule, Type
from hutong.plane.delivery import formats, loading, merging, quality, reading, unpacking, workbooks
from hutong.plane.grants import DataNotSupplied
from hutong.web.desk import records
from hutong.web.wording import refusals

CALL = {"grant": "G-1", "system": "civil-app", "user": "zhang", "device": "pc-1", "purpose": "trial", "matter": "trial",
        "mode": "query", "resource": "307001/000001", "version": 1, "result": "QUOTA_SPENT"}  # fmt: skip
"""What the record of a refused use keeps."""


def of(*modules) -> list[str]:
    """Return the codes of the failures defined in `modules`."""
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    return sorted({kind.code for kind in kinds if issubclass(kind, Problem) and kind.__module__.startswith("hutong.p")})


USES = [*of(asking, compare, query, subscribe, limits, ladder), DataNotSupplied.code]
DELIVERIES = of(formats, reading, workbooks, unpacking, loading, merging)
ROWS = of(quality)
DOORS = ["BODY_TOO_LARGE", "BODY_TOO_SLOW", "BODY_UNREADABLE", "NOT_YOURS_TO_DELIVER", "PARAMETER_UNREADABLE"]
"""What the gateway enters for a caller before anything is asked of the plane: no facts are kept."""


def whole(words: str) -> bool:
    """Whether words are there, and nothing is left open in them."""
    return words != "" and not {"…", "?", "{", "}"} & set(words)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_refusal_of_a_record_a_delivery_or_a_row_is_told_with_a_gap(language):
    with translation.override(language):
        told = {code: refusals.refused(code, **records._kept({**CALL, "result": code})) for code in USES}
        told |= {code: refusals.refused(code) for code in DOORS}
        told |= {code: refusals.refused(code, key="K-1", resource="人口") for code in DELIVERIES}
        told |= {code: refusals.refused(code, item="姓名", argument="3") for code in ROWS}
        told |= {
            f"{code} in the list": refusals.rejection(RejectedRow(3, "name", "", code, "文"), {})
            for code in ROWS
            if code.startswith("VALUE_")
        }
    assert {code: words for code, words in told.items() if not whole(words)} == {}


def test_what_was_kept_is_told():
    told = refusals.refused("MODE_NOT_GRANTED", **records._kept(CALL))
    assert told == "授权 G-1 不能以 数据查询 方式使用。"
    assert refusals.refused("GRANT_EXPIRED", **records._kept(CALL)) == "授权 G-1 已到期。"
    assert refusals.refused("NOBODY_KNOWS") == ""


def test_words_without_the_gap_name_no_fact_the_full_ones_do_not():
    def facts(message: str) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(message) if field}

    bare = {code: texts for code, texts in text.table().items() if {"zh_bare", "en_bare"} & set(texts)}
    assert {code for code, texts in bare.items() if not {"zh_bare", "en_bare"} <= set(texts)} == set()
    assert {code for code, texts in bare.items() if not facts(texts["zh_bare"]) < facts(texts["zh"])} == set()
    assert {code for code, texts in bare.items() if facts(texts["en_bare"]) != facts(texts["zh_bare"])} == set()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (RejectedRow(3, "name", "length", "VALUE_TOO_LONG", "文文文"), "姓名 超过 1000000 个字符。"),
        (RejectedRow(3, "born", "type", "VALUE_OF_OTHER_TYPE", "0000"), "出生日期 不符合数据类型 日期。"),
        (RejectedRow(3, "born", "minimum", "VALUE_TOO_SMALL", "0000"), "出生日期 小于 1900-01-01。"),
        (RejectedRow(3, "name", "minimum", "VALUE_TOO_SMALL", "文文"), "姓名 小于规定的最小值。"),
        (RejectedRow(3, "gone", "required", "VALUE_MISSING", None), "gone 为必填项，未填写。"),
        (RejectedRow(3, None, "row", "ROW_RAGGED", "5 / 6"), "该行的列数与表头不一致（该行 / 表头：5 / 6）。"),
        (RejectedRow(3, None, "row", "ROW_SURROGATE", ""), "该行含有不完整的字符（孤立代理项）。"),
        (
            RejectedRow(3, None, "key", "KEY_REPEATED", "2"),
            "该记录在本批数据第 2 行已经出现，保留前一行，本行不予接收。",
        ),
    ],
)
def test_a_rejected_row_is_told_with_what_the_catalogue_asks_of_the_item_and_never_with_its_value(row, said):
    born = Item("born", "出生日期", Type.DATE, rules=(QualityRule(Rule.MINIMUM, "1900-01-01"),))
    assert refusals.rejection(row, {"name": Item("name", "姓名"), "born": born}) == said
