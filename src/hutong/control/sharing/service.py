"""What is decided about a service that was opened: the operator stops it, takes it up again, ends it (SX-16-a), and its
consumer moves it to a newer version (P-6) or gives it back (SX-08-a).

Each is one transaction with one entry, and is effective at once. A suspension is of a unit, a system or a grant;
several may stand at once, and each is lifted for itself.
"""

from datetime import datetime

from django.db import connection, transaction

from hutong.control.procedures.rules import GroundsMissing, NotYourRole, named
from hutong.control.sharing import queries, rules, standing
from hutong.control.sharing.standing import ShownGrant
from hutong.control.units import offices
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import lifecycle
from hutong.core.blanks import is_blank
from hutong.core.lifecycle import Lifecycle
from hutong.db import database
from hutong.plane import grants, suspensions
from hutong.plane.lifecycle import GRANT, SUSPENSION
from hutong.plane.suspensions import Suspendable


def suspend(
    kind: Suspendable, whom: str, *, reason: str, clause: str, actor: Actor, now: datetime,
    shown: ShownGrant | None = None,
) -> int:  # fmt: skip
    """Give no service to a unit, a system or under a grant, and return the number of the suspension.

    `clause` is one of `rules.SUSPENDED_BY`. Raises NotYourRole, GroundsMissing, ClauseUnfit, NoSuchUnit, and what the
    plane and `meanwhile.check` raise.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        unit = suspensions.unit_of(cur, kind=kind, whom=whom)
        _require(SUSPENSION, "suspend", unit=unit, actor=actor, grounds={"reason": reason, "clause": clause})
        if clause not in rules.SUSPENDED_BY:
            raise rules.ClauseUnfit(given=clause)
        same = {"kind": str(kind), "whom": whom}
        standing.check(cur, shown, doing="plane.suspended", same=same, actor=actor, now=now)
        if kind is Suspendable.UNIT:
            members.lock_unit(whom)
        return suspensions.suspend(
            cur, kind=kind, whom=whom, reason=reason, clause=clause, now=now, by=actor.officer
        )


def lift(id: int, *, verified: str, actor: Actor, now: datetime, shown: ShownGrant | None = None) -> None:
    """Lift one suspension and no other; `verified` says what was seen to be put right (整改核查情况).

    Raises NotYourRole, GroundsMissing and what the plane and `meanwhile.check` raise.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        unit = suspensions.unit_suspended(cur, id=id)
        _require(SUSPENSION, "lift", unit=unit, actor=actor, grounds={"verified": verified})
        standing.check(cur, shown, doing="plane.suspension_lifted", same={"suspension": id}, actor=actor, now=now)
        suspensions.lift(cur, id=id, verified=verified, now=now, by=actor.officer)


def revoke(no: str, *, reason: str, actor: Actor, now: datetime, shown: ShownGrant | None = None) -> None:
    """End a grant for good. Raises NotYourRole, GroundsMissing and what the plane and `meanwhile.check` raise."""
    with transaction.atomic(), database.joined(connection) as cur:
        unit = suspensions.unit_of(cur, kind=Suspendable.GRANT, whom=no)
        _require(GRANT, "revoke", unit=unit, actor=actor, grounds={"reason": reason})
        standing.check(cur, shown, doing="plane.grant_revoked", same={"grant": no}, actor=actor, now=now)
        grants.revoke(cur, no=no, reason=reason, now=now, by=actor.officer)


def relinquish(no: str, *, reason: str, actor: Actor, now: datetime, shown: ShownGrant | None = None) -> None:
    """End a grant for good by its consumer, whose duties need it no longer (SX-08-a, decision 0118).

    Entered for both sides and for the authority of the consumer's region. Raises NotYourRole, GroundsMissing and what
    the plane and `meanwhile.check` raise.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        unit = suspensions.unit_of(cur, kind=Suspendable.GRANT, whom=no)
        if unit is None or not rules.is_applicant(actor, consumer=unit):
            raise NotYourRole(role="consumer", officer=actor.name)
        if is_blank(reason):
            raise GroundsMissing(action=named(GRANT, "relinquish"), fields="reason")
        standing.check(cur, shown, doing="plane.grant_relinquished", same={"grant": no}, actor=actor, now=now)
        authority = offices.current().parties(queries.region(unit))["authority"]
        grants.relinquish(
            cur, no=no, reason=reason, now=now, by=actor.officer, told=[authority] if authority else []
        )


def switch_version(no: str, *, actor: Actor, now: datetime, shown: ShownGrant | None = None) -> int:
    """Let a grant be answered from the newest version that has data, by its consumer (P-6); returns its number.

    Raises NotYourRole and what `plane.grants.switch_version` and `meanwhile.check` raise.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        consumer = suspensions.unit_of(cur, kind=Suspendable.GRANT, whom=no)
        if consumer is None or not rules.is_applicant(actor, consumer=consumer):
            raise NotYourRole(role="consumer", officer=actor.name)
        standing.check(cur, shown, doing="plane.grant_switched", same={"grant": no}, actor=actor, now=now)
        return grants.switch_version(cur, no=no, now=now, by=actor.officer)


def _require(
    life: Lifecycle, action: str, *, unit: str | None, actor: Actor, grounds: dict[str, str]
) -> None:
    """Refuse an officer who does not act in that office for the region of this unit, and a decision without grounds."""
    roles = lifecycle.takers(life, action)
    parties = offices.current().parties(queries.region(unit) if unit else "")
    # Before it is told whether it is there, and in which state: that is no stranger's business.
    if not any(lifecycle.office(role, parties=parties) in actor.seats for role in roles):
        raise NotYourRole(role=", ".join(roles), officer=actor.name)
    if missing := [name for name, given in grounds.items() if is_blank(given)]:
        raise GroundsMissing(action=named(life, action), fields=", ".join(missing))
