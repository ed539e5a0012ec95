import struct
from decimal import Decimal

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples import examples
from hutong.core import normalise
from hutong.db.database import Cur
from hutong.plane.delivery import binary

_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
_numbers = st.decimals(allow_nan=False, allow_infinity=False).map(lambda d: normalise.normalise(f"{d:f}", type="N"))


@given(rows=st.lists(st.tuples(_texts | st.none(), _numbers | st.none(), st.dates() | st.none(),
                               st.binary(max_size=5) | st.none(), st.integers(-2**63, 2**63 - 1)), max_size=6))
@settings(suppress_health_check=list(HealthCheck), max_examples=examples(150))  # fmt: skip
def test_postgresql_reads_what_is_written(rows: list, cur: Cur) -> None:
    cur.execute("create temp table if not exists written (t text, n numeric, d date, b bytea, i bigint)")
    cur.execute("truncate written")
    text, number, day, data, whole = zip(*rows, strict=True) if rows else ((),) * 5
    days = pa.array([None if one is None else one.isoformat() for one in day], pa.string())
    fields = [
        pa.array(text, pa.string()),
        binary.numbers(pa.array(number, pa.string())),
        binary.days(days),
        pa.array(data, pa.binary()),
        binary.integers(whole),
    ]
    part = [binary.field(one) for one in fields]
    whole_rows = binary.rows(5, [part[0], binary.joined(*part[1:3]), *part[3:]])
    with cur.copy("copy written from stdin (format binary)") as copy:
        for chunk in binary.framed(iter([whole_rows])):
            copy.write(chunk)
    found = cur.execute("select t, n::text, d, b, i from written").fetchall()
    assert [(t, None if n is None else Decimal(n), d, b, i) for t, n, d, b, i in found] == [
        (t, None if n is None else Decimal(n), d, b, i) for t, n, d, b, i in rows
    ]
    assert [n for _, n, *_ in found] == list(number)  # to the letter: what is given back is what was delivered


def test_a_slice_is_written_alone() -> None:
    fields = [binary.field(pa.array(["a", "b", "c"]))]
    whole = bytes(binary.rows(1, fields))
    assert whole == b"".join(struct.pack(">hi", 1, 1) + one for one in (b"a", b"b", b"c"))
    assert bytes(binary._bytes(pa.array([b"ab", b"c", b"d"])[1:])) == b"cd"
