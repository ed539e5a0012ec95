"""What was sent back and is handed in again: whether anything was changed since, and the question where nothing was.

A step that sends a case back keeps a digest of what the case said then and of its attachments, and so does the step
that hands it in again. Compared is every column of the case that its form fills and each attachment's name and
content: who wrote it, what was typed and not completed, its state and the moments of its steps are left out.
"""

from django.db.models import Model

from hutong.control.procedures import models
from hutong.control.procedures.procedure import Procedure
from hutong.core import canonical, lifecycle
from hutong.core.errors import Invalid
from hutong.core.lifecycle import Lifecycle, Move

NOT_SAID = ("id", "state", "entered_at", "written_by", "unfinished", "form_id")
"""Columns of a case that are no part of what it says."""


class UnchangedSinceReturn(Invalid):
    """Nothing was changed in {title} {case} since {officer} returned it: {reason}"""

    at = ("unchanged",)


def returned_to(life: Lifecycle, state: str) -> bool:
    """Return whether a case in this state was sent back and is to be changed."""
    return state in life.editable and state != life.start


def hands_in(life: Lifecycle, move: Move) -> bool:
    """Return whether a step hands in again what was sent back."""
    return returned_to(life, move.before) and move.after not in lifecycle.ends(life)


def handed_in(procedure: Procedure, case: Model, move: Move) -> str:
    """Return the digest of what a case says that is handed in again, before the step does anything; else nothing."""
    return _digest(procedure, case) if hands_in(procedure.life, move) else ""


def sent_back(procedure: Procedure, case: Model, move: Move) -> str:
    """Return the digest of what a case says that was sent back, once the step did what it does; else nothing."""
    return _digest(procedure, case) if returned_to(procedure.life, move.after) else ""


def unchanged_since(procedure: Procedure, case: Model, action: str) -> models.Step | None:
    """Return the step that sent a case back, where `action` would hand it in as it was then; else None.

    None also where what was typed since is not complete, or the step was taken before steps kept what a case said.
    """
    if getattr(case, "unfinished", None) is not None:
        return None
    life, number, state = procedure.life, procedure.number_of(case), str(case.state)
    meant = (move for move in life.moves if (move.action, move.before) == (action, state))
    if not any(hands_in(life, move) for move in meant):
        return None
    last = models.Step.objects.filter(lifecycle=life.name, case=number).order_by("-id").first()
    if last is None or last.to_state != state or not last.said:
        return None
    return last if last.said == _digest(procedure, case) else None


def check(procedure: Procedure, case: Model, action: str) -> None:
    """Refuse to hand in unchanged what was sent back, where nobody said yet that this is meant.

    Doors ask it before a step that a person takes on a page; raises UnchangedSinceReturn.
    """
    since = unchanged_since(procedure, case, action)
    if since is not None:
        told = {"officer": since.by_name or since.by, "reason": since.reason}
        raise UnchangedSinceReturn(title=procedure.life.title, case=procedure.number_of(case), **told)


def _digest(procedure: Procedure, case: Model) -> str:
    columns = {
        field.attname: repr(getattr(case, field.attname))
        for field in case._meta.concrete_fields
        if field.name not in NOT_SAID
    }
    files = models.Attachment.objects.filter(lifecycle=procedure.life.name, case=procedure.number_of(case))
    named_files = sorted([each.name, each.sha256] for each in files.only("name", "sha256"))
    return canonical.digest({"columns": columns, "attachments": named_files})
