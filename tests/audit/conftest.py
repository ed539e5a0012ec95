"""A small log to write into."""

from collections.abc import Callable
from functools import partial

import pytest
from remembering import write

from hutong.core.signed_note import LogSigner


@pytest.fixture
def signer() -> LogSigner:
    return LogSigner.from_seed("log.county.example", bytes(range(32)))


@pytest.fixture
def fill(db, signer) -> Callable[..., None]:
    """Write and place `count` uses, the first at `at`, each a microsecond after the other."""

    return partial(write, db, signer=signer)
