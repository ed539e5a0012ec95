"""What verifying an export found wrong, counted, and in words."""

from collections import Counter
from dataclasses import dataclass, field

from hutong.core import text
from hutong.core.errors import Problem
from hutong.core.labels import Language, label

FAULTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was signed: what, and where (a path of the export, and the entry)."""

    what: str | Problem
    """A label of `evidence`, or the failure in which reading ended."""
    where: str

    def words(self, *, language: Language) -> str:
        """Return what is wrong."""
        if isinstance(self.what, Problem):
            return text.say(self.what, language=language).message
        return label(f"evidence.{self.what}", language=language)

    def say(self, *, language: Language) -> str:
        """Return what is wrong, and where."""
        return label("evidence.at", language=language, where=self.where, what=self.words(language=language))


@dataclass(slots=True)
class Findings:
    """What has been found so far; `purged` counts by class."""

    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    entries: int = 0
    records: int = 0
    purged: Counter[str] = field(default_factory=Counter)

    def add(self, what: str | Problem, where: str) -> None:
        """Count a fault, and keep the first hundred."""
        self.count += 1
        if len(self.faults) < FAULTS_SHOWN:
            self.faults.append(Fault(what, where))
