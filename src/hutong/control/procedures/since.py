"""What was done in a case since a page of it was made: a form acts on what its reader saw, or not at all."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Max, Model, QuerySet

from hutong.control.procedures import models
from hutong.control.procedures.attachment_bounds import Officer
from hutong.control.procedures.procedure import Procedure
from hutong.control.procedures.rules import HANDLINGS, named
from hutong.core import beijing, canonical
from hutong.core.errors import Conflicting, Invalid

A = TypeVar("A", bound=models.Act)

EDIT = "edit"
"""What is written in a case anew is a handling, too."""
ATTACH, DETACH = FILES = ("attach", "detach")
"""Handlings that change what there is to be read."""
_DIGEST = 32
"""Hexadecimal digits of the digest that a form carries."""


class StateChanged(Conflicting):
    """{title} {case} changed after this page was made: {officer} took {action} at {moment}; it is {case_state} now."""


class ContentChanged(StateChanged):
    """What {title} {case} says was changed after this page was made."""


class EditedMeanwhile(ContentChanged):
    """What {title} {case} says was changed by {officer} at {moment}, after this page was made."""


class AlreadyDone(StateChanged):
    """{title} {case}: {officer} took {action} at {moment} already; it was not done a second time."""


class StateMissing(Invalid):
    """This form does not say for which state of {title} {case} it was made."""


@dataclass(frozen=True, slots=True)
class Point:
    """How far a case was: its last step, hand and handling, and a digest of what it said."""

    step: int
    hand: int
    handling: int
    digest: str

    def __str__(self) -> str:
        return f"{self.step}.{self.hand}.{self.handling}.{self.digest}"


def point(life: str, number: str, case: Model) -> Point:
    """Return how far a case of a lifecycle is; its text goes into every form of its page, and comes back to `check`."""
    return Point(
        _last(models.Step, life, number), _last(models.HandGiven, life, number), _last(models.Handling, life, number),
        _digest(case),
    )  # fmt: skip


def as_made(case: Model) -> str:
    """Return how far a case is to which nothing was done since it was made, as a form would have it."""
    return str(Point(0, 0, 0, _digest(case)))


def points(procedure: Procedure, numbers: Collection[str]) -> dict[str, str]:
    """Return how far each of some cases is, by number: what `point` tells of one, in a statement for each table."""
    life, cases = procedure.life.name, procedure.cases(numbers)
    steps, given, handled = (_lasts(model, life, numbers) for model in (models.Step, models.HandGiven, models.Handling))
    return {
        number: str(Point(steps.get(number, 0), given.get(number, 0), handled.get(number, 0), _digest(case)))
        for case in cases
        for number in [procedure.number_of(case)]
    }


def check(
    procedure: Procedure, case: Model, meant_for: str | None, *, doing: str, actor: Officer,
    already: Callable[[], bool] | None = None,
) -> None:  # fmt: skip
    """Refuse what was meant for another state of a locked case than it is in; None is what no page asked for.

    `doing` is the action of a step, or the kind of a handling. A handling is in nobody's way, but twice the same by one
    officer. Of an edit, and of a file that is added or taken away, `already` says whether that is so now. Raises
    AlreadyDone where the actor did this very thing since, StateChanged with what another did first, EditedMeanwhile,
    ContentChanged, and StateMissing.
    """
    if meant_for is None:
        return
    life, number = procedure.life, procedure.number_of(case)
    told = {"title": life.title, "case": number}
    seen = _read(meant_for)
    if seen is None:
        raise StateMissing(**told)
    steps = _after(models.Step, life.name, number, seen.step)
    hands = _after(models.HandGiven, life.name, number, seen.hand)
    handlings = _after(models.Handling, life.name, number, seen.handling)
    state = life.states[str(case.state)].name

    def changed(kind: type[StateChanged], act: models.Act, action: str) -> StateChanged:
        said = beijing.shown(act.at)
        return kind(**told, officer=act.by_name or act.by, action=action, moment=said, case_state=state)

    writes = doing in (EDIT, *FILES)
    own = [each for each in handlings if (each.kind, each.by) == (doing if writes else EDIT, actor.officer)]
    if own and already is not None and already():
        raise changed(AlreadyDone, own[-1], HANDLINGS[own[-1].kind])
    for act in [*steps, *hands]:
        if (act.by, act.action) == (actor.officer, doing):
            raise changed(AlreadyDone, act, named(life, act.action))
    for each in handlings:
        if not writes and (each.by, each.kind) == (actor.officer, doing):
            raise changed(AlreadyDone, each, HANDLINGS[each.kind])
    for act in sorted([*steps, *hands], key=lambda each: each.at):
        raise changed(StateChanged, act, named(life, act.action))
    for each in reversed(handlings):
        if each.kind == EDIT:
            raise changed(EditedMeanwhile, each, HANDLINGS[EDIT])
        if each.kind in FILES and each.by != actor.officer and not writes:
            raise changed(StateChanged, each, HANDLINGS[each.kind])
    if seen.digest != _digest(case):
        raise ContentChanged(**told)


def _read(meant_for: str) -> Point | None:
    parts = meant_for.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts[:3]):
        return None
    step, hand, handling = map(int, parts[:3])
    return Point(step, hand, handling, parts[3])


def _of(model: type[A], life: str, number: str) -> QuerySet[A]:
    found: QuerySet[A] = model._default_manager.filter(lifecycle=life, case=number)
    return found


def _last(model: type[models.Act], life: str, number: str) -> int:
    return _of(model, life, number).aggregate(last=Max("pk"))["last"] or 0


def _lasts(model: type[models.Act], life: str, numbers: Collection[str]) -> dict[str, int]:
    found = model._default_manager.filter(lifecycle=life, case__in=list(numbers))
    return dict(found.values_list("case").annotate(last=Max("pk")))


def _after(model: type[A], life: str, number: str, last: int) -> list[A]:
    return list(_of(model, life, number).filter(pk__gt=last).order_by("pk"))


def _digest(case: Model) -> str:
    said: dict[str, Any] = {field.attname: repr(getattr(case, field.attname)) for field in case._meta.concrete_fields}
    return canonical.digest(said)[:_DIGEST]
