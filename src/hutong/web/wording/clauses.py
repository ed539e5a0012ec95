"""Clauses as a page names them: cited by regulation and article, what they say in quotation marks, our id behind."""

from django.conf import settings
from django.utils.translation import gettext

from hutong.core import clauses
from hutong.web.wording import reader


def cited(clause: str) -> str:
    """Return a clause as people cite it, what is unknown as it is."""
    return clauses.cited(clause, language=reader.language()) or clause


def quoted(clause: str) -> str:
    """Return what a clause says, in quotation marks; nothing where no more is known than how it is cited."""
    area = clauses.area_of(settings.COUNTY)
    words = clauses.words(clause, language=reader.language(), area=area)
    return gettext("\u201c") + words + gettext("\u201d") if words else ""


@reader.once
def on_a_line(clause: str) -> str:
    """Return how a clause is cited, what it says and our id in brackets, where a text has no room for small print."""
    return gettext("%(cited)s%(words)s（%(clause)s）") % {
        "cited": cited(clause), "words": quoted(clause), "clause": clause,
    }  # fmt: skip
