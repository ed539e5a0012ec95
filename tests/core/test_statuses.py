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
