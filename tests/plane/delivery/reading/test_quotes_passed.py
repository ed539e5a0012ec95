"""Records whose cells of several lines have no separator are passed over at once, counted as they are one by one."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hutong.core.errors import Problem
from hutong.plane.delivery.reading import quotes
from hutong.plane.delivery.reading.quotes import Layout

CELLS = st.text(alphabet='a张,"\n\r 1', max_size=5)


class OneByOne(quotes._Look):
    """The look that passes nothing over."""

    def _pass_harmless(self, data: bytes, start: int) -> int:
        return start


class Counting(quotes._Look):
    """The look that counts the records it looks at one by one."""

    records = 0

    def _record(self, data: bytes, start: int):
        Counting.records += 1
        return super()._record(data, start)


def said(text: str, *, by: type[quotes._Look], width: int, begins: int = 0, size: int = 1 << 20) -> object:
    """Return the breaks that are found, or the refusal with its line."""
    data = text.encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    look, rest = by(lambda: iter(pieces), Layout(b",", width, begins), "x"), b""
    try:
        for piece in pieces:
            rest = look.through(rest + piece, last=False)
        if rest:
            look.through(rest if rest.endswith((b"\n", b"\r")) else rest + b"\n", last=True)
    except Problem as problem:
        return problem.code, problem.facts.get("line")
    return look.breaks


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@example(records=[["a", "1\n2"], ["b", "3\r\n4\n"]], end="\n", size=7)
@example(records=[["a", "1\n2"], ["b", "3,\n4"]], end="\r\n", size=1 << 20)
@given(
    records=st.integers(1, 7).flatmap(lambda many: st.lists(st.lists(CELLS, min_size=many, max_size=many), max_size=6)),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    size=st.sampled_from([1, 5, 1 << 20]),
)
def test_what_is_passed_over_is_counted_as_it_is_one_by_one(records, end, size, quoting):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(records)
    width = len(records[0]) if records else 1
    for text in (out.getvalue(), out.getvalue().replace('"', "", 1), f"标题\n{out.getvalue()}"):
        for begins in (0, 7):
            how = {"width": width, "begins": begins, "size": size}
            assert said(text, by=quotes._Look, **how) == said(text, by=OneByOne, **how)


def test_such_records_are_not_looked_at_one_by_one():
    assert said('K1,"甲\n乙",3" 管\n' * 1000, by=Counting, width=3) == 1000
    assert Counting.records == 0
