"""Where the cases of the two lifecycles lie, and what is so of each."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from benchmarks.visits.lifecycle import INSPECTION, RECTIFICATION
from benchmarks.visits.models import Inspection, Rectification
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.units import offices
from hutong.control.units import queries as members
from hutong.core.lifecycle import Lifecycle


def seen(cases: Sequence[Model]) -> list[Seen]:
    """Return what is so of cases, in their order: one statement, for the offices; each says the rest."""
    held = offices.current().parties("")
    return [
        Seen(
            number=case.no, title=f"{case.unit}：{case.no}", state=case.state, entered_at=case.entered_at,
            parties={"provider": case.unit, **held}, facts={}, unit=case.unit,
        )
        for case in cases
    ]  # fmt: skip


def concerned(subject: str, key: str) -> QuerySet:
    """Return no case: no condition looks at anything."""
    return Inspection.objects.none()


def _of(life: Lifecycle, model: type[Model]) -> Procedure:
    return Procedure(
        life=life, model=model, number="no", event="sharing.application_moved", subject="application", seen=seen,
        concerned=concerned, staff=members.staff, stopped=members.stopped,
    )  # fmt: skip


PROCEDURES = (_of(INSPECTION, Inspection), _of(RECTIFICATION, Rectification))
