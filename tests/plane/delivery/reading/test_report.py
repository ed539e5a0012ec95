"""What was read of a file is plain values, kept as JSON and told in both languages, without a cell's content."""

import json

import pytest
from delivering import definition

from hutong.plane.delivery import reading
from hutong.plane.delivery.reading.report import LeftOut, Occurrences, WhatWasRead, told

FULL = WhatWasRead(
    format="xlsx",
    sheet="一月",
    left_out=(LeftOut("二月", rows=3), LeftOut("字典", hidden=True, rows=8)),
    header_row=3,
    above=1,
    records=12,
    empty_rows=2,
    merged=1,
    hidden=Occurrences(2, ("6", "7")),
    formulas=Occurrences(1, ("C5",)),
    errors=Occurrences(11, tuple(f"D{row}" for row in range(4, 14))),
    differing={"amount": Occurrences(1, ("E4",))},
    suspicious=Occurrences(1, ("15",)),
    folded=Occurrences(4),
    illegible=Occurrences(2, ("7", "9")),
)
TEXT = WhatWasRead("csv", "gb18030", "\t", header_row=1, lines=21, records=18, broken_lines=2,
                   as_text=Occurrences(1, ("A2",)))  # fmt: skip


@pytest.mark.parametrize("report", [FULL, TEXT, WhatWasRead("parquet", records=1)])
def test_it_is_the_same_after_it_was_kept(report: WhatWasRead) -> None:
    assert WhatWasRead.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_it_is_told_in_both_languages() -> None:
    assert told(FULL, "zh", names={"amount": "金额"}) == [
        "Excel 工作簿，读取的是工作表“一月”。",
        "表头在第 3 行，其上有内容的 1 行未作记录读取。",
        "其下共读取记录 12 条。另有空行 2 行，已略去。",
        "工作表“二月”有 3 行内容，未读取。",
        "隐藏的工作表“字典”有 8 行内容，未读取。",
        "记录中有合并单元格 1 处，只有左上角的单元格有值，其余读作空值；应当有值的，请取消合并、逐格填写后再交。",
        "有公式而没有计算结果的单元格 1 个，读作空值：C5。",
        "错误值（如 #N/A）或只有 ### 的单元格 11 个，读作空值：D4、D5、D6、D7、D8、D9、D10、D11、D12、D13等。",
        "表中隐藏的行（如被筛选隐藏）也已读取，共 2 行，请核对：第 6、7 行。",
        "“金额”有 1 个单元格显示的内容与所存的值不同：E4。",
        "可疑行 1 行，像是合计、填表说明而不是记录，请核对：第 15 行。",
        "有 4 个值中的部首、兼容汉字等字形已归并为通用字。",
        "有 2 个值含有乱码或无法辨认的字符（如 �、锟斤拷、问号或自造字），按原样读取，请核对：第 7、9 行。",
    ]
    assert told(TEXT, "en") == [
        "Text (CSV) in GB18030 (GBK), its columns separated by tabs.",
        "The header is row 1.",
        "Lines from the header on: 21, with 2 line breaks inside of cells; records: 18.",
        'Cells written as ="…", read as the text between the marks: 1 (A2).',
    ]


def test_places_are_counted_all_and_kept_first() -> None:
    found = Occurrences().plus(f"A{row}" for row in range(8)).plus(f"B{row}" for row in range(8))
    assert (found.number, found.first[-3:]) == (16, ("A7", "B0", "B1"))
    assert found.plus(["C1"], number=5) == Occurrences(21, found.first)


def test_a_reading_counts_the_rows_that_were_sent(tmp_path) -> None:
    header = ",".join(item.code for item in definition().items)
    (tmp_path / "a.csv").write_text(f"{header}\nA,x,,,,\nB\n", encoding="utf-8")
    found = reading.open_(tmp_path / "a.csv", definition=definition())
    assert found.report.records == 0
    assert sum(block.batch.num_rows for block in found.blocks()) == 1
    assert found.report.records == 2
