"""Writes of applications. One function is one transaction; a step leaves one `sharing.application_moved` entry."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from hutong.control.catalog.models import Entry
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.procedures import numbers, since, unfinished
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.rules import NotYourRole
from hutong.control.procedures.unfinished import Typed
from hutong.control.recording import record
from hutong.control.sharing import checking, drafting, queries, rules, supply, terms, verifying
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application, LadderDecision
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.sharing.verifying import Finding
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Judging, Problem
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import filters, grants, ladder
from hutong.plane.definition import Mode
from hutong.plane.filters import Filter


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
            judging = judging or Judging()
            facts["row_filter"] = checking.check(entry, facts, consumer=actor.unit, now=now, judging=judging)
        except Problem as problem:
            rest, facts = unfinished.kept(problem, typed), drafting.nothing(now)
        no = numbers.following(APPLICATIONS, "GX", now=now)  # nobody else drafts until this ends
        sent = drafting.sent(actor.unit, form_id)
        if sent is not None and drafting.says(sent, facts, typed):
            return str(sent.no)
        if rest is None and not twice:
            try:
                checking.check_once(entry, facts, consumer=actor.unit, now=now, but=sent.no if sent else "")
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
            after["row_filter"] = checking.check(
                application.entry, after, consumer=application.consumer_id, now=now, judging=judging or Judging(),
                former=application.purpose,
            )  # fmt: skip
            if application.unfinished is not None and not twice:
                checking.check_once(application.entry, after, consumer=application.consumer_id, now=now, but=no)
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
    finding: Finding | None = None,
    meant_for: str | None = None,
) -> str:
    """Take one step of W3 and return the state the application is in. Years loaded into the platform join `calendar`.

    `lodge` and `confirm` ask the ladder (SX-07-e), `supplied` asks for data (SX-08-c), `file` opens the grant
    (SX-08-d) and, as `refuse` does where a purpose is being verified, says what was found (SX-08-f). Where the office
    asks for hands in order, the state changes with the last of them (P-2). Raises what `procedures.operations.take`
    raises, and what those raise.
    """
    with transaction.atomic():
        application = _locked(no)
        if action in _NEEDS_SHARING:
            checking.check_shared(application.entry)
        if action in _BEGINS:
            members.require_active(application.consumer_id, application.entry.provider_id)
        grounds = procedures.Grounds(reason=reason, basis=basis, opinion=opinion, agrees=agrees)
        if verifying.concludes(application.state, action):
            _conclude(application, action, finding, grounds=grounds, actor=actor, now=now)
        procedures.take(
            APPLICATIONS, application, action, actor=actor, now=now, calendar=calendar, grounds=grounds, also=_ALSO,
            meant_for=meant_for, remark=terms.remark(application.matters),
        )  # fmt: skip
    return application.state


def _conclude(
    application: Application, action: str, finding: Finding | None, *, grounds: procedures.Grounds, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Keep what was found with the step that ends a verification; what that lacks is told with what the step lacks."""
    if not procedures.may(APPLICATIONS, application, action, actor=actor, now=now):
        return  # the step itself says why
    judging = Judging()
    verifying.check(application, action, finding, judging=judging)
    with judging.of():
        procedures.check_grounds(APPLICATIONS, application, action, grounds=grounds, actor=actor, now=now)
    judging.end()
    assert finding is not None
    parties = APPLICATIONS.seen([application])[0].parties
    verifying.keep(application, action, finding, actor=actor, now=now, others=parties.values())


_BEGINS = frozenset({"lodge", "negotiate"})
"""Steps that give others something to do, which a stopped unit could not go on with (SX-03)."""
_NEEDS_SHARING = frozenset({"lodge", "confirm", "file"})
"""Steps refused with the law where a resource is not shared any more; the conditions of the table refuse the others."""


def _ask_ladder(application: Application, step: Taking) -> None:
    definition = checking.definition(application.entry)
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
    application.grant_no, application.filed_at = f"G-{application.no}", step.now
    application.register_no = verifying.following(step.now)
    application.filing_no = verifying.filing_no(application.register_no)
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


def judged(application: Application, changes: dict[str, object], *, now: datetime, judging: Judging) -> Problem | None:
    """Return what an unfinished application lacks, with what reading it found; None where it lacks nothing."""
    facts = {**drafting.said(application), **changes}
    try:
        with transaction.atomic():
            checking.check(application.entry, facts, consumer=application.consumer_id, now=now, judging=judging)
    except Problem as problem:
        return problem
    return None


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
