"""A nonce is taken once, whatever becomes of the clock: it is swept only once nobody answers what ends before."""

from datetime import timedelta

import pytest
from answering import NOW, a_grant, opened
from comparing import answer, question, told, two_people

from hutong.plane.answer import rounds


@pytest.fixture
def county(db):
    return two_people(db)


def test_a_nonce_is_taken_once_also_within_one_list_and_for_a_refused_question(county):
    opened(county, a_grant())
    one, refused = question(nonce=b"n" * 16), question(nonce=b"m" * 16, purpose="other")
    assert told(answer(county, one, one, refused)) == [[{"name": "match"}], "REPLAYED", "PURPOSE_NOT_GRANTED"]
    assert told(answer(county, refused, one)) == ["REPLAYED", "REPLAYED"]
    ended = one.asked.caller.nonce_until
    assert swept(county, now=ended + rounds.NONCES_KEPT) == 0
    assert told(answer(county, one, now=ended)) == ["REPLAYED"]  # taken before the nonces were swept, answered after
    assert swept(county, now=ended + rounds.NONCES_KEPT + timedelta(seconds=1)) == 2
    assert told(answer(county, one, now=ended + timedelta(seconds=1))) == ["REQUEST_STALE"]


def swept(county, *, now) -> int:
    """Return how many nonces are swept at a moment, gateways having read up to where."""
    rounds.forget_nonces(county, now=now)
    return rounds.forget_nonces(county, now=now, read=timedelta())


def noted(county):
    with county.transaction() as cur:
        return cur.execute("select swept_at from audit.clock").fetchone()[0]


def test_no_nonce_is_swept_before_gateways_know_that_they_answer_nothing_that_ends_before(county):
    opened(county, a_grant())
    one = question(nonce=b"n" * 16)
    answer(county, one)
    late = one.asked.caller.nonce_until + rounds.NONCES_KEPT + timedelta(seconds=1)

    assert [rounds.forget_nonces(county, now=late) for _ in range(3)] == [0, 0, 0]
    assert noted(county) == late - rounds.NONCES_KEPT > one.asked.caller.nonce_until
    assert rounds.forget_nonces(county, now=late, read=timedelta()) == 1


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1), timedelta(days=400)])
def test_a_clock_that_jumps_ahead_takes_along_what_is_answered_by_a_quarter_of_an_hour_a_minute(county, jump):
    opened(county, a_grant())
    answer(county, question(nonce=b"n" * 16))
    began = NOW
    rounds.forget_nonces(county, now=began)
    before = noted(county)
    for _ in range(2):
        rounds.forget_nonces(county, now=began + jump)
    assert before < noted(county) <= before + timedelta(minutes=40)
    rounds.forget_nonces(county, now=began)
    assert noted(county) > before  # and it never goes back
