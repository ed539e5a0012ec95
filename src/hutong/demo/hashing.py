"""Passwords of a training county are printed for everybody, so little work is put into hashing them.

When somebody logs in, the door hashes that password anew, with the full work.
"""

from collections.abc import Iterator
from contextlib import contextmanager

ITERATIONS = 10_000


@contextmanager
def quick() -> Iterator[None]:
    """Let passwords be hashed quickly in the block, in this process; Django is set up."""
    # It can be imported only once Django is set up.
    from django.contrib.auth import hashers

    preferred = hashers.get_hasher()
    whole, preferred.iterations = preferred.iterations, ITERATIONS
    try:
        yield
    finally:
        preferred.iterations = whole
