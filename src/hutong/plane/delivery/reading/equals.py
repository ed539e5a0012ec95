"""Values with a character that stands for another one, as text copied from a PDF file has: counted, told by number."""

import pyarrow.compute as pc

from hutong.core import normalise
from hutong.plane.delivery.blocks import OP, Block

_ONE = f"[{normalise.EQUALS}]"


def number(block: Block) -> int:
    """Return how many values of a block have such a character (D-26)."""
    batch = block.batch
    columns = (batch.column(name) for name in batch.schema.names if name != OP)
    return sum(pc.sum(pc.match_substring_regex(column, _ONE)).as_py() or 0 for column in columns)
