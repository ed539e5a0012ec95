"""The rules of use as pages show them: sentences in the reader's language, and what is released."""

from dataclasses import dataclass

from django.utils.translation import gettext

from hutong.control.registration.rules_of_use import RulesOfUse
from hutong.core.labels import Both
from hutong.web.shown import Shown
from hutong.web.wording import reader


@dataclass(frozen=True, slots=True)
class RulesShown(Shown):
    """The rules of use: version, digest, and each sentence with its clause."""

    version: str
    digest: str
    number: int
    sentences: tuple[tuple[str, str], ...]


def shown(rules: RulesOfUse) -> RulesShown:
    """Return rules of use in the reader's language; what is packaged is translated as pages are."""
    language = reader.language()
    said = tuple((clause, Both(zh, en)[language] if en else gettext(zh)) for clause, zh, en in rules.sentences)
    return RulesShown(rules.version, rules.digest, rules.number, said)
