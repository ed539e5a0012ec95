"""Examiners (审计、巡察): an account that reads the records of some units for some days, and does nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from hutong.audit.events import RecordClass
from hutong.control.recording import record
from hutong.control.units import kept_forms, meanwhile, operations, powers, queries, sessions
from hutong.control.units.models import ExaminerScope, Officer
from hutong.control.units.rules import EXAMINER, Actor, Days, check_days
from hutong.core import beijing
from hutong.core.errors import Conflicting, Invalid, Judging

LISTED = 200
"""So many examiners are listed, the last appointed first."""


class ExaminerIncomplete(Invalid):
    """An examiner's account lacks {fields}: whom, which units, which classes of records, until when, and why."""

    clause = "SX-11-a"


class ExaminerHasRoles(Conflicting):
    """{officer} has or had another part on the platform, and examines it by an account of its own."""

    clause = "SX-11-a"
    at = ("officer",)


class RecordClassUnknown(Invalid):
    """There is no class of records {record_class}."""

    at = ("classes",)


@dataclass(frozen=True, slots=True)
class Examiner:
    """One examiner's account: who, what it reads, for which days, and whether that counts today."""

    username: str
    name: str
    units: tuple[str, ...]
    """Names."""
    classes: tuple[str, ...]
    from_date: date | None
    until_date: date | None
    counts: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ExaminerDesk:
    """The examiners there are, and whom the reader may appoint to read which units."""

    examiners: tuple[Examiner, ...]
    officers: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    may: bool


def desk(*, actor: Actor, now: datetime) -> ExaminerDesk:
    """Return the examiners, and who can be one: accounts that never had a role; raises NotYourRole."""
    powers.seen(actor)
    there = Officer.objects.filter(assignments=None, active=True, examiner_scope=None).exclude(
        user__username=actor.officer
    )
    choices = tuple(there.order_by("name", "pk").values_list("user__username", "name")[:LISTED])
    units = tuple((each.credit_code, each.name) for each in queries.units())
    may = powers.GIVEN_BY[EXAMINER] in actor.roles
    return ExaminerDesk(_examiners(now=now), choices if may else (), units, may)


def appoint(
    facts: Mapping[str, object], *, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> None:  # fmt: skip
    """Let an account that has never had a role read the records of some units, for some days.

    `facts` are officer, units, classes, from_date (None is today), until_date and reason. All that is wrong is told at
    once. It ends the account's logins. Raises NotYourRole, OwnAccount, NoSuchOfficer, NoSuchUnit, RoleDaysWrong,
    ExaminerHasRoles, DoneAlready, and what is kept in `judging`: ExaminerIncomplete, RecordClassUnknown.
    """
    judging = judging or Judging()
    judging.lacks(facts, ("officer", "units", "classes", "until_date", "reason"), ExaminerIncomplete)
    _known(facts, judging)
    judging.end()
    username, units, classes = str(facts["officer"]), _texts(facts["units"]), _texts(facts["classes"])
    from_date, until_date = facts.get("from_date"), facts["until_date"]
    first = from_date if isinstance(from_date, date) else beijing.day(now)
    days = Days(first, until_date if isinstance(until_date, date) else None)
    check_days(days, today=beijing.day(now))
    said = {"officer": username, "units": sorted(units), "classes": sorted(classes)}
    with transaction.atomic():
        meanwhile.check(
            meanwhile.Thing(username, ("units.examiner_appointed",), ({"officer": username},)), meant_for,
            state=lambda: None, doing="units.examiner_appointed", same=said, actor=actor, now=now,
        )  # fmt: skip
        officer = operations.locked(username)
        powers.check_gives(EXAMINER, unit=officer.unit_id, officer=username, actor=actor)
        if officer.assignments.exists() or officer.deputises.exists():
            raise ExaminerHasRoles(officer=officer.name)
        ExaminerScope.objects.create(
            officer=officer, units=sorted(units), classes=sorted(classes), reason=facts["reason"],
            given_by=actor.officer, given_at=now,
        )  # fmt: skip
        told = {
            **said, "from_date": f"{days.from_date}", "until_date": f"{days.until_date}", "reason": facts["reason"],
            "by": actor.officer,
        }  # fmt: skip
        record("units.examiner_appointed", told, now=now, unit=officer.unit_id)
        operations.give_role(username=username, role=EXAMINER, days=days, now=now, by=actor.officer)
        sessions.end_all(username=username, now=now, by=actor.officer)
        kept_forms.forget_all(username)


def classes_of(username: str) -> list[str] | None:
    """Return the classes of records an examiner's account was given, also once its days are over; None of any other."""
    found = ExaminerScope.objects.filter(officer__user__username=username).values_list("classes", flat=True).first()
    return None if found is None else list(found)


def _known(facts: Mapping[str, object], judging: Judging) -> None:
    names = queries.names()
    if judging.spared("officer"):
        with judging.of("officer"):
            queries.check_officer(str(facts.get("officer")))
    for unit in _texts(facts.get("units")):
        if unit not in names:
            judging.add(queries.NoSuchUnit(unit=unit), "units")
    for each in _texts(facts.get("classes")):
        if each not in [str(known) for known in RecordClass]:
            judging.add(RecordClassUnknown(record_class=each))


def _texts(value: object) -> set[str]:
    return {str(each) for each in value} if isinstance(value, Collection) and not isinstance(value, str) else set()


def _examiners(*, now: datetime) -> tuple[Examiner, ...]:
    names, today = queries.names(), beijing.day(now)
    rows = ExaminerScope.objects.select_related("officer__user").prefetch_related("officer__assignments")
    found: list[Examiner] = []
    for row in rows.order_by("-given_at", "pk")[:LISTED]:
        terms = [each for each in row.officer.assignments.all() if each.role == EXAMINER]
        term = max(terms, key=lambda each: each.pk, default=None)
        over = term is None or term.ended_at is not None or (term.until_date is not None and term.until_date < today)
        found.append(
            Examiner(
                row.officer.user.username, row.officer.name, tuple(names.get(each, each) for each in row.units),
                tuple(row.classes), term.from_date if term else None, term.until_date if term else None,
                not over and term is not None and term.from_date <= today, row.reason,
            )
        )
    return tuple(found)
