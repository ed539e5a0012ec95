"""What the column of changes says of a row, as people write it: u or d, or a word that plainly means one of them."""

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from hutong.plane.delivery.blocks import OP, Block
from hutong.plane.delivery.reading.report import MOST_PLACES, WhatWasRead

PUT, DELETE = "u", "d"

WORDS = {
    PUT: (
        "u update updated upsert insert inserted add added new create created modify modified change changed edit"
        " edited put 更新 新增 修改 变更 更改 更正 改 增 新建 增加 添加 插入 新增或更新 新增/更新 新增、更新 更新或新增"
    ),
    DELETE: "d delete deleted del remove removed drop 删除 删 删去 删掉 移除 去除",
}
"""What is done with a record → the words that say it. What a record may be as well, 注销 or cancelled, is none."""
_MEANT = {word: op for op, words in WORDS.items() for word in words.split()}
_MOST_TOLD = 20
"""Characters of a word that is not known which are told."""
_IDENTIFYING = 6
"""Of so many digits something else may be made up than a word, such as the number of a person."""


def of(said: str | None) -> str | None:
    """Return u or d where what is said of a row means it, else what is said."""
    if said is None:
        return None
    return _MEANT.get(unicodedata.normalize("NFKC", said).strip().casefold(), said)


def told(said: str, *, sound: bool) -> str:
    """Return what a report keeps of a word that means neither: as it was written, or nothing.

    Nothing where it may be the value of an item: it has the digits of a number, or its row is not `sound` otherwise, so
    that all of its cells may stand one column too far.
    """
    if not sound or sum(map(str.isdigit, said)) >= _IDENTIFYING:
        return ""
    return said[:_MOST_TOLD].replace("\x00", "\u2400") + ("…" if len(said) > _MOST_TOLD else "")


def read(block: Block, report: WhatWasRead) -> Block:
    """Return a block of changes whose column says u and d where words say so, which `report` counts."""
    batch = block.batch
    if OP not in batch.schema.names:
        return block
    given = batch.column(OP)
    meant = pa.array([of(each) for each in given.to_pylist()], pa.string())
    words = pc.indices_nonzero(pc.fill_null(pc.not_equal(given, meant), False)).to_pylist()
    if not words:
        return block
    places = [str(block.numbers[row]) for row in words[:MOST_PLACES]]
    report.operations = report.operations.plus(places, number=len(words))
    return Block(batch.set_column(batch.schema.names.index(OP), OP, meant), block.numbers, block.unreadable)
