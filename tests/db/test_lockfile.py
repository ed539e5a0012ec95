"""One process alone locks a file."""

import pytest

from hutong.core.errors import Conflicting
from hutong.db import lockfile


class Taken(Conflicting):
    """Somebody else is at it."""


def test_who_comes_second_is_refused_until_the_first_has_let_go(tmp_path):
    lock = tmp_path / "lock"
    with lockfile.locked(lock, refused=Taken()):
        with pytest.raises(Taken), lockfile.locked(lock, refused=Taken()):
            raise AssertionError("both have it")
        assert lock.stat().st_mode & 0o777 == 0o600
    with lockfile.locked(lock, refused=Taken()):
        pass


def test_what_would_block_inside_is_not_taken_for_another_who_has_it(tmp_path):
    with pytest.raises(BlockingIOError), lockfile.locked(tmp_path / "lock", refused=Taken()):
        raise BlockingIOError
