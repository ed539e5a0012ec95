"""What is refused of strangers, and of whom the clock no longer tells whether they were answered, is entered soon."""

import time
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from gateway_county import County, claim, now

from hutong.core import canonical


def code(reply: httpx.Response) -> str:
    return str(reply.json().get("code"))


@pytest.mark.clause("IS-4.2-b")
def test_counts_refusals_of_unknown_callers_by_source_and_minute(county_apart: County) -> None:
    door = county_apart.start()
    for _ in range(5):
        assert httpx.post(f"{door.url}/v1/compare", content=b"{}").status_code == 401
    body = claim()
    stranger = door.signed("POST", "/v1/compare", body)
    stranger["signature-input"] = stranger["signature-input"].replace('keyid="sys-a"', 'keyid="nobody"')
    assert code(door.post("/v1/compare", body, headers=stranger)) == "CALLER_UNKNOWN"
    door.process.terminate()
    door.process.wait(30)
    assert strangers(county_apart) == {"NOT_SIGNED": 5, "CALLER_UNKNOWN": 1}


@pytest.mark.full
@pytest.mark.clause("IS-4.2-b")
def test_refusals_of_strangers_are_written_long_before_their_minute_is_over(county_apart: County) -> None:
    door = county_apart.start()
    for number in range(1, 4):
        assert httpx.post(f"{door.url}/v1/compare", content=b"{}").status_code == 401
        until = time.monotonic() + 30
        while strangers(county_apart) != {"NOT_SIGNED": number} and time.monotonic() < until:
            time.sleep(0.1)
        assert strangers(county_apart) == {"NOT_SIGNED": number}
    door.process.kill()
    door.process.wait(30)
    assert strangers(county_apart) == {"NOT_SIGNED": 3}


@pytest.mark.clause("SX-11-a")
def test_a_clock_that_was_set_back_answers_nothing_twice(county_apart: County) -> None:
    door = county_apart.start()
    body = claim()
    headers = door.signed("POST", "/v1/compare", body)
    assert door.post("/v1/compare", body, headers=headers).status_code == 200
    with county_apart.db.transaction() as cur:  # as after an hour, its nonce being swept; then the clock is set back
        cur.execute("delete from plane.nonce")
        cur.execute("update audit.clock set swept_at = %s", (now() + timedelta(hours=1),))
    time.sleep(2.5)  # what is known of the callers is too old by then

    again = door.post("/v1/compare", body, headers=headers)
    assert (again.status_code, code(again)) == (503, "CLOCK_SET_BACK")
    assert code(door.compare()) == "CLOCK_SET_BACK"
    with county_apart.db.transaction() as cur:
        cur.execute("update audit.clock set swept_at = %s", (now(),))
    time.sleep(2.5)
    assert door.compare().status_code == 200


def strangers(county: County) -> Counter[str]:
    """Return the refusals of strangers that are entered, by code."""
    with county.db.transaction() as cur:
        rows = cur.execute("select record from audit.entry where event = 'plane.unknown_refused'").fetchall()
    counts: Counter[str] = Counter()
    for record in (canonical.loads(row[0]) for row in rows):
        assert record["source"] == "127.0.0.1"
        counts.update(record["codes"])
    return counts
