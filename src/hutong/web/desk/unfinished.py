"""Drafts that are not filled in completely: kept as they were typed, and told on their page with what is missing."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from hutong.control.procedures.unfinished import Typed
from hutong.core.errors import Problem
from hutong.core.lifecycle import Lifecycle
from hutong.web import corrections
from hutong.web.desk.acts import AT
from hutong.web.facts import Fact, Words
from hutong.web.forms import Boxes, Field
from hutong.web.wording import labels, telling
from hutong.web.wording.telling import ProblemShown

DRAFT = "draft"
"""What the button sends that keeps a draft, complete or not."""
_NEVER = (DRAFT, AT, "csrfmiddlewaretoken", "form_id", "more")


def typed(form: QueryDict) -> Typed | None:
    """Return what was typed, where the form was sent to be kept as a draft; None where it was not."""
    if DRAFT not in form:
        return None
    return {name: values for name, values in form.lists() if name not in _NEVER}


def form(kept: Typed) -> QueryDict:
    """Return what was typed as the form had sent it."""
    found = QueryDict(mutable=True)
    for name, values in kept.items():
        found.setlist(name, list(values))
    return found


def half(case: Any, *, life: Lifecycle, editable: bool) -> bool:
    """Return whether a reader sees what was typed into a case that is not filled in completely.

    What was handed in before says to everybody but who may edit it what it said then: the others learn of a correction
    once it is sent.
    """
    return case.unfinished is not None and (editable or case.state == life.start)


def missing(
    problem: Problem | None, *, form: str, items: Mapping[str, str] | None = None, page: str = ""
) -> ProblemShown | None:
    """Return what a draft lacks, each with the address of its field on the page of the form; None where nothing is."""
    return telling.listed(problem, items=items, page=page, form=form) if problem else None


def facts(shown: Mapping[str, Any]) -> list[Fact]:
    """Return what was typed into the fields and boxes that a form shows."""
    return [each for field in corrections.fields_of(shown) if (each := _fact(field))]


def _fact(field: Field | Boxes) -> Fact | None:
    if isinstance(field, Boxes):
        ticked = [box.label for box in field.boxes if box.ticked]
        return Fact(labels.label(field.name), tuple(map(Words, ticked))) if ticked else None
    said = dict(field.options).get(field.value, field.value)
    return Fact(field.label, (Words(said),)) if field.value.strip() and field.kind != "box" else None
