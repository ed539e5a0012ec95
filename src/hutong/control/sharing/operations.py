"""Writes of applications. One function is one transaction; a step leaves one `sharing.application_moved` entry."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from hutong.control.catalog import rules as catalog
from hutong.control.catalog.models import Entry
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.procedures import numbers, since, unfinished
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.rules import NotYourRole
from hutong.control.procedures.unfinished import Typed
from hutong.control.recording import record
from hutong.control.rulebook import queries as rulebooks
from hutong.control.sharing import drafting, queries, rules, supply, terms
from hutong.control.sharing.lifecycle import APPLICATION, UNDER_WAY
from hutong.control.sharing.models import Application, LadderDecision
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.blanks import says_something
from hutong.core.errors import Judging, Problem
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import filters, grants, ladder, tables
from hutong.plane.definition import Definition, Mode
from hutong.plane.filters import Filter

SAME = ("mode", "purpose", "system", "row_filter")
"""What two applications of a unit for a resource say alike, besides items and matters, where one is the other again."""
REQUIRED = ("items", "purpose", "legal_basis", "matters", "system", "users", "devices")


def draft(
    *, code: str, mode: Mode | str, items: Sequence[str], purpose: str, legal_basis: str, matters: Sequence[str],
    system: str, users: Sequence[str], devices: Sequence[str], from_at: datetime, until_at: datetime,
    need: Sequence[str] = (), conditions: Sequence[str] = (), row_filter: Filter | None = None, quota: int = 1000,
    guesses: int = 10, yearly_records: int = 100, form_id: UUID | None = None, twice: bool = False, actor: Actor,
    now: datetime, judging: Judging | None = None, typed: Typed | None = None,
) -> str:  # fmt: skip
    """Write down an application of the actor's unit (SX-08-e) and return its number; nothing is decided yet.

    `row_filter` has the records it asks for, values by item; all without it (P-5). `yearly_records` is how many
    distinct ones a year queries will disclose. Of a form that was sent before (`form_id`), what was drafted then stays
    the only one, and its number is returned.

    All that is wrong is told at once, with what reading it found (`judging`), as Faults where there are several. What
    the unit applied for already, and may still have, is applied for `twice` on purpose; else raises AlreadyApplied.
    With what was `typed` a draft is kept that is not complete (`procedures.unfinished`).
    """
    if not actor.has_role("consumer"):
        raise NotYourRole(role="consumer", officer=actor.name)
    facts = {
        "mode": str(mode), "items": list(items), "conditions": list(conditions), "need": list(need),
        "row_filter": row_filter or {}, "purpose": purpose, "legal_basis": legal_basis, "matters": list(matters),
        "system": system, "users": list(users), "devices": list(devices), "quota": quota, "guesses": guesses,
        "yearly_records": yearly_records, "from_at": from_at, "until_at": until_at,
    }  # fmt: skip
    with transaction.atomic():
        entry = Entry.objects.select_related("current").filter(code=code, current__isnull=False).first()
        if entry is None:
            raise NoSuchEntry(code=code)
        members.require_active(actor.unit, entry.provider_id)
        rest = None
        try:
            facts["row_filter"] = _check(entry, facts, consumer=actor.unit, now=now, judging=judging or Judging())
        except Problem as problem:
            rest, facts = unfinished.kept(problem, typed), drafting.nothing(now)
        no = numbers.following(APPLICATIONS, "GX", now=now)  # nobody else drafts until this ends
        sent = drafting.sent(actor.unit, form_id)
        if sent is not None and drafting.says(sent, facts, typed):
            return str(sent.no)
        if rest is None and not twice:
            try:
                _check_once(entry, facts, consumer=actor.unit, now=now, but=sent.no if sent else "")
            except rules.AlreadyApplied as problem:
                rest, facts = unfinished.kept(problem, typed), drafting.nothing(now)
        if sent is not None:
            return _say_anew(sent, facts, rest, actor=actor, now=now)
        made = Application.objects.create(
            no=no, consumer_id=actor.unit, entry=entry, written_by=[actor.officer], state=APPLICATION.start,
            entered_at=now, form_id=form_id, unfinished=rest, **facts,
        )  # fmt: skip
        drafting.enter(made, by=actor.officer, now=now)
        procedures.put_on_desks(APPLICATIONS, made)
    return no


def amend(
    no: str, *, changes: dict[str, object], actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None, typed: Typed | None = None, twice: bool = False,
) -> None:  # fmt: skip
    """Change a draft or a returned application; what is not in `changes` stays as it was typed.

    All that is wrong is told at once, with what reading it found (`judging`), as Faults where there are several.
    With what was `typed` it is kept though it is not complete, beside what it said before. Raises what `since.check`
    does; of a draft that is completed now AlreadyApplied, where it is not applied for `twice` on purpose.
    """
    with transaction.atomic():
        application = _locked(no)
        if not rules.is_applicant(actor, consumer=application.consumer_id):
            raise NotYourRole(role="consumer", officer=actor.name)
        since.check(
            APPLICATIONS, application, meant_for, doing=since.EDIT, actor=actor,
            already=lambda: drafting.says(application, changes, typed),
        )  # fmt: skip
        if application.state not in APPLICATION.editable:
            raise rules.ApplicationNotEditable(no=no, case_state=APPLICATION.states[application.state].name)
        before = drafting.said(application)
        after = {**before, **{name: changes[name] for name in drafting.FACTS if name in changes}}
        begun = application.unfinished is not None
        try:
            after["row_filter"] = _check(
                application.entry, after, consumer=application.consumer_id, now=now, judging=judging or Judging(),
                former=application.purpose,
            )  # fmt: skip
            if application.unfinished is not None and not twice:
                _check_once(application.entry, after, consumer=application.consumer_id, now=now, but=no)
            application.unfinished = None
        except Problem as problem:
            application.unfinished, after = unfinished.kept(problem, typed), before
        _say(application, before, after, begun=begun, actor=actor, now=now)


def _say(application: Application, before: dict, after: dict, *, begun: bool, actor: Actor, now: datetime) -> None:
    """Write down what an application says instead of what it said; `begun` is that it was not complete before."""
    for name, value in after.items():
        setattr(application, name, value)
    application.written_by = sorted({*application.written_by, actor.officer})
    application.save()
    digests = {"before": drafting.digest(before), "after": drafting.digest(after)}
    fields = {"application": application.no, **digests, "by": actor.officer}
    record("sharing.application_changed", fields, now=now, unit=application.consumer_id)
    if begun and application.unfinished is None:  # what it applies for is said now for the first time
        drafting.enter(application, by=actor.officer, now=now)
    procedures.edited(APPLICATIONS, application, actor=actor, now=now)


def _say_anew(sent: Application, facts: dict, rest: Typed | None, *, actor: Actor, now: datetime) -> str:
    """Keep what the form of a draft says that is sent once more with other words, while nothing else was done to it."""
    application = _locked(sent.no)
    since.check(APPLICATIONS, application, since.as_made(application), doing=since.EDIT, actor=actor)
    begun, before = application.unfinished is not None, drafting.said(application)
    application.unfinished = rest
    _say(application, before, facts if rest is None else before, begun=begun, actor=actor, now=now)
    return str(application.no)


def take(
    no: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    reason: str = "",
    basis: str = "",
    opinion: str = "",
    agrees: bool = True,
    meant_for: str | None = None,
) -> str:
    """Take one step of W3 and return the state the application is in. Years loaded into the platform join `calendar`.

    `lodge` and `confirm` ask the ladder (SX-07-e), `supplied` asks for data (SX-08-c), `file` opens the grant
    (SX-08-d). Where the office asks for hands in order, the state changes with the last of them (P-2). Raises what
    `procedures.operations.take` raises, and what those raise.
    """
    with transaction.atomic():
        application = _locked(no)
        if action in _NEEDS_SHARING:
            _check_shared(application.entry)
        if action in _BEGINS:
            members.require_active(application.consumer_id, application.entry.provider_id)
        grounds = procedures.Grounds(reason=reason, basis=basis, opinion=opinion, agrees=agrees)
        procedures.take(
            APPLICATIONS, application, action, actor=actor, now=now, calendar=calendar, grounds=grounds, also=_ALSO,
            meant_for=meant_for, remark=terms.remark(application.matters),
        )  # fmt: skip
    return application.state


_BEGINS = frozenset({"lodge", "negotiate"})
"""Steps that give others something to do, which a stopped unit could not go on with (SX-03)."""
_NEEDS_SHARING = frozenset({"lodge", "confirm", "file"})
"""Steps refused with the law where a resource is not shared any more; the conditions of the table refuse the others."""


def _ask_ladder(application: Application, step: Taking) -> None:
    definition = _definition(application.entry)
    decision = ladder.require(
        Mode(application.mode), application.items, definition=definition, need=application.need
    )
    ladder.answered(application.items, definition=definition, mode=Mode(application.mode))
    filters.require(application.row_filter, definition=definition, mode=Mode(application.mode))
    for rung in decision.rungs:
        reason = str(rung.reason or "")
        LadderDecision.objects.create(
            application=application, action=step.move.action, mode=str(rung.mode), sufficient=rung.sufficient,
            reason=reason, at=step.now, by=step.actor.officer,
        )  # fmt: skip
        fields = {
            "application": application.no, "mode": str(rung.mode), "sufficient": rung.sufficient,
            "reason": reason or None, "explanation": step.move.action, "by": step.actor.officer,
        }  # fmt: skip
        record("sharing.ladder_decided", fields, now=step.now, unit=application.consumer_id)


def _lodge(application: Application, step: Taking) -> None:
    if not terms.known("purpose", code=application.purpose):
        raise rules.PurposeUnregistered(purpose=application.purpose)
    if application.until_at <= step.now:
        raise rules.PeriodOver(field="until_at", day=beijing.day(application.until_at).isoformat())
    _ask_ladder(application, step)


def _open(application: Application, step: Taking) -> None:
    application.grant_no, application.filing_no = f"G-{application.no}", f"BA-{application.no}"
    grant = grants.Grant(
        no=application.grant_no,
        code=application.entry.code,
        provider=application.entry.provider_id,
        consumer=application.consumer_id,
        system=application.system,
        mode=Mode(application.mode),
        items=application.items,
        conditions=application.conditions,
        need=application.need,
        purpose=application.purpose,
        matters=application.matters,
        users=application.users,
        devices=application.devices,
        quota=application.quota,
        guesses=application.guesses,
        yearly_records=application.yearly_records,
        from_at=application.from_at,
        until_at=application.until_at,
        filing_no=application.filing_no,
        row_filter=application.row_filter,
    )
    with database.joined(connection) as cur:
        grants.open_grant(cur, grant=grant, now=step.now, by=step.actor.officer, application=application.no)


def _confirm(application: Application, step: Taking) -> None:
    _ask_ladder(application, step)
    application.confirmed_at = step.now
    if step.move.after == "SUPPLIED":  # the data are held: nobody has to say so (P-11)
        _reach(application, step)


def _supplied(application: Application, step: Taking) -> None:
    supply.require(application)
    _reach(application, step)


def _reach(application: Application, step: Taking) -> None:
    # After a return the days go on where they stood: they run from the first time (D-4).
    application.reached_at = application.reached_at or step.now


def _return(application: Application, step: Taking) -> None:
    application.confirmed_at = application.verifying_at = None


def _reopen(application: Application, step: Taking) -> None:
    application.confirmed_at = application.reached_at = application.verifying_at = None


def _verify(application: Application, step: Taking) -> None:
    application.verifying_at = step.now


_ALSO: Also = {
    "lodge": _lodge,
    "confirm": _confirm,
    "report_supply": _supplied,
    "verify": _verify,
    "file": _open,
    "return": _return,
    "settle": _reopen,
    "reopen": _reopen,
}
"""Action → what happens with it, besides that the application moves."""


def _check(
    entry: Entry, facts: dict, *, consumer: str, now: datetime, judging: Judging, former: str = ""
) -> Filter:
    """Refuse, all at once, what no later step could make fit; returns the row filter as it is kept.

    The purpose is one that forms offer, or the `former` one, which was offered once.
    """
    if entry.state == "WITHDRAWN":
        raise grants.ResourceWithdrawn(code=entry.code)
    _check_shared(entry)
    if entry.provider_id == consumer:
        raise rules.OwnResource(code=entry.code)
    for name in REQUIRED:
        if judging.spared(name) and not says_something(facts[name]):
            judging.add(rules.ApplicationIncomplete(fields=name))
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
    definition, mode = _definition(entry), Mode(facts["mode"])
    if judging.spared("items"):
        with judging.of("items"):
            ladder.offered(facts["items"], definition=definition, mode=mode)
            ladder.answered(facts["items"], definition=definition, mode=mode)
        with judging.of("conditions"):
            grants.check_conditions(facts["conditions"], items=facts["items"], definition=definition)
    with judging.of("row_filter"):
        return filters.checked(facts["row_filter"], definition=definition, mode=mode)
    return {}


def judged(application: Application, changes: dict[str, object], *, now: datetime, judging: Judging) -> Problem | None:
    """Return what an unfinished application lacks, with what reading it found; None where it lacks nothing."""
    facts = {**drafting.said(application), **changes}
    try:
        with transaction.atomic():
            _check(application.entry, facts, consumer=application.consumer_id, now=now, judging=judging)
    except Problem as problem:
        return problem
    return None


def _check_once(entry: Entry, facts: dict, *, consumer: str, now: datetime, but: str = "") -> None:
    """Refuse what the consumer has applied for already, while that is under way or what it opened has not ended."""
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


def _check_shared(entry: Entry) -> None:
    said = entry.current  # what applications look at: the version that was published last
    assert said is not None, f"{entry.code} was applied for and never published"
    if said.sharing_type == catalog.NOT_SHARED:
        raise rules.ResourceNotShared(code=entry.code, basis=said.sharing_basis)


def _definition(entry: Entry) -> Definition:
    with database.joined(connection) as cur:
        return tables.definition(cur, code=entry.code)


def _locked(no: str) -> Application:
    found = (
        Application.objects.select_for_update(of=("self",))
        .select_related("entry__current", "consumer")
        .filter(no=no)
        .first()
    )
    if found is None:
        raise queries.NoSuchApplication(no=no)
    return found
