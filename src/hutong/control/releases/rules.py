"""Who may release, and what a release says: predicates over plain values."""

from dataclasses import dataclass
from typing import Protocol

from hutong.core import clauses
from hutong.core.blanks import says_something
from hutong.core.errors import Conflicting, Invalid, Judging, Missing, Refused
from hutong.core.labels import Both

RULES_OF_USE = "rules_of_use"
KINDS = (RULES_OF_USE,)
"""What is released."""
OFFICE = "authority"
"""Who releases: the office of the highest region."""
MOST_SENTENCES, LONGEST = 100, 500


class Releasing(Protocol):
    """Who releases."""

    @property
    def officer(self) -> str:
        """The name of the account."""

    @property
    def name(self) -> str:
        """What the officer is called."""

    def answers_for(self, role: str, *, region: str) -> bool:
        """Whether they act in an office of a region."""


class NoSuchRelease(Missing):
    """There is no release {number} of {release_kind}."""


class ReleaseNotYours(Refused):
    """Only the authority releases; {officer} does not act for it."""

    clause = "SX-17"


class ReleaseIncomplete(Invalid):
    """The release lacks {fields}."""


class SentenceUnfit(Invalid):
    """Line {line} is no sentence of a release: clause, Chinese and English, each behind a vertical bar."""

    at = ("sentences",)


class ReleaseSaysTheSame(Conflicting):
    """Release {number} says that already."""

    at = ("sentences",)


class ReleasedMeanwhile(Conflicting):
    """Release {number} was made by {officer} after this page was."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a release: the clause it rests on, and its words."""

    clause: str
    zh: str
    en: str

    @property
    def words(self) -> Both:
        """What it says, in both languages."""
        return Both(self.zh, self.en)


def may_release(actor: Releasing) -> bool:
    """Whether somebody acts for the authority of the highest region."""
    return actor.answers_for(OFFICE, region="")


def check_may_release(actor: Releasing) -> None:
    """Refuse whoever does not act for the authority of the highest region; raises ReleaseNotYours."""
    if not may_release(actor):
        raise ReleaseNotYours(officer=actor.name)


def sentences(text: str, *, judging: Judging) -> list[Sentence]:
    """Return the sentences that lines of a form say: clause | Chinese | English; keeps SentenceUnfit of each other."""
    found = []
    for line, said in enumerate(text.splitlines(), 1):
        if not says_something(said):
            continue
        parts = [part.strip() for part in said.split("|")]
        fits = len(parts) == 3 and all(map(says_something, parts)) and all(len(part) <= LONGEST for part in parts)
        if not fits or not clauses.cited(parts[0], language="zh"):
            judging.add(SentenceUnfit(line=line))
            continue
        found.append(Sentence(*parts))
    if judging.spared("sentences") and not 0 < len(found) <= MOST_SENTENCES:
        judging.add(ReleaseIncomplete(fields="sentences"))
    return found
