"""Values with radicals and the like are counted, and told by their number."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading
from hutong.plane.delivery.blocks import Block
from hutong.plane.delivery.reading import equals, report
from hutong.plane.delivery.reading.report import WhatWasRead


@pytest.mark.clause("D-26")
def test_values_with_radicals_compatibility_forms_and_characters_gb18030_moved_are_counted(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("k,n\n1,\u2ee2\u2ef0\n2,马龙\n3,\uf9d1\n\ue816,\ufa11\n5,\ue000\n6,黃\n", encoding="utf-8")
    definition = Definition("r", 1, "r", "p", ("k",), (Item("k", "键"), Item("n", "名")))
    read = reading.open_(file, definition=definition)
    assert [block.batch.num_rows for block in read.blocks()] == [6]
    assert (read.report.folded.number, read.report.folded.first) == (3, ())
    assert any("3" in sentence and "radical" in sentence for sentence in report.told(read.report, "en"))


@pytest.mark.parametrize(
    "lost", ["王\ufffd", "锟斤拷锟斤拷", "????", "？？", "\ue123", "中\uf8ff", "\U000f0001", "ä¸\xadæ\x96\x87",
     "说明文字".encode().decode("gb18030"), f"共{'东街十二号院内'.encode().decode('gb18030', 'ignore')}"]
)
def test_a_value_with_a_character_that_stands_for_none_is_told_by_its_row_and_taken(lost, tmp_path):
    """What was lost before the file was written nobody can read: it is told, as the provider alone knows."""
    file = tmp_path / "a.csv"
    lines = [
        "k,n",
        "1,马",
        "2,怎么？",
        "3,\ue816",
        f"4,{lost}",
        "5,a?",
        *(f"{at},{lost}" for at in range(6, 20)),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    definition = Definition("r", 1, "r", "p", ("k",), (Item("k", "键"), Item("n", "名")))
    read = reading.open_(file, definition=definition)
    (block,) = read.blocks()
    assert block.batch.column("n")[3].as_py() == lost
    assert read.report.illegible == report.Occurrences(15, ("5", *(str(row) for row in range(7, 16))))
    assert read.report.noteworthy
    rows = "5, 7, 8, 9, 10, 11, 12, 13, 14, 15, \u2026"
    assert report.told(read.report, "en")[-1] == report.label(
        "what_was_read.illegible", language="en", count=15, rows=rows
    )


def test_the_column_that_says_what_becomes_of_a_record_is_not_looked_at():
    found = WhatWasRead("csv")
    columns = [pa.array(["\ufffd", None]), pa.array(["\ufffd", "u"])]
    equals.look(Block(pa.record_batch(columns, names=["k", "_op"]), [2, 3]), found)
    assert (found.illegible, found.folded.number) == (report.Occurrences(1, ("2",)), 0)


def test_lines_of_utf_8_in_a_text_of_gb18030_are_told_by_their_rows(tmp_path):
    """As where two exports are put into one file: each line is valid as GB18030, and its values are other ones."""
    plain = "".join(f"{number},县城关镇东大街{number}号，经核实情况属实\n" for number in range(2_000))
    other = "".join(f"{number},城关镇东大街某院\n" for number in range(2_000, 2_003))
    (tmp_path / "a.csv").write_bytes(("k,n\n" + plain).encode("gb18030") + other.encode())
    definition = Definition("r", 1, "r", "p", ("k",), (Item("k", "键"), Item("n", "名")))
    read = reading.open_(tmp_path / "a.csv", definition=definition)
    assert sum(block.batch.num_rows for block in read.blocks()) == 2_003
    assert read.report.illegible == report.Occurrences(3, ("2002", "2003", "2004"))


@given(st.text(st.sampled_from([chr(code) for code in range(0x4E00, 0x9FA6)]), max_size=40))
def test_chinese_of_any_kind_is_legible(text):
    found = WhatWasRead("csv")
    equals.look(Block(pa.record_batch([pa.array([text])], names=["k"]), [2]), found)
    assert found.illegible.number == 0
