"""How much may be attached: to one file, to one case; and who may take a file away again."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from hutong.control.rulebook import queries
from hutong.control.rulebook.queries import Rulebook
from hutong.core.errors import Exhausted, Invalid, Missing, Refused, TooLarge

MIB = 1 << 20


class AttachmentEmpty(Invalid):
    """“{name}” is empty."""


class AttachmentTooLarge(TooLarge):
    """“{name}” is larger than {limit} MB."""

    clause = "D-8"


class CaseTooLarge(TooLarge):
    """With “{name}” the attachments of this case would be larger than {limit} MB together."""

    clause = "D-8"


class CaseFilesSpent(Exhausted):
    """This case has {limit} attachments already; “{name}” would be one too many."""

    clause = "D-8"


class NoSuchAttachment(Missing):
    """This case has no attachment {attachment}."""


class AttachmentNotYours(Refused):
    """“{name}” was added by {officer}, and nobody else takes it away."""


class AttachmentsClosed(Refused):
    """The case has gone on since: attachments that others decide by are not taken away any more."""


class Officer(Protocol):
    """Who acts: an officer known by name, as `control.units.rules.Actor` has one."""

    @property
    def officer(self) -> str:
        """The account."""

    @property
    def name(self) -> str:
        """The officer's name."""

    @property
    def unit(self) -> str:
        """The credit code of the officer's unit."""

    @property
    def unit_name(self) -> str:
        """The unit's name."""


@dataclass(frozen=True, slots=True)
class AttachmentBounds:
    """What the rulebook allows: `attachments.file_bytes`, `attachments.case_bytes`, `attachments.case_files`."""

    file_bytes: int
    case_bytes: int
    case_files: int


def by_rulebook(rulebook: Rulebook) -> AttachmentBounds:
    """Return the bounds that a rulebook has."""
    return AttachmentBounds(
        *(rulebook.number(f"attachments.{bound}") for bound in ("file_bytes", "case_bytes", "case_files"))
    )


def in_force(day: date) -> AttachmentBounds:
    """Return the bounds that hold on a day."""
    return by_rulebook(queries.in_force(day))


@dataclass(frozen=True, slots=True)
class Amount:
    """How many attachments a case has, and their bytes."""

    files: int
    bytes: int


def check_case(amount: Amount, *, name: str, size: int, bounds: AttachmentBounds) -> None:
    """Refuse a file that a case has no room for; raises CaseFilesSpent or CaseTooLarge."""
    if amount.files >= bounds.case_files:
        raise CaseFilesSpent(name=name, limit=bounds.case_files)
    if amount.bytes + size > bounds.case_bytes:
        raise CaseTooLarge(name=name, limit=mib(bounds.case_bytes))


def check_removing(
    *, added_by: str, added_by_name: str, name: str, by: Officer, editable: bool, settled: bool
) -> None:
    """Refuse to take a file away for anybody but the officer who added it, and after its case has gone on.

    The case is no longer `editable`, or the file is `settled`: a step, or a hand to one, has come after it.
    """
    if added_by != by.officer:
        raise AttachmentNotYours(name=name, officer=added_by_name)
    if settled or not editable:
        raise AttachmentsClosed()


def mib(size: int) -> str:
    """Return a number of bytes in MiB, as short as it can be told."""
    return f"{size / MIB:.4g}"
