"""Which people have accepted the rules of use, and whom they are asked of (IS-2.2-b, P-24); never of a system."""

from datetime import datetime

from django.db import transaction

from hutong.control.procedures import queries as procedures
from hutong.control.recording import record
from hutong.control.registration import rules_of_use
from hutong.control.registration.models import RulesAccepted
from hutong.control.registration.rules_of_use import RulesOfUse
from hutong.control.units import queries
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Conflicting


class RulesChangedMeanwhile(Conflicting):
    """The rules of use were released anew after this page was made."""

    clause = "IS-2.2-b"


def owed(actor: Actor, *, now: datetime) -> RulesOfUse | None:
    """Return the released rules that the actor has still to accept; None where nothing is asked.

    What is packaged is asked of nobody who logs in: no authority released it. Whoever has a step to take by the end of
    today takes it first, and is asked at the next login (P-24).
    """
    rules = rules_of_use.current()
    if not rules.number or RulesAccepted.objects.filter(officer=actor.officer, digest=rules.digest).exists():
        return None
    over = beijing.over(beijing.day(now))
    own = procedures.CaseFilters(reader=actor.officer)
    due_today = procedures.counts(actor.seats, now=over, filters=own).late
    return None if due_today else rules


def owes(username: str, *, now: datetime) -> bool:
    """Whether an officer has still to accept the released rules; who is no officer owes nothing."""
    try:
        return owed(queries.actor(username, now=now), now=now) is not None
    except queries.NoSuchOfficer:
        return False


def accept(digest: str, *, actor: Actor, now: datetime) -> None:
    """Keep that the actor accepts the rules of use that a page showed, by their digest, with an entry.

    Done again it changes nothing. Raises RulesChangedMeanwhile.
    """
    rules = rules_of_use.current()
    if rules.digest != digest:
        raise RulesChangedMeanwhile
    with transaction.atomic():
        given = {"version": rules.version, "accepted_at": now}
        _, made = RulesAccepted.objects.get_or_create(officer=actor.officer, digest=digest, defaults=given)
        if made:
            told = {"version": rules.version, "digest": digest, "unit": actor.unit, "by": actor.officer}
            record("registration.rules_accepted", told, now=now, unit=actor.unit)
