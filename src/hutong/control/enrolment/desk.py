"""An enrolment on a page: what a file would do, every fault with its place, and then carried out (W19)."""

from dataclasses import dataclass
from datetime import datetime

from hutong.control.enrolment import file as listing
from hutong.control.enrolment import operations
from hutong.control.enrolment.enrolled import EnrolmentFault, Listed, Outcome
from hutong.control.units.rules import Actor
from hutong.core.errors import Problem, TooLarge
from hutong.plane.keys import Keyring

MOST = 600_000
"""Bytes of a file that a page takes: a county of some thousand persons."""


class EnrolmentTooLarge(TooLarge):
    """The enrolment file has {size} bytes; a page takes {most}."""


@dataclass(frozen=True, slots=True)
class EnrolmentLook:
    """What an enrolment would do; with faults nothing would be done."""

    outcomes: list[Outcome]
    faults: list[EnrolmentFault]


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of each entry, and what was refused on the way: what came before it stays."""

    outcomes: list[Outcome]
    refused: Problem | None


def may(actor: Actor) -> bool:
    """Whether an officer enrols: a system administrator, or an officer of the operator of the whole installation."""
    return actor.has_role("system_admin") or actor.answers_for("operator", region="")


def look(content: bytes, *, name: str, actor: Actor, keyring: Keyring, now: datetime) -> EnrolmentLook:
    """Return what enrolling a file would do, and everything that is wrong with it; nothing is kept.

    Raises NotYourRole, EnrolmentTooLarge, EnrolmentUnreadable and EnrolmentNotText.
    """
    operations.check_entitled(actor)
    entries, faults = _read(content, name)
    if faults:
        return EnrolmentLook([], faults)
    outcomes, faults = operations.rehearse(entries, keyring=keyring, now=now, by=actor.officer)
    return EnrolmentLook(outcomes, faults)


def carry_out(content: bytes, *, name: str, actor: Actor, keyring: Keyring, now: datetime) -> Carried:
    """Enrol what a file lists, entry by entry, each a transaction with its entry in the log.

    Where a file has faults nothing is done: raises the first of them, and what `look` raises. What is refused on the
    way is returned; enrolling the file again goes on there.
    """
    found = look(content, name=name, actor=actor, keyring=keyring, now=now)
    if found.faults:
        raise found.faults[0].problem
    entries, _ = _read(content, name)
    outcomes: list[Outcome] = []
    try:
        for each in operations.enrol(entries, keyring=keyring, now=now, actor=actor):
            outcomes.append(each)
    except Problem as problem:
        return Carried(outcomes, problem)
    return Carried(outcomes, None)


def _read(content: bytes, name: str) -> tuple[list[Listed], list[EnrolmentFault]]:
    if len(content) > MOST:
        raise EnrolmentTooLarge(size=len(content), most=MOST)
    return listing.said(content, name=name)
