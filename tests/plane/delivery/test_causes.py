"""A value that cannot be read as its type is rejected with what stands in the way, where that can be told."""

import pyarrow as pa
import pytest

from hutong.core import text
from hutong.plane.definition import Definition, Item, Type
from hutong.plane.delivery import causes, quality


def rejected(kind: Type, *values: str, required: bool = False) -> list[str | None]:
    items = (Item("k", "编号"), Item("x", "某项", kind, required=required))
    definition = Definition(code="1/1", version=1, name="x", provider="p", key=("k",), items=items)
    batch = pa.record_batch([[str(n) for n in range(len(values))], list(values)], names=["k", "x"])
    reasons = {fault.row: fault.reason for fault in quality.check(batch, definition).faults}
    return [reasons.get(row) for row in range(len(values))]


CASES = {
    causes.ValueWithoutDay: ([Type.DATE, Type.DATETIME],
        ["1990", "1990年", "1990-01", "1990/1", "1990.12", "199001", "1990年1月", "１９９０年０１月", "2026年3月份"]),
    causes.ValueWithoutEnd: ([Type.DATE, Type.DATETIME],
        ["长期", "长期有效", "永久", " 无固定期限 ", "至今", "Long-term", "终身"]),
    causes.ValueSerialDay: ([Type.DATE, Type.DATETIME], ["45293", "36526", "45293.5"]),
    causes.ValueHasUnit: ([Type.NUMERIC, Type.INTEGER, Type.DOUBLE],
        ["100万元人民币", "50(万元人民币)", "￥100.50", "1,000元", "12.5%", "约300", "人民币500万", "20 人", "3㎡",
         "$5", "1.5亿", "1000.00（美元）"]),
    causes.ValueInWords: ([Type.NUMERIC, Type.CURRENCY], ["壹佰万元整", "一百万", "人民币伍拾元"]),
    causes.ValuePlaceholder: ([Type.NUMERIC, Type.DATE, Type.DATETIME, Type.INTEGER, Type.LOGICAL, Type.CURRENCY],
        ["—", "－", "--", "/", "无", "（无）", "N/A", "#N/A", "不详", "暂无", "null", "……", "*", "?"]),
    quality.ValueOfOtherType: ([Type.NUMERIC, Type.DATE], ["甲", "2026-02-30", "abc12", "1-2-3-4", "12,34", "1.2.3"]),
}  # fmt: skip


@pytest.mark.parametrize("cause", CASES)
def test_the_cause_is_told(cause: type) -> None:
    kinds, values = CASES[cause]
    for kind in kinds:
        assert rejected(kind, *values) == [cause.code] * len(values), kind
    for language in ("zh", "en"):
        assert "某项" in text.refused(cause.code, {"item": "某项", "argument": "x"}, language=language)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Type.DATE, ["1990-01-02", "19900102", "1990年1月2日", "9999-12-31", ""]),
        (Type.NUMERIC, ["100", "1,000.50", "-3", ""]),
        (Type.CURRENCY, ["¥100", "100元", "100人民币", ""]),
        (Type.STRING, ["无", "—", "长期", "100万元", "1990"]),
    ],
)
def test_what_is_a_value_stays_one(kind: Type, values: list[str]) -> None:
    assert rejected(kind, *values) == [None] * len(values)


def test_nothing_is_made_of_a_placeholder_where_the_item_is_not_required() -> None:
    assert rejected(Type.NUMERIC, "—", "0") == ["VALUE_PLACEHOLDER", None]
    assert rejected(Type.NUMERIC, "—", "", required=True) == ["VALUE_PLACEHOLDER", "VALUE_MISSING"]
