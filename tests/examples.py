"""How many examples a property is given: as many as it says by `make full`, a quarter as many by `make test`.

Where faults are planted (`make clauses`) it is half as many.
"""

one_in = 1
"""One in how many of the examples is asked for; `conftest` says so before any test is read."""


def examples(number: int) -> int:
    """Return how many of `number` examples are asked for in this run."""
    return -(-number // one_in)
