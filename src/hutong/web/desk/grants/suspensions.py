"""The suspensions of a grant, its system and its consumer as a page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hutong.control.sharing.queries import GrantShown
from hutong.control.units import queries as members
from hutong.plane.lifecycle import SUSPENSION
from hutong.plane.obstacles import Service
from hutong.plane.suspensions import Suspendable, Suspension
from hutong.web.desk.grants import served, steps
from hutong.web.desk.grants.steps import Asks, GrantStep
from hutong.web.shown import Shown
from hutong.web.wording import filters, procedures
from hutong.web.wording.procedures import StateShown


@dataclass(frozen=True, slots=True)
class SuspensionShown(Shown):
    """One suspension in words; what the reader may not read is empty, and so is the lifting while it stands."""

    state: StateShown
    whom: str
    clause: str
    reason: str
    suspended: str
    """When, and by whom."""
    lifted: str
    verified: str
    steps: list[GrantStep]


def shown(
    grant: GrantShown, found: Iterable[Suspension], *, people: Mapping[str, str], asks: Asks, service: Service
) -> list[SuspensionShown]:
    """Return what stands of a grant's service, and what stood; `people` are names of officers by username."""
    whom = {kind: served.called(kind, grant) for kind in Suspendable}
    return [
        SuspensionShown(
            state=procedures.state(SUSPENSION, each.state),
            whom=whom[each.kind],
            clause=each.clause,
            reason=each.reason,
            suspended=f"{filters.moment(each.suspended_at)} {people.get(each.suspended_by, each.suspended_by)}",
            lifted=f"{filters.moment(each.lifted_at)} {people.get(each.lifted_by, '')}" if each.lifted_by else "",
            verified=each.verified or "",
            steps=steps.of_suspension(each, grant, asks=asks, service=service),
        )
        for each in found
    ]


def people(found: Iterable[Suspension]) -> dict[str, str]:
    """Return the names of the officers who suspended and lifted, by username."""
    return members.people({who for each in found for who in (each.suspended_by, each.lifted_by) if who})
