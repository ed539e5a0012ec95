"""Writes of registrations. One function is one transaction; a step leaves one `registration.moved` entry.

What is registered the plane writes into its own registers in the same transaction, with an entry of its own; what is
under review or was refused stands here alone.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction

from hutong.control.procedures import numbers, since, unfinished
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.rules import NotYourRole
from hutong.control.procedures.unfinished import Typed
from hutong.control.recording import record
from hutong.control.registration import papers, people, queries, rules, rules_of_use
from hutong.control.registration.lifecycle import REGISTRATION
from hutong.control.registration.models import Registration
from hutong.control.registration.procedure import REGISTRATIONS
from hutong.control.units import meanwhile
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import canonical
from hutong.core.errors import Judging, Problem
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import departments, registers

BEGINS = frozenset({"accept_rules", "approve", "unlock"})
"""Steps that a stopped unit's registration cannot take (SX-03); that is checked before the turns are locked."""
PREFIX = "DJ"
"""With what the numbers of registrations begin."""


def apply(
    kind: str, *, facts: Mapping[str, object], actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None, typed: Typed | None = None, keyring: people.Keys | None = None,
) -> str:  # fmt: skip
    """Write down what the actor's unit applies for (SX-10-d) and return its number; the rules are accepted after it.

    `facts` are those of `rules.ASKED`. All that is wrong is told at once, with what reading it found (`judging`), as
    Faults where there are several. What the same form wrote down before (`meant_for`) stays the only one. With what was
    `typed` it is kept though it is not complete (`procedures.unfinished`), without the numbers of a person, which
    `keyring` enciphers. Raises NotYourRole, UnitStopped, IdentifierTaken, and what `rules.check` and `people.check`
    keep.
    """
    judging = judging or Judging()
    if not actor.has_role(rules.APPLICANT):
        raise NotYourRole(role=rules.APPLICANT, officer=actor.name)
    facts = rules.identified(kind, facts)
    rules.check(kind, facts, judging=judging)
    people.check(kind, facts, now=now, judging=judging)
    with transaction.atomic():
        members.require_active(actor.unit)
        before = _before(kind, facts, meant_for, whole=not judging.found, typed=typed, actor=actor)
        if before is not None:
            return before
        no = numbers.following(REGISTRATIONS, PREFIX, now=now)  # nobody else writes one down until this ends
        _check_free(kind, facts, unit=actor.unit, judging=judging)
        rest = unfinished.end(judging, typed)
        facts = facts if rest is None else {}
        made = Registration.objects.create(
            no=no, kind=kind, unit_id=actor.unit, state=REGISTRATION.start, entered_at=now, written_by=[actor.officer],
            unfinished=rest, **_told(kind, facts),
        )  # fmt: skip
        if keyring is not None:
            people.keep(made, facts, keyring=keyring)
        fields = {
            "registration": no, "kind": kind, "unit": actor.unit, "code": made.code, "name": made.name,
            "digest": digest(made), "by": actor.officer,
        }  # fmt: skip
        record("registration.applied", fields, now=now, unit=actor.unit)
        procedures.put_on_desks(REGISTRATIONS, made)
    return no


def _before(
    kind: str, facts: Mapping[str, object], meant_for: str | None, *, whole: bool, typed: Typed | None, actor: Actor
) -> str | None:
    """Return the number of what the same form wrote down before: `whole`, or as it was `typed`."""
    same: list[dict[str, object]] = []
    if whole:
        said = digest(Registration(kind=kind, unit_id=actor.unit, **_told(kind, facts)))
        same.append({"kind": kind, "unit": actor.unit, "code": facts["code"], "digest": said})
    if typed is not None:
        same.append({"kind": kind, "unit": actor.unit, "digest": unfinished.digest(typed)})
    name = str(facts["code"]) if whole else kind
    return meanwhile.made("registration.applied", "registration", meant_for, name=name, same=same, actor=actor)


def amend(
    no: str, *, facts: Mapping[str, object], actor: Actor, now: datetime, meant_for: str | None = None,
    judging: Judging | None = None, typed: Typed | None = None, keyring: people.Keys | None = None,
) -> None:  # fmt: skip
    """Change what an application says that is not submitted yet or was returned.

    All that is wrong is told at once, as `apply` does; with what was `typed` it is kept though it is not complete,
    beside what it said before. A number of a person that is not told stays as it is. Raises NotYourRole,
    RegistrationNotEditable, IdentifierTaken, and what `rules.check`, `people.check` and `since.check` raise.
    """
    judging = judging or Judging()
    with transaction.atomic():
        queries.registration(no, actor=actor)  # nobody learns of one that is not theirs to see
        found: Registration = procedures.locked(REGISTRATIONS, no)  # type: ignore[assignment]
        if not rules.is_applicant(actor, unit=found.unit_id):
            raise NotYourRole(role=rules.APPLICANT, officer=actor.name)
        facts = rules.identified(found.kind, facts)
        since.check(
            REGISTRATIONS, found, meant_for, doing=since.EDIT, actor=actor,
            already=lambda: unfinished.says(found.unfinished, typed)
            if found.unfinished is not None
            else all(getattr(found, name) == said for name, said in _told(found.kind, facts).items()),
        )  # fmt: skip
        if found.state not in REGISTRATION.editable:
            raise rules.RegistrationNotEditable(no=no, case_state=REGISTRATION.states[found.state].name)
        rules.check(found.kind, facts, judging=judging)
        people.check(found.kind, facts, now=now, judging=judging, there=people.have_identity(found))
        numbers.following(REGISTRATIONS, PREFIX, now=now)
        _check_free(found.kind, facts, unit=found.unit_id, judging=judging, itself=found.code)
        before, found.unfinished = digest(found), unfinished.end(judging, typed)
        told = _told(found.kind, facts) if found.unfinished is None else {}
        changed = [name for name, value in told.items() if value != getattr(found, name)]
        if keyring is not None and found.unfinished is None:
            changed += people.keep(found, facts, keyring=keyring)
        found.written_by = sorted({*found.written_by, actor.officer})
        rewrite(found, told, changed=changed, now=now, by=actor.officer, before=before)
        procedures.edited(REGISTRATIONS, found, actor=actor, now=now)


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
    """Take one step of W19 and return the state the registration is in; `calendar` holds the packaged years.

    What is approved, locked, unlocked or cancelled, the plane's registers have from then on. Raises what
    `procedures.operations.take` raises, UnitStopped, ProtectionPapersMissing, ProtectionTooLow and ProtectionExpired
    (SX-09).
    """
    with transaction.atomic():
        found: Registration = procedures.locked(REGISTRATIONS, no)  # type: ignore[assignment]
        if action in BEGINS:
            members.require_active(found.unit_id)
        grounds = procedures.Grounds(reason=reason, basis=basis, opinion=opinion, agrees=agrees)
        procedures.take(
            REGISTRATIONS, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds, also=ALSO,
            more=told_of(found), meant_for=meant_for,
        )  # fmt: skip
    return found.state


def rewrite(
    found: Registration, told: Mapping[str, object], *, changed: Iterable[str], now: datetime, by: str,
    before: str | None = None,
) -> None:  # fmt: skip
    """Change what a registration says, with an entry that names the facts that changed.

    `before` is the digest of what it said, where that is not what it says until now.
    """
    before = before or digest(found)
    for name, value in told.items():
        setattr(found, name, value)
    found.save()
    fields = {
        "registration": found.no, "changed": sorted(changed), "before": before, "after": digest(found), "by": by,
    }  # fmt: skip
    record("registration.changed", fields, now=now, unit=found.unit_id)


def told_of(registration: Registration) -> dict[str, object]:
    """Return what the entry of each step says of a registration besides its number."""
    return {"kind": registration.kind, "code": registration.code}


def digest(registration: Registration) -> str:
    """Return the digest of what a registration says, as entries have it; of an unfinished one, of what was typed."""
    if registration.unfinished is not None:
        return unfinished.digest(registration.unfinished)
    told = {name: getattr(registration, name) for name in rules.ASKED[registration.kind]}
    return canonical.digest_of_facts(told)


def _check_free(
    kind: str, facts: Mapping[str, object], *, unit: str, judging: Judging, itself: str | None = None
) -> None:
    """Keep IdentifierTaken and DepartmentUnknown; `itself` is the code it has already."""
    code, asked = str(facts["code"]), judging.spared(_CODE_FIELD.get(kind, "code"))
    if asked and code != itself and queries.standing(kind, code, unit=unit) is not None:
        judging.add(rules.IdentifierTaken(code=code))
    department = str(facts["department"]) if "department" in rules.ASKED[kind] else ""
    if department and judging.spared("department") and not queries.department_stands(department, unit=unit):
        judging.add(rules.DepartmentUnknown(department=department))


_CODE_FIELD = {"department": "name"}
"""Kind → the field in which its code is told, where that has another name."""


def judged(
    found: Registration, facts: Mapping[str, object], *, now: datetime, judging: Judging
) -> Problem | None:
    """Return what an unfinished registration lacks, with what reading it found; None where it lacks nothing."""
    facts = rules.identified(found.kind, facts)
    rules.check(found.kind, facts, judging=judging)
    people.check(found.kind, facts, now=now, judging=judging, there=people.have_identity(found))
    _check_free(found.kind, facts, unit=found.unit_id, judging=judging, itself=found.code)
    return unfinished.found(judging)


def _told(kind: str, facts: Mapping[str, object]) -> dict[str, object]:
    return {name: facts[name] for name in ("code", *rules.ASKED[kind]) if name in facts}


def _accept(found: Registration, step: Taking) -> None:
    papers.check(found)
    if people.asked(found.kind) and not people.have_identity(found):
        raise rules.RegistrationIncomplete(fields="identity_no")
    if found.department and not queries.department_stands(found.department, unit=found.unit_id):
        raise rules.DepartmentUnknown(department=found.department)
    accepted = rules_of_use.current()
    found.rules_version, found.rules_digest = accepted.version, accepted.digest
    found.rules_at, found.rules_by = step.now, step.actor.officer
    if step.move.after == "ACTIVE":
        _register(found, step)


def _check(found: Registration, step: Taking) -> None:
    papers.check(found)


def _register(found: Registration, step: Taking) -> None:
    given: dict[str, object] = {}
    if found.kind == "system":
        level, until, key = found.mlps_level, found.mlps_until, rules.key(found.public_key)
        given = {"mlps_level": level, "mlps_until": until, "public_key": key}
    elif found.kind == "user":
        given = {"department": found.department or None}
    write(found, now=step.now, by=step.actor.officer, **given)


def write(found: Registration, *, now: datetime, by: str, **given: object) -> None:
    """Write a registration into the plane's register of its kind, in the caller's transaction.

    `given` is what that takes besides: of a system its protection and credentials. Raises what the plane raises.
    """
    id, unit = found.code, found.unit_id
    with database.joined(connection) as cur:
        if found.kind == "department":
            departments.register(cur, id=id, unit=unit, now=now, by=by)
            return
        register = {
            "system": registers.register_system, "user": registers.register_user, "device": registers.register_device,
        }[found.kind]  # fmt: skip
        register(cur, id=id, unit=unit, name=found.name, now=now, by=by, **given)  # type: ignore[operator]


def _stop(found: Registration, step: Taking) -> None:
    if found.state == "ACTIVE":
        _set_state(found, "stopped", step)


def _start(found: Registration, step: Taking) -> None:
    _set_state(found, "active", step)


def _set_state(found: Registration, state: str, step: Taking) -> None:
    said = {"id": found.code, "state": state, "now": step.now, "by": step.actor.officer}
    with database.joined(connection) as cur:
        if found.kind == "system":
            registers.change_system(cur, **said)  # type: ignore[arg-type]
        elif found.kind == "user":
            registers.set_user_state(cur, unit=found.unit_id, **said)  # type: ignore[arg-type]
        elif found.kind == "department":
            departments.set_state(cur, unit=found.unit_id, **said)  # type: ignore[arg-type]
        else:
            registers.set_device_state(cur, unit=found.unit_id, **said)  # type: ignore[arg-type]


ALSO: Also = {
    "accept_rules": _accept, "check": _check, "approve": _register, "lock": _stop, "cancel": _stop, "unlock": _start,
}  # fmt: skip
"""Action → what happens with it, besides that the registration moves."""
