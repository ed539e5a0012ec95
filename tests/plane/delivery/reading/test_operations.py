"""Whether a row of changes is put or deleted may be said in words; what means neither is told as it was written."""

from pathlib import Path

import pytest
from delivering import Provider, definition, row, write_csv
from workbooks import rows, sheet, write

from hutong.core.labels import Language
from hutong.db.database import Database
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import operations, report
from hutong.plane.delivery.reading.report import Occurrences, WhatWasRead

MEANT = {
    "u": "u", "U": "u", "ｕ": "u", " u ": "u", "更新": "u", "新增": "u", "修改": "u", "Update": "u", "INSERT": "u",
    "Modify": "u", "d": "d", "D": "d", "删除": "d", "delete": "d", "DELETED": "d", "Remove": "d", " 删除　": "d",
}  # fmt: skip
NEITHER = ["", "x", "注销", "作废", "cancelled", "0", "不删除", "更新否", "ud"]
HEADER = [*(item.code for item in definition().items), "_op"]


@pytest.mark.parametrize(("said", "op"), MEANT.items())
def test_a_word_that_means_one_of_the_two_is_read_as_it(said: str, op: str) -> None:
    assert operations.of(said) == op


@pytest.mark.parametrize("said", NEITHER)
def test_a_word_that_may_be_something_else_stays_as_it_is(said: str) -> None:
    assert operations.of(said) == said


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_words_are_read_from_text_and_workbooks_and_told_by_their_rows(form: str, tmp_path: Path) -> None:
    ops = ["u", "更新", "删除", "D", "d", "注销"]
    table = [HEADER, *([f"A{at}", "张三", "", "", "", "", op] for at, op in enumerate(ops))]
    path = tmp_path / f"a.{form}"
    if form == "csv":
        path.write_text("".join(",".join(cells) + "\n" for cells in table), encoding="utf-8")
    else:
        write(path, {"表": sheet(rows(table))})
    found = reading.open_(path, definition=definition(), changes=True)
    read = [op for block in found.blocks() for op in block.batch.column("_op").to_pylist()]
    assert (read, found.report.operations) == (["u", "u", "d", "d", "d", "注销"], Occurrences(3, ("3", "4", "5")))
    kept = WhatWasRead.from_json(found.report.to_json())
    assert kept.operations == found.report.operations


@pytest.mark.parametrize(("language", "said"), [("zh", "_op 列有 2 行"), ("en", "whose column _op says in a word")])
def test_that_words_were_read_is_told(language: Language, said: str) -> None:
    read = WhatWasRead("csv", operations=Occurrences(2, ("3", "4")))
    assert [line for line in report.told(read, language) if said in line and "3" in line and "4" in line] != []
    assert [line for line in report.told(WhatWasRead("csv"), language) if said in line] == []


def test_records_are_put_and_deleted_by_words(provider: Provider, plane: Database) -> None:
    provider.send([row("A1"), row("A2")])
    words = [{**row("A1", amount="7"), "_op": "修改"}, {**row("A3"), "_op": "新增"}, {"id": "A2", "_op": "删除"}]
    done = provider.send(words, kind="changes")
    assert (done.rejected, done.inserted, done.updated, done.deleted) == (0, 1, 1, 1)


def test_an_error_in_another_cell_of_a_row_that_deletes_by_a_word_is_not_looked_at(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [{"id": "A2", "name": "#N/A", "_op": "删除"}], header=HEADER)
    found = reading.open_(path, definition=definition(), changes=True)
    assert [(block.batch.num_rows, block.unreadable) for block in found.blocks()] == [(1, [])]


@pytest.mark.parametrize(
    ("said", "other", "kept"),
    [
        ("改一下", {}, "改一下"),
        ("upd8", {}, "upd8"),
        ("注销", {}, "注销"),
        ("x" * 30, {}, "x" * 20 + "…"),
        ("330523199001011234", {}, ""),
        ("李四", {"amount": "李四"}, ""),
    ],
)
def test_what_means_neither_is_kept_as_it_was_written_unless_it_may_be_of_another_column(
    said: str, other: dict[str, str], kept: str, provider: Provider, plane: Database
) -> None:
    provider.send([row("A1")])
    provider.send([{**row("A1"), "_op": "u"}, {**row("A2", **other), "_op": said}], kind="changes")
    with plane.transaction() as cur:
        found = cur.execute("select shown from plane.rejected_row where item = '_op'").fetchall()
    assert found == [(kept,)]
