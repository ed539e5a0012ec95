"""The language of who reads a page."""

from django.utils.translation import get_language

from hutong.core.text import Language


def language() -> Language:
    """Return the language the page is read in: English where its address says so, Chinese else."""
    return "en" if get_language() == "en" else "zh"
