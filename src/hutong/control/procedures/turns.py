"""Whose turn it is: the table that desks, reminders, feeds and lateness read, and no other (architecture 3.10).

A case has a row for every move that is open and waits for somebody. The step writes them; whoever changes a fact that a
condition looks at, or who may act, has the cases reconsidered in the same transaction.

Order of locks, so that nobody waits in a circle: the case or what is changed, units, the calendar, and last the turns.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Model, Q, QuerySet

from hutong.control.procedures import clocks, hands, models
from hutong.control.procedures.procedure import Procedure, Seen, installed
from hutong.core import lifecycle
from hutong.core.lifecycle import Seat

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""What has no deadline stands after all that has one."""
CHUNK = 1000


def hold(*, shared: bool) -> None:
    """Keep the facts that turns follow from as they are until this transaction ends.

    A step takes it `shared`, before it reads them; who changes one takes it alone. So no turn is written from facts
    that were just changing.
    """
    how = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cur:
        cur.execute(f"select {how}(hashtext('hutong.turns'))")


def write(procedure: Procedure, cases: Sequence[Model]) -> list[models.Turn]:
    """Write the turns of these cases as they are now, and return them; who was given a case keeps it at that desk."""
    numbers = [procedure.number_of(case) for case in cases]
    before = models.Turn.objects.filter(lifecycle=procedure.life.name, case__in=numbers)
    kept = {(row.case, row.role, row.unit): row for row in before}
    rows = compute(procedure, procedure.seen(cases))
    for row in rows:
        was = kept.get((row.case, row.role, row.unit))
        if was is not None:
            row.person, row.urged_at = was.person, was.urged_at
    before.delete()
    models.Turn.objects.bulk_create(rows)
    return rows


def compute(procedure: Procedure, seen: Sequence[Seen]) -> list[models.Turn]:
    """Return the turns of cases as the table should have them: the slow truth, from facts alone."""
    life, numbers = procedure.life, [each.number for each in seen]
    acted = who_acted(life.name, numbers)
    running: dict[str, list[models.Clock]] = defaultdict(list)
    for clock in clocks.standing(life.name, numbers):
        running[clock.case].append(clock)
    stages = hands.stages(life, numbers)
    staff = procedure.staff(_seats(life, seen))
    stopped = procedure.stopped({unit for each in seen for unit in each.parties.values() if unit})
    rows: list[models.Turn] = []
    for each in seen:
        found = lifecycle.turns(
            life, each.state, parties=each.parties, facts={**each.facts, lifecycle.STUCK: False},
            acted=acted[each.number], staff=staff, stopped=stopped,
        )  # fmt: skip
        rows += _rows(life, each, found, clock=clocks.nearest(running[each.number]), stages=stages)
    return rows


def reconsider(subject: str, key: str) -> int:
    """Write anew the turns of every case that looks at something which changed; returns how many cases those are.

    Of rooms above, too: what is below says what changed and knows none of them. To be called in the transaction of the
    change.
    """
    hold(shared=False)
    return sum(_again(procedure, procedure.concerned(subject, key)) for procedure in installed().values())


def reconsider_seats(seats: Collection[Seat]) -> int:
    """Write anew the turns of every case of which a step belongs to one of these seats; returns how many those are.

    To be called in the transaction that changes who may act there: an officer, a role, a deputy, a unit stopped.
    """
    hold(shared=False)
    wanted = Q(pk__in=[])
    for each in seats:
        wanted |= Q(of_role=each.role, of_unit=each.unit)
    return set_anew(models.Turn.objects.filter(wanted).values_list("lifecycle", "case").distinct())


def set_anew(cases: Iterable[tuple[str, str]]) -> int:
    """Write anew the turns of these cases (lifecycle, number); returns how many they are."""
    by_life: dict[str, set[str]] = defaultdict(set)
    for life, case in cases:
        by_life[life].add(case)
    known = installed()
    return sum(_again(known[life], known[life].cases(numbers)) for life, numbers in by_life.items() if life in known)


def differences(procedure: Procedure, cases: Sequence[Model]) -> list[str]:
    """Return the numbers of the cases whose turns in the table are not what the facts say."""
    numbers = [procedure.number_of(case) for case in cases]
    told = _by_case(models.Turn.objects.filter(lifecycle=procedure.life.name, case__in=numbers))
    true = _by_case(compute(procedure, procedure.seen(cases)))
    return [number for number in numbers if told.get(number) != true.get(number)]


def who_acted(life: str, numbers: Collection[str]) -> dict[str, dict[str, Set[str]]]:
    """Return who has taken which action, case by case."""
    acted: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = models.Step.objects.filter(lifecycle=life, case__in=list(numbers))
    for case, action, by in rows.values_list("case", "action", "by").distinct():
        acted[case][action].add(by)
    return acted  # type: ignore[return-value]  # a set is a Set


def _again(procedure: Procedure, cases: QuerySet) -> int:
    numbers = list(cases.values_list(procedure.number, flat=True).order_by(procedure.number))
    for start in range(0, len(numbers), CHUNK):
        write(procedure, list(procedure.cases(numbers[start : start + CHUNK])))
    return len(numbers)


def _seats(life: lifecycle.Lifecycle, seen: Iterable[Seen]) -> set[Seat]:
    moves = [move for move in life.moves if not move.optional]
    return {
        lifecycle.seat(life, move, parties=each.parties) for each in seen for move in moves if move.before == each.state
    }


def _rows(
    life: lifecycle.Lifecycle,
    seen: Seen,
    found: Sequence[lifecycle.Turn],
    *,
    clock: models.Clock | None,
    stages: Mapping[tuple[str, str], str],
) -> list[models.Turn]:
    rows, led, told = [], set(), set()
    for turn in sorted(found, key=lambda each: each.move.reason):  # what carries on comes before what sends back
        once = (turn.move.action, turn.seat)
        if once in told:
            continue
        told.add(once)
        late_at = clock.late_at if clock else None
        rows.append(
            models.Turn(
                lifecycle=life.name, case=seen.number, title=seen.title[:300], state=seen.state,
                action=turn.move.action, label=turn.move.label, clause=turn.move.clause,
                role=turn.waits_at.role, unit=turn.waits_at.unit, of_role=turn.seat.role, of_unit=turn.seat.unit,
                why=turn.why, stage=stages.get((seen.number, turn.move.action), ""), region=seen.region,
                entered_at=seen.entered_at, late_at=late_at, order_at=late_at or NEVER,
                clock=clock.name if clock else "", rulebook_version=clock.rulebook_version if clock else 0,
                leads=turn.waits_at not in led,
            )
        )  # fmt: skip
        led.add(turn.waits_at)
    return rows


_COMPARED = (
    "title", "state", "action", "label", "clause", "role", "unit", "of_role", "of_unit", "why", "stage", "region",
    "entered_at", "late_at", "clock", "leads",
)  # fmt: skip


def _by_case(rows: Iterable[models.Turn]) -> dict[str, set[tuple[object, ...]]]:
    found: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for row in rows:
        found[row.case].add(tuple(getattr(row, name) for name in _COMPARED))
    return found
