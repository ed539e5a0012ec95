"""Writes of emergency plans and restore drills. One function is one transaction; each step leaves one entry (SX-11-c).

A drill that is reported counts as a rehearsal of the plan in force: the plan's next day follows from it, and comes
sooner after one that failed.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial

from django.db import connection, transaction

from hutong.audit.events import RecordClass
from hutong.control.procedures import attachments, numbers, since, unfinished
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.unfinished import Typed
from hutong.control.recording import record
from hutong.control.rulebook import queries as rulebooks
from hutong.control.rulebook.rules import check_region
from hutong.control.security import measures, papers, planning, queries, rules
from hutong.control.security.lifecycle import DRILL, IN_FORCE, PLAN, PREPARED
from hutong.control.security.measures import DrillMeasures
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.control.security.procedure import DRILLS, PLANS
from hutong.control.units import meanwhile, offices
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar
from hutong.db import locks
from hutong.plane.keys import Keyring

PLAN_PREFIX, DRILL_PREFIX = "YA", "YL"
"""With what the numbers of plans and of drills begin."""


def draft(
    facts: Mapping[str, object], *, region: str, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None, typed: Typed | None = None,
) -> str:  # fmt: skip
    """Begin the next version of a region's emergency plan and return its number; the text is attached after it.

    `facts` are those of `rules.PLAN_FACTS`. All that is wrong is told at once, with what reading it found (`judging`),
    as Faults where there are several. What the same form began before (`meant_for`) stays the only one. With what was
    `typed` it is kept though it is not complete (`procedures.unfinished`). Raises RegionUnreadable, NotOfThisRegion,
    PlanUnderWay, UnitStopped, NoSuchUnit, and what `rules.check_plan` keeps.
    """
    _check_prepares(actor, region)
    judging = judging or Judging()
    with transaction.atomic():
        planning.judge(facts, judging, now=now)
        rest = unfinished.end(judging, typed)
        if rest is not None:
            facts = {"title": "", "summary": "", "unit": actor.unit, "owner": "", "rehearsal_date": beijing.day(now)}
        said = planning.digest(EmergencyPlan(unfinished=rest, **planning.columns(facts)))
        same = [{"region": region, "digest": said}]
        before = meanwhile.made("security.plan_drafted", "plan", meant_for, name=region, same=same, actor=actor)
        if before is not None:
            return before
        no = numbers.following(PLANS, PLAN_PREFIX, now=now)  # nobody else begins one until this ends
        there = EmergencyPlan.objects.filter(region=region)
        if (other := there.filter(state__in=PREPARED).first()) is not None:
            raise rules.PlanUnderWay(no=other.no)
        version = 1 + max(there.exclude(state="DROPPED").values_list("version", flat=True), default=0)
        made = EmergencyPlan.objects.create(
            no=no, region=region, version=version, state=PLAN.start, entered_at=now, written_by=[actor.officer],
            unfinished=rest, **planning.columns(facts),
        )  # fmt: skip
        told = {"plan": no, "region": region, "version": version, "digest": said, "by": actor.officer}
        record("security.plan_drafted", told, now=now, unit=actor.unit)
        procedures.put_on_desks(PLANS, made)
    return no


def amend(
    no: str, *, facts: Mapping[str, object], actor: Actor, now: datetime, meant_for: str | None = None,
    judging: Judging | None = None, typed: Typed | None = None,
) -> None:  # fmt: skip
    """Change what a version of the plan says that is not submitted yet or was returned.

    All that is wrong is told at once, as `draft` does; with what was `typed` it is kept though it is not complete,
    beside what it said before. Raises NoSuchPlan, NotOfThisRegion, PlanNotEditable, UnitStopped, NoSuchUnit, what
    `rules.check_plan` keeps and `since.check` raises.
    """
    judging = judging or Judging()
    with transaction.atomic():
        queries.plan(no, actor=actor)  # nobody learns of one that is not theirs to see
        found: EmergencyPlan = procedures.locked(PLANS, no)  # type: ignore[assignment]
        _check_prepares(actor, found.region)
        since.check(
            PLANS, found, meant_for, doing=since.EDIT, actor=actor,
            already=lambda: unfinished.says(found.unfinished, typed)
            if found.unfinished is not None
            else all(getattr(found, name) == said for name, said in planning.columns(facts).items()),
        )  # fmt: skip
        if found.state not in PLAN.editable:
            raise rules.PlanNotEditable(no=no, case_state=PLAN.states[found.state].name)
        planning.judge(facts, judging, now=now)
        before, found.unfinished = planning.digest(found), unfinished.end(judging, typed)
        told = planning.columns(facts) if found.unfinished is None else {}
        changed = sorted(name for name, value in told.items() if value != getattr(found, name))
        for name, value in told.items():
            setattr(found, name, value)
        found.written_by = sorted({*found.written_by, actor.officer})
        found.save()
        said = {"plan": no, "changed": changed, "before": before, "after": planning.digest(found), "by": actor.officer}
        record("security.plan_changed", said, now=now, unit=actor.unit)
        procedures.edited(PLANS, found, actor=actor, now=now)


def take_of_plan(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step of an emergency plan and return its state; `calendar` holds the packaged years.

    Adopting a version replaces the one before it. Raises what `procedures.operations.take` raises, PlanWithoutFile and
    RehearsalPast.
    """
    with transaction.atomic():
        found: EmergencyPlan = procedures.locked(PLANS, no)  # type: ignore[assignment]
        before = _locked_in_force(found.region) if action == "adopt" else None
        said = _told_of(found)
        also: Also = {
            "submit": _check_whole,
            "adopt": partial(_adopted, before=before, calendar=calendar),
            "rehearse": partial(_rehearsed, passed=True, said=said),
        }
        procedures.take(
            PLANS, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds, also=also, more=said,
            meant_for=meant_for,
        )  # fmt: skip
        _bring_near(found, now=now, calendar=calendar)
    return found.state


def bring_near(no: str, *, now: datetime, calendar: Calendar) -> bool:
    """Let a plan's rehearsal be the operator's turn, where its day is near; return whether it has become so."""
    with transaction.atomic():
        found: EmergencyPlan = procedures.locked(PLANS, no)  # type: ignore[assignment]
        return _bring_near(found, now=now, calendar=calendar)


def _bring_near(found: EmergencyPlan, *, now: datetime, calendar: Calendar) -> bool:
    if found.state != "IN_FORCE" or not queries.is_near(found.rehearsal_date, region=found.region, now=now):
        return False
    said = _told_of(found)
    procedures.come_about(PLANS, found, "come_near", holds="rehearsal_near", now=now, calendar=calendar, more=said)
    return True


def _check_prepares(actor: Actor, region: str) -> None:
    """Refuse what is no region, and who is not of its operator; raises RegionUnreadable and NotOfThisRegion."""
    check_region(region)
    if not rules.prepares(actor, region=region, offices=offices.current()):
        raise rules.NotOfThisRegion(officer=actor.name, region=region)


def _check_whole(found: EmergencyPlan, step: Taking) -> None:
    rules.check_rehearsal(found.rehearsal_date, today=beijing.day(step.now))
    if not attachments.amount(CaseReference(PLAN.name, found.no)).files:
        raise rules.PlanWithoutFile(no=found.no)


def _adopted(found: EmergencyPlan, step: Taking, *, before: EmergencyPlan | None, calendar: Calendar) -> None:
    _check_whole(found, step)
    found.adopted_at = step.now
    if before is None:
        return
    before.successor, found.rehearsed_at = found, before.rehearsed_at
    before.save()
    procedures.take(
        PLANS, before, "replace", actor=step.actor, now=step.now, calendar=calendar, more=_told_of(before), follows=True
    )


def _rehearsed(found: EmergencyPlan, step: Taking, *, passed: bool, said: dict[str, object]) -> None:
    """Write down that a plan was rehearsed, and when it is rehearsed next: sooner after a drill that failed.

    `said` is what its entry says besides.
    """
    rulebook = rulebooks.in_force(beijing.day(step.now), region=found.region)
    days = rulebook.number("plan.rehearsal_days" if passed else "drill.again_days")
    found.rehearsed_at, found.rehearsal_date = step.now, beijing.day(step.now) + timedelta(days=days)
    said.update(_told_of(found))


def _locked_in_force(region: str) -> EmergencyPlan | None:
    there = EmergencyPlan.objects.select_for_update().filter(region=region, state__in=IN_FORCE)
    found: EmergencyPlan | None = there.first()
    return found


def _told_of(plan: EmergencyPlan) -> dict[str, object]:
    return {"version": plan.version, "rehearsal_date": plan.rehearsal_date.isoformat()}


def plan_drill(
    *, planned_date: date | None, scope: str, region: str, actor: Actor, now: datetime, calendar: Calendar,
    judging: Judging | None = None, meant_for: str | None = None,
) -> str:  # fmt: skip
    """Plan a restore drill for a day and return its number; it rehearses the plan in force.

    A day that was not read is None. What the same form planned before (`meant_for`) stays the only one. Raises
    RegionUnreadable, NotOfThisRegion and what `rules.check_drill` keeps.
    """
    _check_prepares(actor, region)
    found = judging or Judging()
    planned_date = rules.check_drill(planned_date=planned_date, scope=scope, today=beijing.day(now), judging=found)
    with transaction.atomic():
        same = [{"region": region, "planned_date": planned_date.isoformat(), "scope": scope}]
        before = meanwhile.made("security.drill_planned", "drill", meant_for, name=region, same=same, actor=actor)
        given = {"region": region, "actor": actor, "now": now, "calendar": calendar, "at": now}
        return before or str(_planned(planned_date, scope, **given).no)  # type: ignore[arg-type]


def take_of_drill(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    keyring: Keyring | None = None, meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step of a restore drill that needs no measures and return its state; `keyring` seals what is reported.

    Reporting makes the record of the drill, attaches it, and counts as a rehearsal of the plan in force. Raises what
    `procedures.operations.take` raises, and DrillIncomplete for a step that `record_step` takes.
    """
    with transaction.atomic():
        found: Drill = procedures.locked(DRILLS, no)  # type: ignore[assignment]
        _take(
            found, action, actor=actor, now=now, at=now, calendar=calendar, grounds=grounds, keyring=keyring,
            meant_for=meant_for,
        )  # fmt: skip
    return found.state


def record_step(
    no: str, action: str, *, facts: Mapping[str, object], actor: Actor, now: datetime, calendar: Calendar,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take the step of a drill that says what was found: which set, that it was read back, what was measured.

    `facts` of `back_up` are `set_number` and `set_ended_at`, of `verify` `read_back_at`, of `drill` what
    `measures.read` reads, and `failed_with` where it failed. Raises DrillIncomplete, MeasureUnreadable, DrillAhead, and
    what `procedures.operations.take` raises.
    """
    with transaction.atomic():
        found: Drill = procedures.locked(DRILLS, no)  # type: ignore[assignment]
        _take(
            found, action, actor=actor, now=now, at=now, calendar=calendar, grounds=Grounds(), facts=facts,
            meant_for=meant_for,
        )  # fmt: skip
    return found.state


def file_drill(
    report: Mapping[str, object], *, actor: Actor, now: datetime, calendar: Calendar, keyring: Keyring,
    no: str | None = None, region: str | None = None, scope: str = "",
) -> str:  # fmt: skip
    """File what `hutong drill` reported as a case, from its plan to its report, and return the case's number.

    Into drill `no`, which was planned for it, or into a new one of `region`, else of the widest whose operator the
    actor acts for. All in one transaction: its steps have the moments at which they happened, its entries that of the
    filing. A report that names its `mac` is filed once. Raises NoSuchDrill, DrillBegun, DrillFiled, DrillAhead,
    RegionUnreadable, NotOfThisRegion, and what `measures.read` and the steps raise.
    """
    found = measures.read(report)
    moments = measures.moments(found, now=now)
    with transaction.atomic():
        _check_first(found)
        if no is None:
            own = queries.regions(actor)
            region = (own[0] if own else "") if region is None else region
            _check_prepares(actor, region)
            day, words = beijing.day(found.fault_at), scope or papers.scope(found)
            drill = _planned(day, words, region=region, actor=actor, now=now, calendar=calendar, at=moments[0])
        else:
            queries.drill(no, actor=actor)  # nobody learns of one that is not theirs to see
            drill = procedures.locked(DRILLS, no)  # type: ignore[assignment]
            if drill.state != DRILL.start:
                raise rules.DrillBegun(no=no, case_state=DRILL.states[drill.state].name)
        given = {"actor": actor, "now": now, "calendar": calendar, "grounds": Grounds(), "keyring": keyring}
        told = {**report, "read_back_at": moments[1], "failed_with": found.failed_with}
        for action, moment in zip(("back_up", "verify", "drill"), moments, strict=True):
            _take(drill, action, at=max(moment, drill.entered_at), facts=told, **given)  # type: ignore[arg-type]
        _take(drill, "report", at=now, **given)  # type: ignore[arg-type]
    return drill.no


def _check_first(found: DrillMeasures) -> None:
    """See that a report was not filed before; nobody else files it until this transaction ends. Raises DrillFiled."""
    if not found.mac:
        return
    with connection.cursor() as cur:
        locks.take(cur, f"hutong.drill.{found.mac}")
    if (before := Drill.objects.filter(measures__mac=found.mac).first()) is not None:
        raise rules.DrillFiled(no=before.no)


def _planned(
    planned_date: date, scope: str, *, region: str, actor: Actor, now: datetime, calendar: Calendar, at: datetime
) -> Drill:
    unit = offices.current().unit_of(rules.PREPARING, region=region)
    no = numbers.following(DRILLS, DRILL_PREFIX, now=now)
    plan = queries.in_force(region)
    made: Drill = Drill.objects.create(
        no=no, region=region, unit_id=unit, plan=plan, planned_date=planned_date, scope=scope, state=DRILL.start,
        entered_at=at, written_by=[actor.officer],
    )  # fmt: skip
    said = {
        "drill": no, "region": region, "planned_date": planned_date.isoformat(), "scope": scope,
        "plan": plan.no if plan else None, "version": plan.version if plan else None, "by": actor.officer,
    }  # fmt: skip
    record("security.drill_planned", said, now=now, unit=actor.unit)
    procedures.begin(DRILLS, made, now=at, calendar=calendar)
    return made


def _take(
    found: Drill, action: str, *, actor: Actor, now: datetime, at: datetime, calendar: Calendar, grounds: Grounds,
    keyring: Keyring | None = None, facts: Mapping[str, object] | None = None, meant_for: str | None = None,
) -> None:  # fmt: skip
    plan = _locked_in_force(found.region) if action == "report" else None
    told, said = facts or {}, {"set": found.set_number, "passed": found.passed, "measures": papers.digest(found)}
    also: Also = {
        "back_up": partial(_backed_up, facts=told, said=said),
        "verify": partial(_verified, facts=told),
        "drill": partial(_drilled, facts=told, at=at, said=said),
        "fail": partial(_failed, at=at, said=said),
        "report": partial(_reported, keyring=keyring),
    }
    procedures.take(
        DRILLS, found, action, actor=actor, now=now, at=at, calendar=calendar, grounds=grounds, also=also, more=said,
        meant_for=meant_for,
    )  # fmt: skip
    if action == "report" and plan is not None:
        _rehearse(plan, found, actor=actor, now=now, calendar=calendar)


def _backed_up(found: Drill, step: Taking, *, facts: Mapping[str, object], said: dict[str, object]) -> None:
    found.set_number, found.set_ended_at = measures.backup_set(facts, now=step.now)
    said["set"] = found.set_number


def _verified(found: Drill, step: Taking, *, facts: Mapping[str, object]) -> None:
    found.read_back_at = measures.read_back(facts, since=found.set_ended_at, now=step.now)


def _drilled(
    found: Drill, step: Taking, *, facts: Mapping[str, object], at: datetime, said: dict[str, object]
) -> None:
    backed_up = {name: getattr(found, name) for name in ("set_number", "set_ended_at", "read_back_at")}
    told = measures.read({**facts, **backed_up})
    if told.fault_at > step.now:
        raise measures.DrillAhead(moment=told.fault_at.isoformat())
    failed = str(facts.get("failed_with") or "").strip() or told.failed_with
    if not failed:
        measures.check_passed(told)
    found.rpo_seconds, found.rto_seconds, found.measures = told.rpo_seconds, told.rto_seconds, told.plain()
    _over(found, failed, at=at, said=said)


def _failed(found: Drill, step: Taking, *, at: datetime, said: dict[str, object]) -> None:
    _over(found, step.reason, at=at, said=said)


def _over(found: Drill, failed_with: str, *, at: datetime, said: dict[str, object]) -> None:
    """Write down what came of a drill; `said` is what the entry of this step says besides."""
    found.passed, found.failed_with, found.drilled_at = not failed_with, failed_with, at
    said.update(passed=found.passed, measures=papers.digest(found))


def _reported(found: Drill, step: Taking, *, keyring: Keyring | None) -> None:
    assert keyring is not None, "what is reported is sealed under the platform's key"
    found.reported_at = step.now
    to = CaseReference(DRILL.name, found.no)
    for name, content in papers.made(found, by=step.actor.name, now=step.now):
        attachments.add(
            to, name=name, source=[content], by=step.actor, record_class=RecordClass.ADMINISTRATION, keyring=keyring,
            now=step.now,
        )  # fmt: skip


def _rehearse(plan: EmergencyPlan, drill: Drill, *, actor: Actor, now: datetime, calendar: Calendar) -> None:
    """Count a drill as a rehearsal of the plan in force, in the transaction that reports it."""
    said = _told_of(plan)
    procedures.take(
        PLANS, plan, "rehearse", actor=actor, now=now, calendar=calendar, follows=True, more=said,
        grounds=Grounds(reason=papers.rehearsed_by(drill)),
        also={"rehearse": partial(_rehearsed, passed=bool(drill.passed), said=said)},
    )  # fmt: skip
    _bring_near(plan, now=now, calendar=calendar)
