"""Secrets that nobody can guess and a person can type."""

import secrets
import unicodedata

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for each other."""


def new(*, groups: int = 4) -> str:
    """Return `groups` groups of five letters and digits, each as hard to guess as 24 random bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(groups))


def typed(given: str) -> str:
    """Return a code as it was meant: whatever width, case and spacing it was typed in."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", given))).lower()
