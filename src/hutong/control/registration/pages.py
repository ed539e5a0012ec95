"""What the pages of registrations say besides their cases, each read in one call."""

from collections.abc import Mapping
from dataclasses import dataclass

from hutong.control.procedures import since
from hutong.control.registration import papers, people, queries, renewals, rules, rules_of_use
from hutong.control.registration.lifecycle import REGISTRATION, UNUSED
from hutong.control.registration.models import Registration, Renewal
from hutong.control.registration.rules import RegistrationNotEditable
from hutong.control.registration.rules_of_use import RulesOfUse
from hutong.control.releases.rules import may_release
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor

ACCEPTING = frozenset(move.before for move in REGISTRATION.moves if move.action == "accept_rules")
"""States in which the rules of use are accepted."""


@dataclass(frozen=True, slots=True)
class ListOffers:
    """What the list of registrations offers its reader."""

    applies: bool
    """To register for the own unit."""
    releases: bool
    """To release rules of use."""


@dataclass(frozen=True, slots=True)
class RegistrationPage:
    """A registration, and what its page says besides."""

    registration: Registration
    editable: bool
    """Whether the reader may change now what it says."""
    rules_by_name: str
    """Who accepted the rules of use; empty where nobody has."""
    again: bool
    """Whether the reader may write it down again as it was: nothing came of it."""
    papers_missing: bool
    """Whether it cannot be submitted, nor found in order, for want of the papers of its protection level."""
    rules: RulesOfUse | None
    """The rules of use, where they are to be accepted."""
    numbers: Mapping[str, str]
    """The numbers of a person, masked."""
    whole: tuple[str, ...]
    """Of these, those that the reader may see whole."""
    renewals: list[Renewal]
    """The newest renewals of a system's evidence."""
    renews: bool
    """Whether the reader may hand in new evidence."""


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """A registration as its form begins."""

    registration: Registration
    may: bool
    """Whether the reader registers for its unit."""
    refusal: RegistrationNotEditable | None
    """Why who registers for the unit cannot change it now."""
    at: str
    """The state it is shown in (`since.point`)."""
    departments: list[str]
    """Those of its unit that are registered and in use."""
    numbers: Mapping[str, str]
    """The numbers of a person that are kept, masked."""


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """What a new registration begins from."""

    may: bool
    """Whether the reader registers for the own unit."""
    former: Registration | None
    """The unit's earlier one that is written down again; None where none is named."""
    departments: list[str]
    """Those of the unit that are registered and in use."""


@dataclass(frozen=True, slots=True)
class RenewalForm:
    """The form for new evidence of a system."""

    registration: Registration
    may: bool
    """Whether the reader hands it in now."""


@dataclass(frozen=True, slots=True)
class ReleaseForm:
    """The form of the next rules of use."""

    may: bool
    """Whether the reader releases them."""
    current: RulesOfUse
    """Those that hold."""


def of_list(actor: Actor) -> ListOffers:
    """Return what the list of registrations offers the actor."""
    return ListOffers(rules.is_applicant(actor, unit=actor.unit), may_release(actor))


def of_registration(no: str, *, actor: Actor) -> RegistrationPage:
    """Return a registration with what its page says of it; raises NoSuchRegistration."""
    found = queries.registration(no, actor=actor)
    names = members.people({found.rules_by} - {""})
    again = found.state in UNUSED and rules.is_applicant(actor, unit=found.unit_id) and found.unit_id == actor.unit
    return RegistrationPage(
        found, queries.editable(found, actor=actor), names.get(found.rules_by, found.rules_by), again,
        papers.missing(found), rules_of_use.current() if found.state in ACCEPTING else None, people.shown(found),
        tuple(people.whole_for(found, actor=actor)), renewals.newest(found), renewals.may_hand_in(found, actor=actor),
    )  # fmt: skip


def of_new(kind: str, *, actor: Actor, again: str = "") -> NewRegistration:
    """Return what a new registration of the actor's unit begins from: the earlier one `again`, where one is named.

    Raises NoSuchRegistration where that is another unit's or of another kind.
    """
    former = queries.registration(again, actor=actor) if again else None
    if former is not None and (former.unit_id, former.kind) != (actor.unit, kind):
        raise rules.NoSuchRegistration(no=again)
    return NewRegistration(rules.is_applicant(actor, unit=actor.unit), former, queries.departments(actor.unit))


def of_form(no: str, *, actor: Actor) -> RegistrationForm:
    """Return a registration as its form begins; raises NoSuchRegistration."""
    found, refusal = queries.registration(no, actor=actor), None
    may = rules.is_applicant(actor, unit=found.unit_id)
    if may and found.state not in REGISTRATION.editable:
        refusal = RegistrationNotEditable(no=no, case_state=REGISTRATION.states[found.state].name)
    at = str(since.point(REGISTRATION.name, no, found))
    return RegistrationForm(found, may, refusal, at, queries.departments(found.unit_id), people.shown(found))


def of_new_renewal(no: str, *, actor: Actor) -> RenewalForm:
    """Return the form for new evidence of a system; raises NoSuchRegistration."""
    found = queries.registration(no, actor=actor)
    return RenewalForm(found, renewals.may_hand_in(found, actor=actor))


def of_next_release(actor: Actor) -> ReleaseForm:
    """Return the form of the next rules of use."""
    return ReleaseForm(may_release(actor), rules_of_use.current())
