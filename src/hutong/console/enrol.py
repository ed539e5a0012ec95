"""The door of an enrolment: the file read, what is done of it and what is wrong with it told to the operator."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console

from hutong.console import epoch
from hutong.control.enrolment import file as listing
from hutong.control.enrolment import operations
from hutong.control.enrolment.enrolled import EnrolmentFault, FilePosition, Listed, Outcome
from hutong.control.units import offices
from hutong.control.units.rules import Actor
from hutong.core.errors import Problem
from hutong.core.labels import Language, label
from hutong.core.text import ROLES
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring

Tell = Callable[[str, Problem], None]
Who = Callable[[], Actor]
"""Asks an officer for name and password, once it is known that there is something to do."""


def run(
    installation: Installation,
    *,
    file: Path,
    check: bool,
    language: Language,
    console: Console,
    fault: Tell,
    username: str,
    who: Who,
) -> bool:
    """Enrol what `file` lists, or with `check` say what would be done; return whether all of it was sound.

    Every fault is told with its place before anybody is asked who they are and anything is written; one that comes up
    later stops there, and what was committed stays. On a platform without officers the system administrator `username`
    of the file begins it; later `who` is asked. Raises EnrolmentUnreadable, EnrolmentNotText and what `who` and `enrol`
    raise.
    """
    entries, faults = listing.read(file)
    keyring, now = Keyring.load(installation.keyring_path), installation.clock()
    if not faults:
        rehearsed, faults = operations.rehearse(entries, keyring=keyring, now=now, by=username)
    for each in faults:
        fault(_where(each, language), each.problem)
    if faults:
        _say(console, "none", language)
        return False
    outcomes = rehearsed if check else _enrolled(entries, username=username, who=who, keyring=keyring, now=now)
    systems = _show(outcomes, language, console)
    if check:
        _say(console, "checked", language)
        return True
    if lacking := offices.lacking():
        names = [ROLES[role][language] for role in lacking]
        _say(console, "lacking", language, offices=_label("and", language).join(names))
    if systems:
        _say(console, "pin", language, log=epoch.verifier(installation), key=installation.reply_public_key)
    return True


def _enrolled(
    entries: Sequence[Listed], *, username: str, who: Who, keyring: Keyring, now: datetime
) -> Iterator[Outcome]:
    if operations.begun():
        return operations.enrol(entries, keyring=keyring, now=now, actor=who())
    return operations.begin(entries, username=username, keyring=keyring, now=now)


def _show(outcomes: Iterable[Outcome], language: Language, console: Console) -> int:
    """Print what became of each as it comes, and return how many systems are new."""
    counts, systems = {"new": 0, "changed": 0, "same": 0}, 0
    for outcome in outcomes:
        systems += outcome.section == "systems" and outcome.what == "new"
        counts[outcome.what] += 1
        line = _line(outcome, language)
        if outcome.what != "same":
            _say(console, outcome.what, language, line=line, fields=" ".join(outcome.changed))
        if outcome.kept:
            _say(console, "kept", language, line=line, fields=" ".join(outcome.kept))
        if outcome.password:
            _say(console, "password", language, password=outcome.password)
    _say(console, "sum", language, **counts)
    return systems


def _line(outcome: Outcome, language: Language) -> str:
    """Return what an entry is, its code and its name; an office is told by its name, with its region if it has one."""
    code = outcome.id
    if outcome.section == "offices":
        role, _, region = code.partition(" ")
        code = f"{ROLES[role][language]} {region}".strip()
    return f"{_section(outcome.section, language)} {code} {outcome.name}"


def _section(section: str, language: Language) -> str:
    return label(f"enrolment.section.{section}", language=language)


def _say(console: Console, code: str, language: Language, **facts: object) -> None:
    console.print(_label(code, language, **facts), highlight=False, markup=False, soft_wrap=True)


def _where(fault: EnrolmentFault, language: Language) -> str:
    hanging = [
        _label("hang", language, section=_section(section, language), count=count) for section, count in fault.hanging
    ]
    told = _label("and", language).join(hanging)
    return _place(fault.place, language) + (_label("hanging", language, told=told) if told else "")


def _place(place: FilePosition, language: Language) -> str:
    told = _label("place", language, section=place.section, entry=place.entry) if place.entry else place.section
    line = _label("line", language, line=place.line) if place.line else ""
    return told + line + (place.field and f" {place.field}")


def _label(code: str, language: Language, **facts: object) -> str:
    return label(f"enrolment.{code}", language=language, **facts)
