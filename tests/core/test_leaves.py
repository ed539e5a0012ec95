"""What a public leaf tells, and what its commitment is over."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from hutong.core import canonical, leaves

AT = leaves.moment(datetime(2026, 11, 23, 3, 0, 0, 5, tzinfo=UTC))
LEAF = {"at": AT, "class": "security", "commitment": "00" * 32, "event": "audit.x", "v": 1}


def test_the_commitment_is_over_salt_heading_and_record():
    whole = b"hutong-record-v3\0" + b"s" * 16 + AT.encode() + b"\naudit.x\nsecurity\none\ntwo\nthree\n" + b"{}"
    made = leaves.commit(
        b"s" * 16, b"{}", at=AT, event="audit.x", record_class="security", unit="one", counterpart="two",
        others=["three", "two"],
    )  # fmt: skip
    assert made == sha256(whole).digest()


def test_a_leaf_tells_what_stands_in_it():
    assert leaves.told(canonical.dumps(LEAF)) == {name: value for name, value in LEAF.items() if name != "v"}


@pytest.mark.parametrize("other", [{"v": 2}, {"at": "2026"}, {"more": "x"}, {"event": 1}])
def test_what_is_no_leaf_tells_nothing(other):
    assert leaves.told(canonical.dumps({**LEAF, **other})) is None
    assert leaves.told(b" " + canonical.dumps(LEAF)) is None
