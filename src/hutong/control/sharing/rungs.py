"""What the ladder judged of an application, as its page shows it: each rung, when, at which step and by whom."""

from dataclasses import dataclass
from datetime import datetime

from hutong.control.procedures import queries as procedures
from hutong.control.procedures.rules import named
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import LadderDecision


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung that the ladder tested for an application at a step: whether the mode does, why not, when and by whom."""

    step: str
    mode: str
    sufficient: bool
    reason: str
    at: datetime
    by_name: str
    """Who took the step, and the unit, under the names they had then."""
    by_unit_name: str


def ladder(no: str) -> list[Rung]:
    """Return the rungs that the ladder tested for an application, in the order in which it did."""
    takers = {step.by: (step.by_name, step.by_unit_name) for step in procedures.steps(APPLICATION.name, no)}
    found = LadderDecision.objects.filter(application__no=no).order_by("id")
    return [
        Rung(
            named(APPLICATION, each.action), each.mode, each.sufficient, each.reason, each.at,
            *takers.get(each.by, (each.by, "")),
        )
        for each in found
    ]  # fmt: skip
