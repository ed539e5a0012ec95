"""A failure has one status, whichever door tells it."""

from hutong.core import errors, statuses


def test_every_kind_of_failure_has_a_status_of_its_own():
    kinds = errors.Problem.__subclasses__()

    assert set(kinds) == set(statuses.STATUS)
    assert len(set(statuses.STATUS.values())) == len(kinds)


def test_a_failure_has_the_status_of_its_kind_and_one_of_no_kind_is_a_fault_of_ours():
    class Stale(errors.Gone):
        """It is stale."""

    assert statuses.of(Stale()) == 410
    assert statuses.of(errors.Problem()) == 500


def test_what_cannot_be_done_now_says_when_to_try_again_and_what_is_spent_only_where_that_is_known():
    assert statuses.retry_after(errors.Unavailable()) == statuses.AGAIN_SECONDS
    assert statuses.retry_after(errors.Unavailable(retry_after=1)) == 1
    assert statuses.retry_after(errors.Exhausted()) is None
    assert statuses.retry_after(errors.Exhausted(retry_after=7)) == 7
    assert statuses.retry_after(errors.Missing()) is None
