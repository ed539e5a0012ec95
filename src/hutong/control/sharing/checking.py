"""What an application may ask for, held to catalogue, ladder, registers and rulebook before anybody decides."""

from datetime import datetime

from django.db import connection
from django.db.models import Q

from hutong.control.catalog import rules as catalog
from hutong.control.catalog.models import Entry
from hutong.control.rulebook import queries as rulebooks
from hutong.control.sharing import drafting, queries, rules, terms
from hutong.control.sharing.lifecycle import APPLICATION, UNDER_WAY
from hutong.control.sharing.models import Application
from hutong.core import beijing
from hutong.core.errors import Judging
from hutong.db import database
from hutong.plane import filters, grants, ladder, tables
from hutong.plane.definition import Definition, Mode
from hutong.plane.filters import Filter

SAME = ("mode", "purpose", "system", "row_filter")
"""What two applications of a unit for a resource say alike, besides items and matters, where one is the other again."""
REQUIRED = ("items", "purpose", "legal_basis", "matters", "system", "users", "devices")


def check(
    entry: Entry, facts: dict, *, consumer: str, now: datetime, judging: Judging, former: str = ""
) -> Filter:
    """Refuse, all at once, what no later step could make fit; returns the row filter as it is kept.

    The purpose is one that forms offer, or the `former` one, which was offered once. Raises ResourceWithdrawn,
    ResourceNotShared and OwnResource at once, and what else is wrong as `judging` has it.
    """
    if entry.state == "WITHDRAWN":
        raise grants.ResourceWithdrawn(code=entry.code)
    check_shared(entry)
    if entry.provider_id == consumer:
        raise rules.OwnResource(code=entry.code)
    judging.lacks(facts, REQUIRED, rules.ApplicationIncomplete)
    if judging.spared("purpose") and facts["purpose"] != former and not terms.offered("purpose", code=facts["purpose"]):
        judging.add(rules.PurposeUnregistered(purpose=facts["purpose"]))
    _check_period(facts, now=now, judging=judging)
    _check_limits(entry, facts, now=now, judging=judging)
    drafting.check_registers(facts, consumer=consumer, judging=judging)
    kept = _check_use(entry, facts, judging=judging)
    judging.end()
    return kept


def _check_period(facts: dict, *, now: datetime, judging: Judging) -> None:
    for name in ("from_at", "until_at"):
        if judging.spared(name):
            with judging.of(name):
                beijing.check(facts[name], field=name)
    if not judging.spared("from_at", "until_at"):
        return
    first, until = facts["from_at"], facts["until_at"]
    if first >= until:
        days = {"from_day": beijing.day(first).isoformat(), "until_day": beijing.day(until).isoformat()}
        judging.add(rules.PeriodBackwards(field="until_at", **days))
    elif until <= now:
        judging.add(rules.PeriodOver(field="until_at", day=beijing.day(until).isoformat()))


def _check_limits(entry: Entry, facts: dict, *, now: datetime, judging: Judging) -> None:
    rulebook = rulebooks.in_force(beijing.day(now), region=entry.provider.region_code)
    asked = {name: facts[name] if judging.spared(name) else 1 for name in ("quota", "guesses", "yearly_records")}
    days = (facts["until_at"] - facts["from_at"]).days if judging.spared("from_at", "until_at") else 1
    with judging.of():
        rules.check_limits(**asked, days=max(days, 1), rulebook=rulebook)


def _check_use(entry: Entry, facts: dict, *, judging: Judging) -> Filter:
    said, mode = definition(entry), Mode(facts["mode"])
    with judging.of("need"):
        ladder.needed(mode, facts["items"] if judging.spared("items") else (), need=facts["need"])
    if judging.spared("items"):
        with judging.of("items"):
            ladder.offered(facts["items"], definition=said, mode=mode)
            ladder.answered(facts["items"], definition=said, mode=mode)
        with judging.of("conditions"):
            grants.check_conditions(facts["conditions"], items=facts["items"], definition=said)
    with judging.of("row_filter"):
        return filters.checked(facts["row_filter"], definition=said, mode=mode)
    return {}


def check_once(entry: Entry, facts: dict, *, consumer: str, now: datetime, but: str = "") -> None:
    """Refuse what the consumer has applied for already, while that is under way or what it opened has not ended.

    Raises AlreadyApplied.
    """
    found = Application.objects.filter(
        Q(state__in=(APPLICATION.start, "RETURNED", *UNDER_WAY)) | Q(state__in=("FILED", "CLOSED"), until_at__gt=now),
        consumer_id=consumer, entry=entry, from_at__lt=facts["until_at"], until_at__gt=facts["from_at"],
        unfinished__isnull=True, **{name: facts[name] for name in SAME},
    ).exclude(no=but).order_by("-entered_at", "-pk")  # fmt: skip
    for before in found:
        alike = all(set(getattr(before, name)) == set(facts[name]) for name in ("items", "matters"))
        if alike and not (before.grant_no and queries.ended(before.grant_no)):
            state = APPLICATION.states[before.state].name
            raise rules.AlreadyApplied(no=before.no, day=beijing.day(before.entered_at).isoformat(), case_state=state)


def check_shared(entry: Entry) -> None:
    """Refuse what is 不予共享 with its legal basis; raises ResourceNotShared."""
    said = entry.current  # what applications look at: the version that was published last
    assert said is not None, f"{entry.code} was applied for and never published"
    if said.sharing_type == catalog.NOT_SHARED:
        raise rules.ResourceNotShared(code=entry.code, basis=said.sharing_basis)


def definition(entry: Entry) -> Definition:
    """Return the definition of a resource that is published."""
    with database.joined(connection) as cur:
        return tables.definition(cur, code=entry.code)
