"""Writes of applications and grants. One function is one transaction; a step leaves one `sharing.moved` entry."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection, transaction

from hutong.control.calendars import operations as calendars
from hutong.control.calendars import queries as years
from hutong.control.catalog.models import Entry
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.orgs import operations as orgs
from hutong.control.orgs.rules import Actor, NotYourRole
from hutong.control.recording import record
from hutong.control.sharing import lifecycle, queries, rules
from hutong.control.sharing.models import Application, ApplicationMove, LadderDecision
from hutong.core import beijing, canonical
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import grants, ladder, tables
from hutong.plane.definition import Definition, Mode

FACTS = (
    "mode", "items", "conditions", "need", "purpose", "legal_basis", "matters", "system", "users", "devices",
    "quota", "guesses", "from_at", "until_at",
)  # fmt: skip
REQUIRED = ("items", "purpose", "legal_basis", "matters", "system", "users", "devices")


def draft(
    *,
    code: str,
    mode: Mode | str,
    items: Sequence[str],
    purpose: str,
    legal_basis: str,
    matters: Sequence[str],
    system: str,
    users: Sequence[str],
    devices: Sequence[str],
    from_at: datetime,
    until_at: datetime,
    need: Sequence[str] = (),
    conditions: Sequence[str] = (),
    quota: int = 1000,
    guesses: int = 10,
    actor: Actor,
    now: datetime,
) -> str:
    """Write down an application of the actor's unit (SX-08-e) and return its number; nothing is decided yet."""
    if not actor.holds("consumer"):
        raise NotYourRole(role="consumer", person=actor.name)
    facts = {
        "mode": str(mode), "items": list(items), "conditions": list(conditions), "need": list(need),
        "purpose": purpose, "legal_basis": legal_basis, "matters": list(matters), "system": system,
        "users": list(users), "devices": list(devices), "quota": quota, "guesses": guesses,
        "from_at": from_at, "until_at": until_at,
    }  # fmt: skip
    with transaction.atomic():
        entry = Entry.objects.filter(code=code, published_version__isnull=False).first()
        if entry is None:
            raise NoSuchEntry(code=code)
        orgs.require_active(actor.org, entry.provider_id)
        _check(entry, facts)
        no = _number(now)
        Application.objects.create(
            no=no, consumer_id=actor.org, entry=entry, drafted_by=actor.person, entered_at=now, **facts
        )
        fields = {
            "application": no, "resource": code, "org": actor.org, "system": system, "mode": str(mode),
            "items": list(items), "purpose": purpose, "matter": ", ".join(matters), "legal_basis": legal_basis,
            "digest": _digest(facts), "by": actor.person,
        }  # fmt: skip
        record("sharing.applied", fields, now=now, org=actor.org, counterpart=entry.provider_id)
    return no


def amend(no: str, *, changes: dict[str, object], actor: Actor, now: datetime) -> None:
    """Change a draft or a returned application; what is not in `changes` stays as it was typed."""
    with transaction.atomic():
        application = _locked(no)
        if not rules.is_applicant(actor, parties=queries.parties(application)):
            raise NotYourRole(role="consumer", person=actor.name)
        if application.state not in lifecycle.EDITABLE:
            raise rules.ApplicationNotEditable(no=no, state=application.standing)
        before = {name: getattr(application, name) for name in FACTS}
        after = {**before, **{name: changes[name] for name in FACTS if name in changes}}
        _check(application.entry, after)
        for name, value in after.items():
            setattr(application, name, value)
        application.save()
        fields = {"application": no, "before": _digest(before), "after": _digest(after), "by": actor.person}
        record("sharing.application_changed", fields, now=now, org=actor.org)


def take(
    no: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    reason: str = "",
    basis: str = "",
) -> str:
    """Take one declared step of W3 and return the new state. Years loaded into the platform join `calendar`.

    `lodge` and `confirm` ask the ladder (SX-07-e), `supplied` asks for data (SX-08-c), `file` opens the grant
    (SX-08-d). Raises ApplicationCannotMove, NotYourRole, RefusalWithoutGrounds and what those raise.
    """
    with transaction.atomic():
        application = _locked(no)
        move = _declared(application, action, actor)
        rules.check_grounds(move, reason=reason, basis=basis)
        if move.after in lifecycle.UNDER_WAY and move.before not in lifecycle.UNDER_WAY:
            orgs.require_active(application.consumer_id, application.entry.provider_id)
        extra = _ALSO.get(action)
        if extra is not None:
            extra(application, move, actor, now)
        calendars.hold(shared=True)
        due = rules.due(
            move,
            day=beijing.day(now),
            supplied=queries.supplied(application.entry.code),
            calendar=years.calendar(calendar),
        )
        _enter(application, move, due, now)
        ApplicationMove.objects.create(
            application=application, action=action, from_state=move.before, to_state=move.after, at=now,
            by=actor.person, by_name=actor.name, org_name=actor.org_name, clause=move.clause, reason=reason,
            basis=basis, due_date=due.day, due_zh=due.zh, due_en=due.en,
        )  # fmt: skip
        fields = {
            "application": no, "from_state": move.before, "to_state": move.after, "reason": reason or None,
            "basis": basis or None, "clause": move.clause, "by": actor.person,
        }  # fmt: skip
        record(
            "sharing.moved",
            fields,
            now=now,
            org=application.consumer_id,
            counterpart=application.entry.provider_id,
        )
    return move.after


def recompute_deadlines(calendar: Calendar) -> int:
    """Compute the deadlines that waited for a calendar (D-20) and return how many could be."""
    done = 0
    with transaction.atomic():
        waiting = Application.objects.select_for_update().filter(
            due_date__isnull=True, due_days__isnull=False
        )
        for application in waiting:
            move = lifecycle.Move("", "", "", "", "", "", limit=application.due_days)
            due = rules.due(
                move, day=beijing.day(application.entered_at), supplied=True, calendar=calendar
            )
            if due.day is not None:
                application.due_date, application.due_zh, application.due_en = due.day, due.zh, due.en
                application.save(update_fields=["due_date", "due_zh", "due_en"])
                done += 1
    return done


def move_grant(no: str, action: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Suspend, resume or revoke a grant: the operator's reasoned decision (SX-16-a), effective at once.

    Raises NotYourRole, RefusalWithoutGrounds, what the plane raises, and UnitStopped where a stopped unit's is resumed.
    """
    if not actor.holds("operator"):
        raise NotYourRole(role="operator", person=actor.name)
    if not reason.strip():
        raise rules.RefusalWithoutGrounds()
    with transaction.atomic(), database.joined(connection) as cur:
        if action == "resume":
            orgs.require_active(*(grant.consumer for grant in grants.read(cur, nos=[no]).values()))
        _GRANT_MOVES[action](cur, no=no, reason=reason, now=now, by=actor.person)


_GRANT_MOVES: dict[str, Callable[..., None]] = {
    "suspend": grants.suspend,
    "resume": grants.resume,
    "revoke": grants.revoke,
}


def _enter(application: Application, move: lifecycle.Move, due: rules.Due, now: datetime) -> None:
    application.state, application.entered_at = move.after, now
    application.due_date, application.due_days = due.day, due.days
    application.due_zh, application.due_en = due.zh, due.en
    if move.action in _MOMENTS:
        setattr(application, _MOMENTS[move.action], now)
    if move.after in ("RETURNED", "COMPLIANCE_CHECK"):
        application.agreed_at = None
    application.save()


_MOMENTS = {"agree": "agreed_at", "confirm": "confirmed_at", "verify": "verifying_at"}


def _ask_ladder(application: Application, move: lifecycle.Move, actor: Actor, now: datetime) -> None:
    definition = _definition(application.entry)
    decision = ladder.require(
        Mode(application.mode), application.items, definition=definition, need=application.need
    )
    for step in decision.steps:
        reason = str(step.reason or "")
        LadderDecision.objects.create(
            application=application, action=move.action, mode=str(step.mode), sufficient=step.sufficient,
            reason=reason, at=now, by=actor.person,
        )  # fmt: skip
        fields = {
            "application": application.no, "mode": str(step.mode), "sufficient": step.sufficient,
            "reason": reason or None, "explanation": move.action, "by": actor.person,
        }  # fmt: skip
        record("sharing.ladder_decided", fields, now=now, org=application.consumer_id)


def _ask_for_data(application: Application, move: lifecycle.Move, actor: Actor, now: datetime) -> None:
    if not queries.supplied(application.entry.code):
        raise grants.DataNotSupplied(code=application.entry.code)


def _open(application: Application, move: lifecycle.Move, actor: Actor, now: datetime) -> None:
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
        fold_absent=application.entry.personal,
        quota=application.quota,
        guesses=application.guesses,
        from_at=application.from_at,
        until_at=application.until_at,
        filing_no=application.filing_no,
    )
    with database.joined(connection) as cur:
        grants.open_grant(cur, grant=grant, now=now, by=actor.person, application=application.no)


_ALSO: dict[str, Callable[[Application, lifecycle.Move, Actor, datetime], None]] = {
    "lodge": _ask_ladder,
    "confirm": _ask_ladder,
    "supplied": _ask_for_data,
    "file": _open,
}
"""Action → what it does besides moving."""


def _declared(application: Application, action: str, actor: Actor) -> lifecycle.Move:
    move = lifecycle.find(application.state, action)
    if move is None:
        raise rules.ApplicationCannotMove(no=application.no, state=application.standing, action=action)
    if not rules.may(move, actor=actor, parties=queries.parties(application)):
        raise NotYourRole(role=move.role, person=actor.name)
    conditional, agreed = application.entry.sharing_type == 2, application.agreed_at is not None
    withdrawn = application.entry.state == "WITHDRAWN"
    if not rules.fits(move, conditional=conditional, agreed=agreed, withdrawn=withdrawn):
        if withdrawn:
            raise grants.ResourceWithdrawn(code=application.entry.code)
        if action != "confirm":
            raise rules.ApplicationCannotMove(no=application.no, state=application.standing, action=action)
        if application.state == "COMPLIANCE_CHECK":
            raise rules.ProviderNotAsked(code=application.entry.code)
        raise rules.ProviderHasNotAgreed()
    return move


def _check(entry: Entry, facts: dict) -> None:
    if entry.state == "WITHDRAWN":
        raise grants.ResourceWithdrawn(code=entry.code)
    if entry.sharing_type == 3:
        raise rules.ResourceNotShared(code=entry.code, basis=entry.sharing_basis)
    missing = [name for name in REQUIRED if not facts[name]]
    if facts["from_at"] >= facts["until_at"]:
        missing.append("until_at")
    if missing:
        raise rules.ApplicationIncomplete(fields=", ".join(missing))
    days = (facts["until_at"] - facts["from_at"]).days
    rules.check_limits(quota=facts["quota"], guesses=facts["guesses"], days=max(days, 1))
    # Told before anybody is troubled with it: no later step could make it fit.
    definition = _definition(entry)
    ladder.offered(facts["items"], definition=definition, mode=Mode(facts["mode"]))
    grants.check_conditions(facts["conditions"], items=facts["items"], definition=definition)


def _definition(entry: Entry) -> Definition:
    with database.joined(connection) as cur:
        return tables.version(cur, code=entry.code).definition


def _locked(no: str) -> Application:
    found = (
        Application.objects.select_for_update(of=("self",))
        .select_related("entry", "consumer")
        .filter(no=no)
        .first()
    )
    if found is None:
        raise queries.NoSuchApplication(no=no)
    return found


def _number(now: datetime) -> str:
    """Return the next number of the day; a lock keeps two from taking the same."""
    start = f"GX{beijing.day(now):%Y%m%d}"
    with connection.cursor() as cur:
        cur.execute("select pg_advisory_xact_lock(hashtext('hutong.application'))")
    return f"{start}-{Application.objects.filter(no__startswith=start).count() + 1:04}"


def _digest(facts: dict) -> str:
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }
    return canonical.digest(plain)
