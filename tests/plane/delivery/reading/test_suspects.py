"""A row that looks like no record is told with its number, and taken: a total, a signature, a remark, its header."""

from pathlib import Path

import openpyxl
import pytest

from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import suspects
from hutong.plane.delivery.reading.report import Occurrences

ITEMS = tuple(Item(code, name) for code, name in zip("abcd", ["编号", "名称", "金额", "备注"], strict=True))
WANTED = Definition(code="1/1", version=1, name="x", provider="p", key=("a",), items=ITEMS)
RECORDS = [f"{n:03},总计划部{n},{n},完整" for n in range(1, 30)]


def suspicious(path: Path, *rows: str, records: list[str] = RECORDS, changes: bool = False) -> tuple[int, list[str]]:
    header = "a,b,c,d" + (",_op" if changes else "")
    path.write_text("\n".join([header, *records, *rows]) + "\n", encoding="utf-8")
    found = reading.open_(path, definition=WANTED, changes=changes)
    assert sum(block.batch.num_rows for block in found.blocks()) == len(records) + len(rows)
    return found.report.suspicious.number, list(found.report.suspicious.first)


@pytest.mark.parametrize(
    "row",
    ["合计,,435,", "合 计,,435,", "合计,29人,435,无", "小  计,x,435,y", "总计：,x,435,y", "汇总,x,435,y", ",29,435,",
     "金额合计,,435,", "合计人数,,29,", "总人数,,29,", "城关镇小计,,435,", ",,总金额,435",
     "总计：29 条,,435,x", ",小计,435,", "本页小计,,1,", "填表人：某某,审核人：某某,,",
     "备注：以上为一季度,,,",
     "制表日期：2026年3月1日,,,", "Total,,435,", "以上共29条记录,,,", "第1页 共3页,,,", "Prepared by: x,,,", "030,,,",
     "编号,名称,金额,备注", "a,b,c,d", "编号,名称,,", "----,-------,--,---", "=====,===,==,", "——,——,——,——", "1,2,3,4",
     "(1),(2),(3),(4)", "甲,乙,1,2", "A,B,C,D", "一,二,三,四", "栏次,1,2,3", "01,02,03,04"],
)  # fmt: skip
def test_a_row_that_is_none_is_told(row: str, tmp_path: Path) -> None:
    assert suspicious(tmp_path / "a", row) == (1, ["31"])


@pytest.mark.parametrize(
    "row",
    ["030,总计划部,,完整", "合计划局,x,,y", "小计算机厂,x,1,", "说明书一,x,,y", "编号,x,1,y", "030,注,1,",
     ",总计划部,1,完整", "030,合计,1,", "会计统计表,,1,x", "总设计师,,1,x",
     "1,2,4,5", "甲,乙,丙,x", "1,,3,4", "--,x,1,y", "A,C,D,E", "2,3,4,5"],
)  # fmt: skip
def test_a_record_is_no_suspect(row: str, tmp_path: Path) -> None:
    assert suspicious(tmp_path / "a", row) == (0, [])


def test_a_table_that_is_mostly_empty_has_no_suspects_for_that(tmp_path: Path) -> None:
    sparse = [f"{n:03},,," for n in range(100)]
    assert suspicious(tmp_path / "a", "合计,,9,", records=RECORDS + sparse) == (1, ["131"])


def test_a_deleted_record_has_nothing_but_its_key(tmp_path: Path) -> None:
    records = [f"{each},u" for each in RECORDS]
    assert suspicious(tmp_path / "a", "030,,,,d", "031,,,,u", records=records, changes=True) == (1, ["32"])


def test_all_suspects_are_counted_and_the_first_are_told_in_their_order(tmp_path: Path) -> None:
    rows = [each for n in range(8) for each in (f"{100 + n},,,", "小计,,1,")]
    number, first = suspicious(tmp_path / "a", *rows)
    assert (number, first) == (16, [str(n) for n in range(31, 41)])


def test_a_file_without_rows_has_no_suspects() -> None:
    assert suspects.Suspects(WANTED).found(0) == Occurrences()


@pytest.mark.parametrize(
    "row",
    [("合计", None, "=SUM(C4:C32)", None), (None, "小计", "=SUM(C4:C32)", None), ("总计", None, "#REF!", None),
     ("共 计", "29人", "=SUM(C4:C32)", "—"), ("合计", "29人", 435, "—"), ("本月合计", None, None, 435),
     (None, None, 435, None), (None, 29, 435, None)],
)  # fmt: skip
def test_a_sum_below_a_workbook_is_told_also_where_its_row_cannot_be_taken(row: tuple, tmp_path: Path) -> None:
    """A formula that no program has reckoned is refused with its row: the row is no less a total for that."""
    book = openpyxl.Workbook()
    for cells in (["某县人员名册"], ["填报单位：民政局", "", "", "单位：元"], [item.name for item in ITEMS]):
        book.active.append(cells)
    for record in RECORDS:
        book.active.append(record.split(","))
    book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = reading.open_(tmp_path / "a.xlsx", definition=WANTED)
    read = sum(block.batch.num_rows + len(block.unreadable) for block in found.blocks())
    assert (read, found.report.records) == (len(RECORDS) + 1, len(RECORDS) + 1)
    assert found.report.suspicious == Occurrences(1, ("33",))


def test_a_sum_that_is_an_error_is_told_in_a_text_as_well(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("\n".join(["a,b,c,d", *RECORDS, "合计,,#REF!,", "030,x,#REF!,"]), encoding="utf-8")
    found = reading.open_(tmp_path / "a", definition=WANTED)
    assert sum(len(block.unreadable) for block in found.blocks()) == 2
    assert found.report.suspicious == Occurrences(1, ("31",))


def test_a_record_with_such_a_formula_is_no_suspect(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in ([item.name for item in ITEMS], ["001", "合计划部", "=C1", "x"], ["002", "总计", "#REF!", "x"]):
        book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    found = reading.open_(tmp_path / "a.xlsx", definition=WANTED)
    assert sum(len(block.unreadable) for block in found.blocks()) == 2
    assert found.report.suspicious == Occurrences()
