"""Attachments of cases of every kind: what an officer may do with those of a case, and the two addresses for it.

A room says in its `CaseKind` who sees a case and who edits it; nothing more is needed for its cases to have
attachments.
"""

from collections.abc import Sequence
from functools import partial

from django.db.models import Model
from django.urls import reverse

from hutong.control.procedures.attachments import CaseReference
from hutong.control.units.rules import Actor
from hutong.core.lifecycle import Move
from hutong.web.desk import outcome
from hutong.web.desk.attachments import Allowed
from hutong.web.desk.room import CaseKind


def allowed(kind: CaseKind, case: Model, *, actor: Actor, steps: Sequence[Move]) -> Allowed:
    """Return what an officer who sees a case may do with its attachments; `steps` are those the officer may take now.

    Who may edit the case adds to it, and takes away what the same officer added; who may take a step now adds, unless
    the step is optional and needs no reason: a decision may rest on papers, a mere possibility does not.
    """
    life, number = kind.procedure.life, kind.procedure.number_of(case)
    editable = kind.editable(case, actor=actor)
    return Allowed(
        CaseReference(life.name, number),
        may_add=editable or any(not move.optional or move.reason for move in steps),
        may_remove=editable,
        may_read=True,
        address=reverse("case-attachments", args=[life.name, number]),
        back=f"{kind.page(number)}#attachments",
        called=partial(outcome.called, kind, case),
    )
