"""A template filled in is the record it stands for, to the byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remembering import usage

from hutong.audit.record_templates import RecordTemplate, WrongRecord
from hutong.core import canonical

OPEN = ("latency_us", "condition_digest")
TRICKY = st.sampled_from(['"condition_digest":null', '","latency_us":null', "\\", '"', "姓名", "\ud7ff", "\n"])
VALUES = st.text(st.characters(exclude_categories=["Cs"])) | TRICKY


@given(user=VALUES, purpose=VALUES, digest=st.none() | VALUES, latency=st.integers(0, 2**53 - 1))
def test_a_template_filled_in_is_the_canonical_record(user, purpose, digest, latency):
    record = {**usage(1).record, "user": user, "purpose": purpose}
    rest = {name: value for name, value in record.items() if name not in OPEN}
    template = RecordTemplate("plane.compared", rest, open=OPEN)
    whole = canonical.dumps({**rest, "condition_digest": digest, "latency_us": latency})
    assert template.filled(digest, latency) == whole


def test_refuses_a_record_that_is_not_its_events():
    record = dict(usage(1).record)
    with pytest.raises(WrongRecord, match="filled in already"):
        RecordTemplate("plane.compared", record, open=OPEN)
    del record["latency_us"], record["condition_digest"]
    with pytest.raises(WrongRecord, match="colour"):
        RecordTemplate("plane.compared", {**record, "colour": 1}, open=OPEN)
    with pytest.raises(WrongRecord, match=r"plane\.guessed"):
        RecordTemplate("plane.guessed", record, open=OPEN)
