"""Values with radicals and the like are counted, and told by their number."""

import pytest

from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import equals, report


@pytest.mark.clause("D-26")
def test_values_with_radicals_compatibility_forms_and_characters_gb18030_moved_are_counted(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("k,n\n1,\u2ee2\u2ef0\n2,马龙\n3,\uf9d1\n\ue816,\ufa11\n5,\ue000\n6,黃\n", encoding="utf-8")
    definition = Definition("r", 1, "r", "p", ("k",), (Item("k", "键"), Item("n", "名")))
    read = reading.open_(file, definition=definition)
    assert [(block.batch.num_rows, equals.number(block)) for block in read.blocks()] == [(6, 3)]
    assert (read.report.folded.number, read.report.folded.first) == (3, ())
    assert any("3" in sentence and "radical" in sentence for sentence in report.told(read.report, "en"))
