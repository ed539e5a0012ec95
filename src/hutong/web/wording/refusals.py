"""What a record or a delivery was refused for, in whole sentences, though little more was kept than a code."""

from hutong.core import text
from hutong.plane.answer import asking, compare, query, rounds, subscribe
from hutong.plane.delivery import loading, quality, reading
from hutong.web.wording import reader

REFUSALS = (asking, rounds, compare, query, subscribe, quality, reading, loading)
"""Modules whose refusals stand in records and deliveries: imported here, so that their words are known."""


def refused(code: str, /, **facts: object) -> str:
    """Return what the code of a refusal means, in the reader's language, whether all its facts were kept or not.

    Nothing for a code that nobody knows: the code itself stands beside it.
    """
    return text.refused(code, facts, language=reader.language())
