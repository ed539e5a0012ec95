"""The verification of a purpose (用途核实): what was found is said with the step that ends it, and kept (SX-08-f).

What is filed has a place in one register (备案台账), numbered through each year.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max

from hutong.control.procedures import hands
from hutong.control.recording import record
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application, PurposeFinding
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Judging
from hutong.db import locks

VERIFYING = "PURPOSE_VERIFYING"
"""The state in which a purpose is verified."""
CONCLUDING = frozenset({"file", "refuse"})
"""Steps that end a verification; one that sends back for supplement leaves it open."""
FOUND, NOT_FOUND = "found", "not_found"
"""What is chosen of the basis."""
_PLACES = 1_000_000
"""So many places each year of the register has, and one more."""


class FindingMissing(Invalid):
    """The verification of the purpose lacks {fields}."""

    clause = "SX-08-f"


class BasisNotFound(Conflicting):
    """{no} is not filed: the verification of its purpose found no basis."""

    clause = "SX-08-f"
    at = ("basis_found",)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a purpose: what was looked at, whether a basis was found (None where nobody said), opinion."""

    looked_at: str
    basis_found: bool | None
    conclusion: str = ""


def read(typed: Mapping[str, str]) -> Finding:
    """Return the finding that was typed into the fields of a step."""
    basis = {FOUND: True, NOT_FOUND: False}.get(typed.get("basis_found", ""))
    return Finding(typed.get("looked_at", "").strip(), basis, typed.get("conclusion", "").strip())


def concludes(state: str, action: str) -> bool:
    """Return whether a step from this state ends a verification."""
    return state == VERIFYING and action in CONCLUDING


def check(application: Application, action: str, finding: Finding | None, *, judging: Judging) -> None:
    """Keep in `judging` what a finding lacks, and that nothing is filed for which no basis was found.

    Where no basis was found the opinion says what follows. Keeps FindingMissing and BasisNotFound.
    """
    said = finding or Finding("", None)
    if is_blank(said.looked_at):
        judging.add(FindingMissing(fields="looked_at"))
    if said.basis_found is None:
        judging.add(FindingMissing(fields="basis_found"))
    elif not said.basis_found and action == "file":
        judging.add(BasisNotFound(no=application.no))
    elif not said.basis_found and is_blank(said.conclusion):
        judging.add(FindingMissing(fields="conclusion"))


def keep(
    application: Application, action: str, finding: Finding, *, actor: Actor, now: datetime,
    others: Iterable[str | None] = (),
) -> None:  # fmt: skip
    """Keep a finding with its entry, in the transaction of the step that ends the verification; `others` read that.

    Where that step passes through several hands, a hand that says what the one before it said leaves no second finding.
    """
    assert finding.basis_found is not None
    before = last(application.no, action)
    if before == finding:
        return
    said = {"looked_at": finding.looked_at, "basis_found": finding.basis_found, "conclusion": finding.conclusion}
    PurposeFinding.objects.create(
        application=application, action=action, at=now, by=actor.officer, by_name=actor.name,
        by_unit_name=actor.unit_name, **said,
    )  # fmt: skip
    fields = {"application": application.no, **said, "by": actor.officer}
    record(
        "sharing.purpose_verified", fields, now=now, unit=application.consumer_id,
        counterpart=application.entry.provider_id, others=(actor.unit, *others),
    )  # fmt: skip


def listed(no: str) -> list[PurposeFinding]:
    """Return what was found of an application's purpose, the first finding first."""
    return list(PurposeFinding.objects.filter(application__no=no).order_by("id"))


def last(no: str, action: str) -> Finding | None:
    """Return what the hand before found, where a step of an application is under way in several hands; else None."""
    if not hands.under_way(APPLICATION.name, [no])[no].get(action):
        return None
    found = PurposeFinding.objects.filter(application__no=no, action=action).order_by("-id").first()
    return Finding(found.looked_at, found.basis_found, found.conclusion) if found else None


def following(now: datetime) -> int:
    """Return the next place in the register of this year; nobody else is given one until the transaction ends."""
    with connection.cursor() as cur:
        locks.take(cur, "hutong.number.filing")
    first = beijing.day(now).year * _PLACES
    of_year = Application.objects.filter(register_no__gt=first, register_no__lt=first + _PLACES)
    return int(of_year.aggregate(last=Max("register_no"))["last"] or first) + 1


def filing_no(place: int) -> str:
    """Return the number of a filing by its place in the register, e.g. BA2026-000017."""
    return f"BA{place // _PLACES}-{place % _PLACES:06}"
