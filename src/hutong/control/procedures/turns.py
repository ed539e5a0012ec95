"""Whose turn it is: the table that desks, reminders, feeds and lateness read, and no other (architecture 3.10).

A case has a row for every move that is open and waits for somebody. The step writes them; whoever changes a fact that a
condition looks at, or who may act, has the cases reconsidered in the same transaction.

Locks are taken in one order, so that nobody waits in a circle: the case or what is changed, units, a delivery under
way, the calendar, the turns, and last what the plane locks for itself (answers, a resource that is opened or
withdrawn). A transaction that will reconsider other cases takes the turns alone from the beginning, and never shared
first.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from hutong.control.procedures import clocks, hands, models
from hutong.control.procedures.procedure import Procedure, Seen, installed
from hutong.core import lifecycle
from hutong.core.lifecycle import Seat
from hutong.db import locks, sql

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Cases without a deadline stand behind all that have one."""
CHUNK = 1000

statements = sql.load(__package__, "turns.sql")


class _Was(NamedTuple):
    """What a turn that is written anew keeps: who has the case, and when it was urged."""

    handler: str
    urged_at: datetime | None


def lock(*, shared: bool) -> None:
    """Keep the facts that turns follow from as they are until this transaction ends.

    A step takes it `shared`, before it reads them; who changes one takes it alone. So no turn is written from facts
    that were just changing.
    """
    with connection.cursor() as cur:
        locks.take(cur, "hutong.turns", shared=shared)


def write(procedure: Procedure, seen: Sequence[Seen]) -> list[models.Turn]:
    """Write the turns of these cases as they are now, and return them.

    Who was given a case keeps it at that desk, for as long as they sit there and have something to do.
    """
    kept = _taken_away(procedure.life.name, [each.number for each in seen])
    handlers = procedure.staff({Seat(role, unit) for (_, role, unit), was in kept.items() if was.handler})
    rows = compute(procedure, seen)
    for row in rows:
        was = kept.get((row.case, row.role, row.unit))
        if was is not None:
            there = handlers.get(Seat(row.role, row.unit), frozenset()) - set(row.away)
            row.handler = was.handler if was.handler in there else ""
            row.urged_at = was.urged_at
    models.Turn.objects.bulk_create(rows)
    return rows


def _taken_away(life: str, cases: Sequence[str]) -> dict[tuple[str, str, str], _Was]:
    """Delete the turns of cases, and return who had each case at which desk, and when it was urged."""
    with connection.cursor() as cur:
        cur.execute(statements.take_away, {"lifecycle": life, "cases": list(cases)})
        return {(case, role, unit): _Was(handler, urged) for case, role, unit, handler, urged in cur.fetchall()}


def compute(procedure: Procedure, seen: Sequence[Seen]) -> list[models.Turn]:
    """Return the turns of cases as the table should have them: the slow truth, from facts alone."""
    life, numbers = procedure.life, [each.number for each in seen]
    acted, given = who_acted(life, seen), hands.under_way(life.name, numbers)
    running: dict[str, list[models.Clock]] = defaultdict(list)
    for clock in clocks.standing(life.name, numbers):
        running[clock.case].append(clock)
    staff = procedure.staff(_seats(life, seen))
    stopped = procedure.stopped({unit for each in seen for unit in each.parties.values() if unit})
    rows: list[models.Turn] = []
    for each in seen:
        gave = {action: {hand.by for hand in found} for action, found in given[each.number].items()}
        found = lifecycle.turns(
            life, each.state, parties=each.parties, facts={**each.facts, lifecycle.STUCK: False},
            acted=acted[each.number], staff=staff, stopped=stopped, gave=gave,
        )  # fmt: skip
        rows += _rows(life, each, found, clock=clocks.nearest(running[each.number]), given=given[each.number])
    return rows


def reconsider(about: str, key: str) -> int:
    """Write anew the turns of every case that looks at something which changed; returns how many cases those are.

    The cases of rooms above are among them: the room below says what changed and knows none of those rooms. A case in
    whose state nothing waits for anybody is left out: nothing does after the change either. To be called in the
    transaction of the change.
    """
    lock(shared=False)
    return sum(_again(procedure, procedure.concerned(about, key)) for procedure in installed().values())


def reconsider_seats(seats: Collection[Seat]) -> int:
    """Write anew the turns of every case of which a step belongs to one of these seats; returns how many those are.

    To be called in the transaction that changes who may act there: an officer, a role, a deputy, a unit stopped.
    """
    lock(shared=False)
    wanted = Q(pk__in=[])
    for each in seats:
        wanted |= Q(of_role=each.role, of_unit=each.unit)
    return set_anew(models.Turn.objects.filter(wanted).values_list("lifecycle", "case").distinct())


def reconsider_office(role: str, *, passed_on: Callable[[str], bool]) -> int:
    """Write anew the turns of every open case whose office was passed on, by its region; returns how many those are.

    Hands that the unit before gave to a step under way count no more: they are of one office. To be called in the
    transaction that passes it on.
    """
    lock(shared=False)
    there = _of_office(role, passed_on=passed_on)
    cases = list(there.values_list("lifecycle", "case").distinct())
    hands.clear_all(there.filter(of_role=role))
    return set_anew(cases)


def count_of_office(role: str, *, passed_on: Callable[[str], bool]) -> int:
    """Return how many open cases would go with an office that is passed on, by their region; nothing is changed."""
    return len(_of_office(role, passed_on=passed_on).values_list("lifecycle", "case").distinct())


def _of_office(role: str, *, passed_on: Callable[[str], bool]) -> QuerySet[models.Turn]:
    there = models.Turn.objects.filter(Q(of_role=role) | Q(role=role))
    regions = there.values_list("region", flat=True).distinct()
    return there.filter(region__in=[each for each in regions if passed_on(each)])


def set_anew(cases: Iterable[tuple[str, str]]) -> int:
    """Write anew the turns of these cases (lifecycle, number); returns how many they are."""
    by_life: dict[str, set[str]] = defaultdict(set)
    for life, case in cases:
        by_life[life].add(case)
    known = installed()
    return sum(_again(known[life], known[life].cases(numbers)) for life, numbers in by_life.items() if life in known)


def differences(procedure: Procedure, seen: Sequence[Seen]) -> list[str]:
    """Return the numbers of the cases whose turns in the table are not what the facts say."""
    numbers = [each.number for each in seen]
    told = _by_case(models.Turn.objects.filter(lifecycle=procedure.life.name, case__in=numbers))
    true = _by_case(compute(procedure, seen))
    return [number for number in numbers if told.get(number) != true.get(number)]


def who_acted(life: lifecycle.Lifecycle, seen: Sequence[Seen]) -> dict[str, dict[str, Set[str]]]:
    """Return who has taken which action, case by case: who gave a hand to it has, whether the hand agreed or not.

    So has who wrote it.
    """
    acted: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in seen:
        for word, people in each.acted.items():
            acted[each.number][word] |= people
    names = cache(lambda action, before: lifecycle.names(life, action, before=before))
    with connection.cursor() as cur:
        cur.execute(statements.acted, {"lifecycle": life.name, "cases": [each.number for each in seen]})
        for case, action, before, by in cur.fetchall():
            for name in names(action, before):
                acted[case][name].add(by)
    return acted  # type: ignore[return-value]  # a set is a Set


def on_desks(procedure: Procedure) -> Q:
    """Return the condition of cases that are or should be on a desk: what waits for somebody, or has a turn."""
    named = models.Turn.objects.filter(lifecycle=procedure.life.name, case=OuterRef(procedure.number))
    return Q(state__in=lifecycle.waiting_states(procedure.life)) | Q(Exists(named))


def _again(procedure: Procedure, cases: QuerySet) -> int:
    there = cases.filter(on_desks(procedure))
    numbers = list(there.values_list(procedure.number, flat=True).order_by(procedure.number))
    for start in range(0, len(numbers), CHUNK):
        write(procedure, procedure.seen(list(procedure.cases(numbers[start : start + CHUNK]))))
    return len(numbers)


def _seats(life: lifecycle.Lifecycle, seen: Iterable[Seen]) -> set[Seat]:
    moves = [move for move in life.moves if move.hands or not move.optional]
    return {
        lifecycle.seat(life, move, parties=each.parties) for each in seen for move in moves if move.before == each.state
    }


def _rows(
    life: lifecycle.Lifecycle,
    seen: Seen,
    found: Sequence[lifecycle.OpenTurn],
    *,
    clock: models.Clock | None,
    given: Mapping[str, Sequence[hands.GivenHand]],
) -> list[models.Turn]:
    rows, led, told = [], set(), set()
    # What hands were given to comes first, and what carries on before what sends back.
    found = sorted(found, key=lambda each: (not given.get(each.move.action), each.move.reason))
    for turn in found:
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
                why=turn.why, stage=hands.following(turn.move, given.get(turn.move.action, ())), region=seen.region,
                entered_at=seen.entered_at, late_at=late_at, order_at=late_at or NEVER,
                clock=clock.name if clock else "", rulebook_version=clock.rulebook_version if clock else 0,
                leads=turn.waits_at not in led, away=_away(turn.waits_at, found, given=given),
            )
        )  # fmt: skip
        led.add(turn.waits_at)
    return rows


def _away(
    desk: Seat, found: Iterable[lifecycle.OpenTurn], *, given: Mapping[str, Sequence[hands.GivenHand]]
) -> list[str]:
    """Return who sits at a desk and has nothing to do there: of a step under way only the next hand has."""
    here = [turn for turn in found if turn.waits_at == desk]
    here = [turn for turn in here if given.get(turn.move.action)] or here
    if any(turn.why for turn in here):
        return []  # everybody at the desk it was brought to sees to it that somebody acts
    return sorted(set.intersection(*(set(turn.away) for turn in here)))


_COMPARED = (
    "title", "state", "action", "label", "clause", "role", "unit", "of_role", "of_unit", "why", "stage", "region",
    "entered_at", "late_at", "order_at", "clock", "rulebook_version", "leads", "away",
)  # fmt: skip


def _by_case(rows: Iterable[models.Turn]) -> dict[str, set[tuple[object, ...]]]:
    found: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for row in rows:
        values = (getattr(row, name) for name in _COMPARED)
        found[row.case].add(tuple(tuple(value) if isinstance(value, list) else value for value in values))
    return found
