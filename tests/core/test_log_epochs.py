"""An epoch of a log is told by its name, and no other name is taken for one."""

import pytest

from hutong.core import log_epochs


@pytest.mark.parametrize("number", [1, 2, 10, 999_999])
@pytest.mark.parametrize("name", ["log.county.example", "hutong.example/log", "a/b/c"])
def test_a_name_and_a_number_are_told_from_what_an_epoch_is_called(name: str, number: int) -> None:
    assert log_epochs.told(log_epochs.origin(name, number)) == (name, number)
    assert log_epochs.place(number) == f"/log/epoch/{number}"


@pytest.mark.parametrize("called", ["log", "log/1", "log/0", "log/02", "log/x", "log/2x", "log/1000000", "/2", "log/"])
def test_what_is_no_later_epoch_is_the_first_of_a_log_that_is_called_so(called: str) -> None:
    assert log_epochs.told(called) == (called, 1)
