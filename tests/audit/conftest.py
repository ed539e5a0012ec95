"""A small log to write into."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from remembering import NOW, usage

from hutong.audit import log, tree
from hutong.core.signed_note import LogSigner


@pytest.fixture
def signer() -> LogSigner:
    return LogSigner.from_seed("log.county.example", bytes(range(32)))


@pytest.fixture
def fill(db, signer) -> Callable[..., None]:
    """Write and place `count` uses, the first at `at`, each a microsecond after the other."""

    def write(count: int, *, at: datetime = NOW) -> None:
        with db.transaction() as cur:
            log.append(cur, [usage(n, at=at + timedelta(microseconds=n)) for n in range(count)])
        assert tree.integrate(db, now=at, signer=signer, limit=count) == count

    return write
