"""Separators of several characters, such as || or ::, which are not read: told as what they are."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from hutong.core.errors import Malformed

_RUN = re.compile(r"[^\w\s\"'“”‘’()（）\[\]【】《》<>]{2,5}|\t{2,5}")
_FEW = 5
"""Candidates that are tried, the most frequent first."""


class SeparatorOfSeveral(Malformed):
    """The columns of {file} are separated by {separator}, which is more than one character."""


def refuse(lines: Sequence[str], *, fits: Callable[[list[list[str]]], bool], file: str, but: str = "") -> None:
    """Raise SeparatorOfSeveral where the first `lines` of a text, split at such a separator, are a table that `fits`.

    One that is made of the characters `but` alone is not tried.
    """
    found = Counter(run for line in lines[:_LOOKED_AT] for run in _RUN.findall(line))
    for separator, _ in found.most_common(_FEW):
        if set(separator) - set(but) and fits([line.split(separator) for line in lines]):
            raise SeparatorOfSeveral(file=file, separator=separator.replace("\t", "TAB"))


_LOOKED_AT = 20
"""Lines in which separators are looked for."""


def regular(rows: Sequence[Sequence[str]]) -> bool:
    """Whether there are several rows, all of as many cells, of which there are several."""
    return len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1
