"""Who may see and write an application, what it may ask for, and the facts its procedure asks for."""

from hutong.control.rulebook.queries import Rulebook
from hutong.control.units.rules import Actor
from hutong.core.errors import Conflicting, Invalid, Judging, Refused
from hutong.core.lifecycle import Facts, Lifecycle, Move, Parties, Seat, open_to, sits


class ApplicationNotEditable(Conflicting):
    """Application {no} is in state {case_state} and cannot be edited."""


class ApplicationIncomplete(Invalid):
    """The application lacks {fields}."""

    clause = "SX-08-a"


class VersionNotSupplied(Refused):
    """The data of {code} are of version {version} and not {newest}: they do not serve what is applied for: {items}."""

    clause = "SX-08-c"


class PeriodOver(Invalid):
    """The grant would end on {day}, before anybody has decided about it."""

    clause = "SX-08-d"


class PeriodBackwards(Invalid):
    """{field}: the period would end on {until_day}, which does not lie after its first day, {from_day}."""

    clause = "SX-08-d"


class OwnResource(Refused):
    """{code} is a resource of the unit that applies, which has its data without an application."""

    clause = "SX-08-e"


class AlreadyApplied(Conflicting):
    """The same was applied for before: {no}, of {day}, which is in state {case_state}."""


class PurposeUnregistered(Invalid):
    """{purpose} is no purpose that is registered and may be applied for."""

    clause = "SX-10-e"
    at = ("purpose",)


class LimitTooWide(Invalid):
    """{field}: the application asks for {asked}; at most {most} can be granted."""

    clause = "SX-08-d"


class OutsideRegisters(Invalid):
    """{field}: {value} is not registered for the unit that applies, or was stopped."""

    clause = "SX-10-d"


class ResourceNotShared(Refused):
    """{code} is not shared: {basis}"""


class ClauseUnfit(Invalid):
    """Service is not suspended by {given}."""

    clause = "SX-16-a"


ANY_OTHER = "SX-16-a"
SUSPENDED_BY = ("SX-10-e", "SX-16-(二)", "SX-16-(三)", "SX-16-(四)", "SX-16-(五)", "SX-16-(六)", ANY_OTHER)
"""What service is suspended for: the violations of article 16, and the article itself for any other. The words of the
first are lost; misuse is what it must have meant (D-3)."""


def check_limits(*, quota: int, guesses: int, yearly_records: int, days: int, rulebook: Rulebook) -> None:
    """Refuse an application that asks for more than the rulebook lets any grant give; raises LimitTooWide,
    or Faults of several.

    `quota` is claims or questions a day, `guesses` claims a day about one data subject (architecture 3.4),
    `yearly_records` distinct records a year, `days` how long the grant runs before it is applied for again.
    """
    judging = Judging()
    for field, asked in {"quota": quota, "guesses": guesses, "yearly_records": yearly_records, "days": days}.items():
        most = rulebook.number(f"sharing.most_{field}")
        if not 0 < asked <= most:
            judging.add(LimitTooWide(field=field, asked=asked, most=most))
    judging.end()


def conditions(*, conditional: bool, supplied: bool, withdrawn: bool) -> Facts:
    """Return the conditions of the lifecycle that hold of an application's resource.

    `withdrawn` is also what was published as not shared any more.
    """
    return {
        "listed": not withdrawn, "withdrawn": withdrawn, "conditional": conditional,
        "unconditional": not conditional, "supplied": supplied, "not_supplied": not supplied,
    }  # fmt: skip


def is_applicant(actor: Actor, *, consumer: str) -> bool:
    """Whether the actor writes the application: the consumer's role, in the unit that applies."""
    return sits(Seat("consumer", consumer), seats=actor.seats)


def sees(actor: Actor, *, parties: Parties, region: str) -> bool:
    """Whether the actor may read the application: its parties, authority and operator of its `region`, the auditor.

    So may who fills in for one of them.
    """
    return actor.reads_of(region) or not actor.units.isdisjoint(unit for unit in parties.values() if unit)


def prepares(actor: Actor, *, consumer: str) -> bool:
    """Whether the actor may read a draft: only its unit and the deputies of the unit's applicants do."""
    return consumer == actor.unit or is_applicant(actor, consumer=consumer)


def steps(life: Lifecycle, state: str, *, actor: Actor, offices: Parties) -> list[Move]:
    """Return what the actor may decide about a grant or a suspension in this state, while nothing else has changed.

    `offices` are those of the region of the unit that is served, and of a grant its `consumer`.
    """
    nothing = dict.fromkeys(life.conditions, False)
    return open_to(life, state, officer=actor.officer, seats=actor.seats, parties=offices, facts=nothing, acted={})
