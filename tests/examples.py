"""How many examples a property is given: as many as it says by `make full`, half as many by `make test`."""

all_of_them = True
"""Whether the tests marked `full` run too; `conftest` says so before any test is read."""


def examples(number: int) -> int:
    """Return how many of `number` examples are asked for in this run."""
    return number if all_of_them else (number + 1) // 2
