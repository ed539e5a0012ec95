from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.core.digest import CipherRejected
from hutong.plane import sealing
from hutong.plane.keys import Keyring, ResourceKeys

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.fixture(params=["international", "national"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> ResourceKeys:
    return Keyring.create(tmp_path / "k").resource("r", suite=request.param)


def test_equal_values_of_two_records_do_not_look_equal(keys: ResourceKeys) -> None:
    one, other = sealing.record_key(keys, ["1"]), sealing.record_key(keys, ["2"])
    assert sealing.seal(keys, "name", one, "张三") != sealing.seal(keys, "name", other, "张三")
    assert sealing.seal(keys, "name", one, "张三") != sealing.seal(keys, "alias", one, "张三")
    assert sealing.protect(keys, "name", one, "张三") != sealing.protect(keys, "name", one, "张三")


def test_the_parts_of_a_key_cannot_run_into_each_other(keys: ResourceKeys) -> None:
    assert sealing.record_key(keys, ["ab", "c"]) != sealing.record_key(keys, ["a", "bc"])
    assert sealing.record_key(keys, ["a"]) != sealing.record_key(keys, ["a", ""])


def test_a_protected_value_opens_only_where_it_belongs(keys: ResourceKeys, tmp_path: Path) -> None:
    one, other = sealing.record_key(keys, ["1"]), sealing.record_key(keys, ["2"])
    kept = sealing.protect(keys, "phone", one, "138")
    assert sealing.unprotect(keys, "phone", one, kept) == "138"
    for item, record, data in (
        ("name", one, kept),
        ("phone", other, kept),
        ("phone", one, kept[:-1] + bytes([kept[-1] ^ 1])),
    ):
        with pytest.raises(CipherRejected):
            sealing.unprotect(keys, item, record, data)


@given(rows=st.lists(st.tuples(texts, texts, st.none() | texts), max_size=8))
@settings(max_examples=40)
def test_a_column_is_its_values_one_by_one(keys: ResourceKeys, rows: list[tuple[str, str, str | None]]) -> None:
    parts = [[row[0].encode() for row in rows], [row[1].encode() for row in rows]]
    values = [row[2] for row in rows]
    column = [None if v is None else v.encode() for v in values]
    records = sealing.record_keys(keys, parts)
    assert records == [sealing.record_key(keys, row[:2]) for row in rows]
    assert sealing.record_keys(keys, parts[:1]) == [sealing.record_key(keys, row[:1]) for row in rows]
    assert sealing.seal_column(keys, "i", records, column) == [
        None if v is None else sealing.seal(keys, "i", k, v) for k, v in zip(records, values, strict=True)
    ]
    assert sealing.blind_column(keys, "i", column) == [
        None if v is None else sealing.blind(keys, "i", v) for v in values
    ]
    kept = sealing.protect_column(keys, "i", records, column)
    assert sealing.unprotect_column(keys, "i", records, kept) == values
