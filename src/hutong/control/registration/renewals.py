"""New evidence of a system's protection level: handed in with its papers, checked by the operator (SX-09).

What was accepted the plane has from then on, in the same transaction, with an entry of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from hutong.control.procedures import numbers
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.registration import operations, papers, queries, rules
from hutong.control.registration.lifecycle import RENEWAL, RENEWING
from hutong.control.registration.models import Registration, Renewal
from hutong.control.registration.procedure import RENEWALS
from hutong.control.units import meanwhile
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import canonical
from hutong.core.errors import Conflicting, Invalid, Judging, Missing
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import registers

PREFIX = "DB"
"""With what the numbers of renewals begin."""
FACTS = ("mlps_level", "mlps_no", "mlps_until")
"""What the new evidence says, in the order of the form."""
SHOWN = 5
"""Renewals of a system that its page names, the newest."""


class NoSuchRenewal(Missing):
    """There is no renewal {no} that you may see."""


class NothingToRenew(Conflicting):
    """Registration {no} is of no system that is registered: there is no evidence of protection to renew."""

    clause = "SX-09"


class RenewalUnderWay(Conflicting):
    """The renewal {no} of this system is still to be decided."""

    clause = "SX-09"


class EvidenceNotLonger(Invalid):
    """The new evidence is valid until {until}, and the present one until {present}."""

    clause = "SX-09"
    at = ("mlps_until",)


class RenewalPapersMissing(Invalid):
    """No paper is attached to renewal {no}: the certificate, or the assessment."""

    clause = "SX-09"


@dataclass(frozen=True, slots=True)
class RenewalPage:
    """A renewal, and what its page says besides."""

    renewal: Renewal
    papers_missing: bool
    """Whether it cannot be submitted or accepted, for want of papers."""


def hand_in(
    of: str, *, facts: Mapping[str, object], actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Write down new evidence for the registered system `of` and return the renewal's number; papers are attached then.

    All that is wrong is told at once, with what reading it found (`judging`). What the same form wrote down before
    (`meant_for`) stays the only one. Raises NoSuchRegistration, NotYourRole, UnitStopped, NothingToRenew,
    RenewalUnderWay, RegistrationIncomplete and EvidenceNotLonger.
    """
    judging = judging or Judging()
    with transaction.atomic():
        found = queries.registration(of, actor=actor)
        if not rules.is_applicant(actor, unit=found.unit_id):
            raise NotYourRole(role=rules.APPLICANT, officer=actor.name)
        members.require_active(found.unit_id)
        _check(found, facts, judging=judging)
        judging.end()
        said = _digest(facts)
        before = meanwhile.made(
            "registration.renewal_written", "renewal", meant_for, name=of, same=[{"registration": of, "digest": said}],
            actor=actor,
        )  # fmt: skip
        if before is not None:
            return before
        no = numbers.following(RENEWALS, PREFIX, now=now)  # nobody else writes one down until this ends
        other = Renewal.objects.filter(registration=found, state__in=RENEWING).first()
        if other is not None:
            raise RenewalUnderWay(no=other.no)
        made = Renewal.objects.create(
            no=no, registration=found, state=RENEWAL.start, entered_at=now, written_by=[actor.officer], **facts
        )
        told = {"renewal": no, "registration": of, "unit": found.unit_id, "digest": said, "by": actor.officer}
        record("registration.renewal_written", told, now=now, unit=found.unit_id)
        procedures.put_on_desks(RENEWALS, made)
    return no


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step and return the state the renewal is in; what is accepted, answers read from then on (SX-09).

    Raises what `procedures.operations.take` raises, RenewalPapersMissing, ProtectionTooLow and ProtectionExpired.
    """
    with transaction.atomic():
        found: Renewal = procedures.locked(RENEWALS, no)  # type: ignore[assignment]
        procedures.take(
            RENEWALS, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds, also=ALSO,
            more={"registration": found.registration.no}, meant_for=meant_for,
        )  # fmt: skip
    return found.state


def page(no: str, *, actor: Actor) -> RenewalPage:
    """Return a renewal with what its page says of it; raises NoSuchRenewal."""
    found = renewal(no, actor=actor)
    missing = found.state in RENEWING and not papers.attached(RENEWAL.name, no)
    return RenewalPage(found, missing)


def renewal(no: str, *, actor: Actor) -> Renewal:
    """Return one renewal; raises NoSuchRenewal, also where the actor may not see it."""
    found = Renewal.objects.select_related("registration__unit").filter(no=no).first()
    unit = found.registration.unit if found else None
    if found is None or unit is None or not rules.sees(actor, unit=unit.credit_code, region=unit.region_code):
        raise NoSuchRenewal(no=no)
    return found


def newest(registration: Registration) -> list[Renewal]:
    """Return the newest renewals of a system, at most SHOWN."""
    return list(registration.renewals.order_by("-id")[:SHOWN])


def may_hand_in(registration: Registration, *, actor: Actor) -> bool:
    """Whether the actor hands in new evidence for a system now."""
    able = registration.kind == "system" and registration.state in ("ACTIVE", "LOCKED")
    under_way = able and registration.renewals.filter(state__in=RENEWING).exists()
    return able and not under_way and rules.is_applicant(actor, unit=registration.unit_id)


def editable(renewal: Renewal, *, actor: Actor) -> bool:
    """Whether the actor may change what it says: nobody may; one that is wrong is taken back and handed in anew."""
    return False


def _check(found: Registration, facts: Mapping[str, object], *, judging: Judging) -> None:
    if found.kind != "system" or found.state not in ("ACTIVE", "LOCKED"):
        raise NothingToRenew(no=found.no)
    judging.lacks(facts, FACTS, rules.RegistrationIncomplete)
    until = facts.get("mlps_until")
    if judging.spared("mlps_until") and isinstance(until, date) and found.mlps_until and until <= found.mlps_until:
        judging.add(EvidenceNotLonger(until=until.isoformat(), present=found.mlps_until.isoformat()))


def _papers(found: Renewal, step: Taking) -> None:
    if not papers.attached(RENEWAL.name, found.no):
        raise RenewalPapersMissing(no=found.no)


def _accept(found: Renewal, step: Taking) -> None:
    _papers(found, step)
    registration = Registration.objects.select_for_update().get(pk=found.registration_id)
    told = {name: getattr(found, name) for name in FACTS}
    with database.joined(connection) as cur:
        registers.change_system(
            cur, id=registration.code, mlps_level=found.mlps_level, mlps_until=found.mlps_until, now=step.now,
            by=step.actor.officer,
        )  # fmt: skip
    registration.protection_reminders = 0
    changed = [name for name, value in told.items() if value != getattr(registration, name)]
    operations.rewrite(registration, told, changed=changed, now=step.now, by=step.actor.officer)


def _digest(facts: Mapping[str, object]) -> str:
    plain = {name: str(facts.get(name)) for name in FACTS}
    return canonical.digest(plain)


ALSO: Also = {"submit": _papers, "accept": _accept}  # type: ignore[dict-item]
"""Action → what happens with it, besides that the renewal moves."""
