"""Which version of the software this is, and which of two versions is the newer."""

import re
from importlib.metadata import version


def own() -> str:
    """Return the version of the software that runs, as it was installed."""
    return version("hutong")


def newer(one: str, *, than: str) -> bool:
    """Return whether version `one` came after `than`: their numbers are compared, what follows them is not."""
    return _numbers(one) > _numbers(than)


def _numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"\d+(\.\d+)*", text)
    numbers = [int(each) for each in found[0].split(".")] if found else []
    while numbers and numbers[-1] == 0:  # 1.0 and 1.0.0 are one version
        numbers.pop()
    return tuple(numbers)
